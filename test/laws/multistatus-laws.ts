// Laws of the rows of a 207: I1 to I4, and I7.
import { hrefOf, parentOf, ROOT } from '../../src/protocol/path.ts';
import { type AnswerRow, culpritsOf, rowText } from './answer-rows.ts';
import { destinationOf, everyFull, everyPlay, firstOf, type Law, onePlay, targetOf } from './law.ts';
import type { Play } from './play.ts';
import { pathOf } from './scene.ts';
import { difference } from './snapshot.ts';

export const multistatusLaws: readonly Law[] = [
  {
    name: 'shape',
    sentence: 'There is always an answer, and its body has the shape RFC 4918 gives it.',
    broken: everyPlay(({ thrown }) => thrown),
  },
  {
    name: 'I1',
    sentence: 'A 207 has a row that is neither 2xx nor 424.',
    broken: everyPlay(({ status, rows }) => (status === 207 && culpritsOf(rows).length === 0 ? 'there is no culprit' : undefined)),
  },
  {
    name: 'I2',
    sentence: 'Each 424 names a direct cause, and each cause is the href of another row.',
    broken: everyFull(causeWithoutRow),
  },
  {
    name: 'I3',
    sentence: 'Whoever follows the causes of a 424 comes to culprits, never in a circle.',
    broken: everyFull(lostCause),
  },
  {
    name: 'causes',
    sentence: 'What was skipped depends on the collection it is in, a collection that is not finished on its members that have rows.',
    broken: everyFull(indirectCause),
  },
  {
    name: 'I4',
    sentence: 'Each href has one row, and the first is that of the Request-URI.',
    broken: everyFull(repeatedHref),
  },
  {
    name: 'I7',
    sentence: 'Prefer: return=minimal changes neither the status nor the culprits, nor what is there afterwards.',
    broken: onePlay('minimal', (minimal, { main }) => {
      const [full, less] = [main, minimal].map(({ status, rows }) => [status, ...culpritsOf(rows).map(rowText)].join(', '));
      return full === less ? difference(withoutNewLock(main), withoutNewLock(minimal)) : `${full}, but ${less}`;
    }),
  },
  {
    name: 'culprits',
    sentence: 'What fails by itself is locked, or is what a fault met: no failure comes from nowhere.',
    broken: everyPlay(({ before, after, hits, rows, scene }) => {
      const known = new Set([...hits.map(({ status }) => status), ...(before.locks.length > 0 ? [423] : [])]);
      // What vanishes meanwhile takes the place away where something was to go.
      if (known.has(404)) known.add(409);
      // What would make room for a copy of another type stays when a part of that copy failed.
      const kept = ({ path, status }: AnswerRow) =>
        scene.asked.method === 'COPY' && status === 409 && before.resources.get(path)?.identity === after.resources.get(path)?.identity;
      return firstOf(culpritsOf(rows), (row) => !known.has(row.status) && !kept(row) && rowText(row));
    }),
  },
];

function causeWithoutRow({ rows }: Play): string | undefined {
  const hrefs = new Set(rows.map(({ href }) => href));
  return firstOf(
    rows.filter(({ status }) => status === 424),
    (row) => (row.causes.length === 0 || row.causes.some((cause) => cause === row.href || !hrefs.has(cause))) && rowText(row),
  );
}

function lostCause({ rows }: Play): string | undefined {
  const byHref = new Map(rows.map((row) => [row.href, row]));
  const leadsOn = (href: string, trail: readonly string[]): boolean => {
    const row = byHref.get(href);
    if (!row || trail.includes(href)) return false;
    return row.status !== 424 || row.causes.every((cause) => leadsOn(cause, [...trail, href]));
  };
  return firstOf(rows, (row) => !leadsOn(row.href, []) && rowText(row));
}

function indirectCause(play: Play): string | undefined {
  const { rows } = play;
  const target = targetOf(play);
  const failed = new Set(culpritsOf(rows).map(({ href }) => href));
  // On which side a row is does not show where one tree is inside the other; causes then come from both.
  return firstOf(rows, (row) => {
    if (row.status !== 424) return undefined;
    if (row.roots.some((root) => !failed.has(root))) return `${rowText(row)} has roots that did not fail`;
    const causes = row.causes.map(pathOf);
    if (row.outcome === 'skipped') return causes.join() !== parentOf(row.path) && rowText(row);
    // Of causes only so many are named (and of a MOVE that is given up, those above the culprits).
    const members = rows
      .filter(({ path, outcome }) => path !== ROOT && parentOf(path) === row.path && outcome !== 'skipped')
      .map(({ path }) => path);
    const to = row.path === target ? destinationOf(play) : undefined;
    if (causes.some((cause) => !members.includes(cause) && cause !== to)) return `${rowText(row)} has causes that are not its members`;
    return causes.length < 16 && members.some((member) => !causes.includes(member)) && `${rowText(row)} does not name all its members`;
  });
}

function repeatedHref(play: Play): string | undefined {
  const { rows, before } = play;
  const target = targetOf(play);
  if (rows.length === 0) return undefined;
  const canonical = hrefOf({ path: target, collection: before.resources.get(target)?.collection ?? false });
  if (rows[0]?.href !== canonical) return `the first row is ${rows[0]?.href}, not ${canonical}`;
  const seen = new Set<string>();
  return firstOf(rows, ({ path, href }) => {
    if (seen.has(path)) return `two rows of ${href}`;
    seen.add(path);
    return undefined;
  });
}

/** The token of a new lock is never the same twice. */
function withoutNewLock({ after }: Play): Play['after'] {
  return { ...after, locks: after.locks.map((lock) => (/^urn:uuid:L\d$/.test(lock.token) ? lock : { ...lock, token: 'new' })) };
}
