// Compares what a client was told with what is there after a crash: the acknowledged tree, or that of the request that was cut off.
import type { Operation } from './operation.ts';
import { isIn, type Member, type Tree } from './tree.ts';

/** What is wrong, a sentence each. `pending`: the request that no answer came to. */
export function judge(before: Tree, pending: Operation | undefined, seen: Tree): string[] {
  const undone = differences(before, seen);
  if (undone.length === 0 || !pending) return undone;
  const after = pending.after();
  const done = differences(after, seen);
  if (done.length === 0) return [];
  if (pending.whole)
    return ['it is neither done nor undone', ...undone.map((each) => `not undone: ${each}`), ...done.map((each) => `not done: ${each}`)];
  return byMember(before, after, pending, seen);
}

function differences(expected: Tree, seen: Tree): string[] {
  const paths = [...new Set([...expected.keys(), ...seen.keys()])];
  return paths.flatMap((path) => aspectsThatDiffer(expected.get(path), seen.get(path)).map((aspect) => `${path}: ${aspect}`));
}

function aspectsThatDiffer(expected: Member | undefined, seen: Member | undefined): string[] {
  if (!expected || !seen) return expected ? ['is not there'] : seen ? ['is there'] : [];
  return ASPECTS.filter(([, same]) => !same(expected, seen)).map(([name]) => name);
}

const ASPECTS: readonly (readonly [string, (one: Member, other: Member) => boolean])[] = [
  ['has other content', (one, other) => sameContent(one.content, other.content)],
  ['has other properties', (one, other) => told(one) === told(other)],
  ['has another lock', (one, other) => sameLock(one.lock, other.lock)],
];

function sameContent(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function told({ properties }: Member): string {
  return JSON.stringify([...properties].sort());
}

/** The token of a LOCK that was cut off is nobody's to know. */
function sameLock(one: Member['lock'], other: Member['lock']): boolean {
  if (!one || !other) return one === other;
  return one.infinite === other.infinite && (one.token === other.token || one.token === undefined);
}

/** Each member is as it was or as it was to be, and nothing is gone but what was to go. */
function byMember(before: Tree, after: Tree, { sent }: Operation, seen: Tree): string[] {
  const wrong: string[] = [];
  for (const [path, member] of seen) {
    const allowed = [before.get(path), after.get(path)].filter((each) => each !== undefined);
    if (!allowed.some((each) => aspectsThatDiffer(each, member).length === 0))
      wrong.push(`${path}: is neither as it was nor as it was to be`);
  }
  for (const path of before.keys()) if (after.has(path) && !seen.has(path)) wrong.push(`${path}: is not there`);
  if (sent.method === 'MOVE' && sent.to !== undefined) {
    const [from, to] = [sent.path, sent.to].map((path) => path.replace(/\/$/, '')) as [string, string];
    for (const path of before.keys())
      if (isIn(path, from) && !seen.has(path) && !seen.has(to + path.slice(from.length))) wrong.push(`${path}: is neither here nor there`);
  }
  return wrong;
}
