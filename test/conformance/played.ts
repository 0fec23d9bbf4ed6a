// One request of a scenario as it was played: the tree and the locks before, what was asked and answered, and the tree afterwards.
import type { Answer } from './answer.ts';
import { changes, isBelow, isWithin, mapped, pathsWithin, sameAt, type Tree } from './tree.ts';

export interface HeldLock {
  readonly name: string;
  readonly root: string;
  readonly infinite: boolean;
  readonly shared: boolean;
  /** Its token stood in the If header. */
  readonly submitted: boolean;
}

export interface Played {
  readonly method: string;
  readonly target: string;
  readonly destination: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the lock asked for. */
  readonly shared: boolean;
  /** The content that a PUT sent. */
  readonly sent: string | undefined;
  readonly locks: readonly HeldLock[];
  /** The lock whose token stood in the Lock-Token header. */
  readonly unlocking: string | undefined;
  readonly before: Tree;
  readonly answer: Answer;
  readonly after: Tree;
  /** Whether all of the tree afterwards could be seen. */
  readonly whole: boolean;
  /** What the scenario has for an answer, and what it leaves; what RFC 4918 allows is more than that. */
  readonly wanted: { readonly status: number; readonly after: ReadonlySet<string> | undefined };
  /** Rows of the answer by the paths they name; undefined for what is no path of the scenario. */
  readonly pathOf: (href: string) => string | undefined;
  /** Whether `lockdiscovery` shows locks here at all. */
  readonly tellsLocks: boolean;
  /** Locks on what the request unmapped, and how a PUT without a token was answered there afterwards. */
  readonly outlived: readonly { readonly lock: string; readonly path: string; readonly status: number }[];
}

export interface Finding {
  readonly level: 'lost' | 'must' | 'should' | 'choice';
  /** Of RFC 4918. */
  readonly section: string;
  readonly says: string;
}

/** How much of what was asked for was done. */
export type Effect = 'nothing' | 'part' | 'all';

export function isCovered(path: string, { root, infinite }: HeldLock): boolean {
  return path === root || (infinite && isBelow(path, root));
}

/** RFC 4918 §6.2: of several shared locks on a resource one token will do. */
export function isOpen(lock: HeldLock, locks: readonly HeldLock[]): boolean {
  return !locks.some(({ root, submitted }) => root === lock.root && submitted);
}

/** Whether a lock whose token was not submitted keeps this resource as it is. */
export function isKept(path: string, { locks }: Played): boolean {
  return locks.some((lock) => isOpen(lock, locks) && isCovered(path, lock));
}

export function isShallow({ headers }: Played): boolean {
  return headers.depth === '0';
}

/** What the request asked to be at its destination: paths there, each with the path of the source. */
export function wantedAtDestination(played: Played): Map<string, string> {
  const { target, destination, before } = played;
  if (destination === undefined) return new Map();
  const paths = isShallow(played) && played.method === 'COPY' ? [target].filter((path) => before.has(path)) : pathsWithin(before, target);
  return new Map(paths.map((path) => [mapped(path, target, destination), path]));
}

/** RFC 4918 §9.8.4, §9.9.3: members that the destination had before, and that the source has not. */
export function leftAtDestination(played: Played): string[] {
  const { target, destination, before, after } = played;
  if (destination === undefined || isWithin(target, destination) || isWithin(destination, target)) return [];
  const wanted = wantedAtDestination(played);
  return [...after.keys()].filter((path) => isBelow(path, destination) && before.has(path) && !wanted.has(path));
}

export function effectOf(played: Played): Effect {
  if (changes(played.before, played.after).length === 0) return 'nothing';
  return isDone(played) && leftAtDestination(played).length === 0 ? 'all' : 'part';
}

/** Whether all that was asked for is there, and what was to go is gone: also when it was so before. */
export function isDone(played: Played): boolean {
  const { method, target, destination, before, after, sent } = played;
  switch (method) {
    case 'DELETE':
      return !pathsWithin(after, target).length;
    case 'PUT':
      return after.get(target)?.content === sent;
    case 'MKCOL':
      return after.get(target)?.collection === true;
    case 'COPY':
    case 'MOVE': {
      const wanted = wantedAtDestination(played);
      const arrived = wanted.size > 0 && [...wanted].every(([there, here]) => sameAt(before, here, after, there));
      // What is moved to a place around or at its own is judged by what arrived.
      const left = method === 'COPY' || destination === undefined || isWithin(target, destination) || !after.has(target);
      return arrived && left;
    }
    default:
      return false; // LOCK and UNLOCK do nothing to the tree.
  }
}
