// Laws of locks, dead properties, the journal and what is staged.
import { isReserved, isWithin, type Path, rebase } from '../../src/protocol/path.ts';
import { destinationOf, everyPlay, firstOf, type Law, targetOf, vanished } from './law.ts';
import { type Play, withTokens } from './play.ts';

export const stateLaws: readonly Law[] = [
  {
    name: 'locks',
    sentence: 'A lock stays with the resource it was taken on, and goes with it: none is lost, none survives it (RFC 4918 §7.6, §9.6.1).',
    broken: everyPlay(strayLock),
  },
  {
    name: 'orphans',
    sentence: 'Every lock root exists, and no dead property belongs to nothing.',
    broken: everyPlay((play) =>
      firstOf(play.after.recorded, (path) => {
        if (play.after.resources.has(path)) return undefined;
        const to = destinationOf(play);
        const origin = to !== undefined && isWithin(path, to) ? rebase(path, to, targetOf(play)) : path;
        // What vanished is forgotten when it is next met; what cannot be looked at is not known to be gone.
        const unknown = vanished(play, path) || vanished(play, origin) || play.hits.some((hit) => hit.verb === 'stat' && hit.path === path);
        return !unknown && `${path} is gone, and state still knows it`;
      }),
    ),
  },
  {
    name: 'staging',
    sentence: 'Nothing is left in the staging place, unless it could not be removed or put back.',
    broken: everyPlay((play) => (play.staged.length > 0 && !cleaningFailed(play) ? `${play.staged} is left` : undefined)),
  },
  {
    name: 'journal',
    sentence: 'No journal record is left, unless something could not be put back.',
    broken: everyPlay((play) =>
      play.unfinished.length > 0 && !puttingBackFailed(play) && !isCommittedAnyway(play)
        ? `${play.unfinished.length} records are left`
        : undefined,
    ),
  },
  {
    name: 'once',
    sentence: 'No step is carried out twice: nothing is made, copied, moved or removed a second time.',
    broken: everyPlay(({ calls }) => {
      const seen = new Set<string>();
      return firstOf(calls, ({ verb, path }) => {
        const call = `${verb} ${path}`;
        if (seen.has(call)) return `${call}, twice`;
        seen.add(call);
        return undefined;
      });
    }),
  },
];

/** A fault met what was aside on its way back. */
function puttingBackFailed({ hits }: Play): boolean {
  return hits.some(({ verb, path }) => /-aside-\d/.test(path) && /^(rename|renameTo|stat)$/.test(verb));
}

/** A strict DELETE is done once its tree is aside: what then cannot be removed is tried again, and may have a record until then. */
function isCommittedAnyway(play: Play): boolean {
  const { method, headers } = play.scene.asked;
  return method === 'DELETE' && headers.prefer === 'handling=strict' && cleaningFailed(play);
}

function cleaningFailed(play: Play): boolean {
  return puttingBackFailed(play) || play.hits.some(({ verb, path }) => isReserved(path) && /^(remove|list|stat)$/.test(verb));
}

function strayLock(play: Play): string | undefined {
  const { before, after, scene } = play;
  const { method } = scene.asked;
  const to = destinationOf(play);
  const kept = new Map(after.locks.map((lock) => [lock.token, lock]));
  // What takes the place of something of the same type has its locks: in all of a COPY's destination, at the root of a MOVE's.
  const replaces = (root: Path) => to !== undefined && (method === 'COPY' ? isWithin(root, to) : root === to);
  const wrong = firstOf(before.locks, (lock) => {
    const [was, is] = [before, after].map(({ resources }) => resources.get(lock.root));
    if (vanished(play, lock.root) || isReleased(play, lock.token)) return undefined;
    const should = is !== undefined && is.collection === was?.collection && (is.identity === was.identity || replaces(lock.root));
    return should !== kept.has(lock.token) && `${lock.token} on ${lock.root} is ${should ? 'lost' : 'still there'}`;
  });
  if (wrong) return wrong;
  const known = new Set(before.locks.map(({ token }) => token));
  const created = after.locks.filter(({ token }) => !known.has(token));
  const wanted = method === 'LOCK' && play.status < 207 ? 1 : 0;
  return created.length !== wanted ? `${created.length} new locks instead of ${wanted}` : undefined;
}

/** By an UNLOCK that was done. */
function isReleased({ scene, status }: Play, token: string): boolean {
  return scene.asked.method === 'UNLOCK' && status === 204 && `<${token}>` === withTokens(scene.asked.headers['lock-token'] ?? '');
}
