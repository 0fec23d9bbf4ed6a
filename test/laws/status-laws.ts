// Laws of the status line: when there is a 207, what a plain failure means, what strict handling means.

import { conflictsWith } from '../../src/locks/lock-table.ts';
import { hrefOf, isBelow, isWithin, parentOf, ROOT } from '../../src/protocol/path.ts';
import { culpritsOf } from './answer-rows.ts';
import { destinationOf, everyFull, everyPlay, isSuccess, type Law, onePlay, targetOf, vanished } from './law.ts';
import { type Play, withTokens } from './play.ts';
import { closing, outermostClosed } from './protection.ts';
import { difference } from './snapshot.ts';

export const statusLaws: readonly Law[] = [
  {
    name: 'plain',
    sentence: 'A plain failure means that nothing was changed.',
    broken: everyPlay((play) => (play.status >= 400 ? changed(play) : undefined)),
  },
  {
    name: 'multi',
    sentence: 'A 207 is there only where something was done, or something else than the Request-URI and the Destination failed.',
    broken: everyFull(needlessMultistatus),
  },
  {
    name: 'atomic',
    sentence: 'LOCK and UNLOCK are done whole or not at all, and LOCK exactly where no other lock excludes it (RFC 4918 §9.10.3, §9.11).',
    broken: everyFull((play) => atomic(play) ?? (play.hits.length === 0 ? granted(play) : undefined)),
  },
  {
    name: 'free',
    sentence: 'Without faults and without locks the answer is 201 or 204 where the request makes sense, and never a 207.',
    broken: onePlay('free', (free) => {
      const expected = expectedOf(free);
      return expected.includes(free.status) ? undefined : `${free.status} instead of ${expected.join(' or ')}`;
    }),
  },
  {
    name: 'lock roots',
    sentence: 'Without faults, the culprits of a DELETE, and of a MOVE to where nothing is, are the outermost locked resources.',
    broken: everyFull((play) => (play.hits.length === 0 ? unlikeLocks(play) : undefined)),
  },
  {
    name: 'strict',
    sentence: 'With Prefer: handling=strict it is done whole, or nothing is changed and the DAV:error names every lock root in the way.',
    broken: onePlay('strict', (strict, { sound }) => unlikeStrict(strict, sound)),
  },
];

/** What a request changed; what another program took away meanwhile does not count. */
function changed(play: Play): string | undefined {
  return difference(play.before, play.after, (path) => vanished(play, path));
}

function needlessMultistatus(play: Play): string | undefined {
  if (play.status !== 207) return undefined;
  const roots = [targetOf(play), destinationOf(play)];
  const only = culpritsOf(play.rows).every(({ path }) => roots.includes(path));
  // A collection copied onto another has been handled before its stale members are looked for, although the two may look alike.
  const handled = play.hits.some(({ verb, path }) => verb === 'list' && path === destinationOf(play));
  const nothing = !handled && difference(play.before, play.after) === undefined;
  return only && nothing ? 'nothing was done, and only the request itself failed' : undefined;
}

function atomic(play: Play): string | undefined {
  const { method, headers } = play.scene.asked;
  if (method !== 'LOCK' && method !== 'UNLOCK') return undefined;
  if (play.status >= 207) return changed(play);
  // That a LOCK adds one lock is part of the law on locks.
  const released = headers['lock-token'] === undefined ? undefined : withTokens(headers['lock-token']).slice(1, -1);
  return play.after.locks.some(({ token }) => token === released) ? `${released} is still there` : undefined;
}

function granted(play: Play): string | undefined {
  const { method, headers, scope } = play.scene.asked;
  if (method !== 'LOCK' || play.status === 412) return undefined;
  const target = targetOf(play);
  const inTheWay = play.before.locks.filter(conflictsWith(scope)).filter(({ root, depth }) => {
    const above = root === target || (depth === 'infinity' && isWithin(target, root));
    return above || (headers.depth !== '0' && isBelow(root, target));
  });
  return inTheWay.length > 0 === isSuccess(play) ? `${play.status} with ${inTheWay.length} locks in the way` : undefined;
}

function expectedOf(play: Play): number[] {
  const { method, headers } = play.scene.asked;
  const target = targetOf(play);
  const { resources } = play.before;
  if (method === 'LOCK') return [200];
  if (method === 'UNLOCK') return [409];
  if (method === 'DELETE') return [target === ROOT ? 403 : 204];
  const to = destinationOf(play) ?? ROOT;
  const source = resources.get(target);
  if (!source) return [404];
  const there = resources.get(to);
  const deep = source.collection && (method === 'MOVE' || headers.depth !== '0');
  if (to === target || (deep && isBelow(to, target)) || (method === 'MOVE' && target === ROOT)) return [403];
  const parent = resources.get(parentOf(to));
  if (!parent?.collection) return [409];
  if (there && headers.overwrite === 'F') return [412];
  if (there && isBelow(target, to)) return [403];
  return [there ? 204 : 201];
}

function unlikeLocks(play: Play): string | undefined {
  const { method } = play.scene.asked;
  const to = destinationOf(play);
  const plain = method === 'DELETE' || (method === 'MOVE' && to !== undefined && !play.before.resources.has(to));
  if (!plain || (play.status !== 207 && !isSuccess(play))) return undefined;
  const expected = outermostClosed(play, targetOf(play)).sort().join(' ');
  const culprits = culpritsOf(play.rows).map(({ path }) => path);
  return culprits.sort().join(' ') === expected ? undefined : `${culprits} instead of ${expected}`;
}

function unlikeStrict(strict: Play, sound: Play): string | undefined {
  if (strict.status === 207) return 'a 207';
  if (!isSuccess(strict)) {
    const different = changed(strict);
    if (different) return different;
  }
  if (strict.hits.length === 0 && isSuccess(strict) !== isSuccess(sound)) return `${strict.status}, but ${sound.status} without it`;
  if (strict.status !== 423 || sound.status !== 207 || strict.hits.length > 0) return undefined;
  // Who is let in meets everything that is in the way at once.
  const to = destinationOf(strict);
  const source = strict.scene.asked.method === 'COPY' ? [] : [targetOf(strict)];
  const inTheWay = [...source, ...(to ? [to] : [])].flatMap((tree) => outermostClosed(strict, tree));
  const missing = inTheWay.flatMap((path) => closing(strict, path).map(({ root, collection }) => hrefOf({ path: root, collection })));
  const unnamed = missing.find((href) => !strict.named.includes(href));
  return unnamed === undefined ? undefined : `${unnamed} is in the way and not named among ${strict.named.join(' ')}`;
}
