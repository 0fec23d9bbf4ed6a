// The limit of locks that one principal may hold: state in which a lock too many is refused.
import { DavError } from '../protocol/error.ts';
import { ROOT } from '../protocol/path.ts';
import type { Change, State } from '../state/state.ts';

/** What is known of one principal without a look at its locks. */
interface Held {
  /** Never fewer than it has: those that end by themselves, or with their resource, are still in it. */
  atMost: number;
  /** Milliseconds since 1970; after a count that found no room, when the first of its locks ends. */
  fullUntil?: number | undefined;
}

/**
 * `state`, whose `addLock` throws 403 for a principal that holds `most` live locks. Not 507, which is the operator's to mend:
 * these are the client's own. A lock costs one more in a number; locks are counted, all at once, at the first one after a start
 * and where the number says that there is no room. While nothing can have changed, a client that asks again does not have them
 * counted again.
 */
export function limitLocks(state: State, most: number): State {
  let known: Map<string, Held> | undefined;
  /** Locks on their way in, by principal: two at once are not both the last. */
  const coming = new Map<string, number>();

  let ends = 0; // of locks, or what may have been one

  async function count(now: number): Promise<Map<string, Held>> {
    const counted = new Map<string, Held>();
    const before = ends;
    for (const { principal, expires } of [...(await state.locksOn(ROOT, now)), ...(await state.locksBelow(ROOT, now))]) {
      const held = heldBy(principal, counted);
      held.atMost++;
      held.fullUntil = Math.min(held.fullUntil ?? expires, expires);
    }
    for (const held of counted.values()) if (held.atMost < most || ends > before) held.fullUntil = undefined;
    return counted;
  }

  function took(principal: string, { atMost }: Held): boolean {
    const others = coming.get(principal) ?? 0;
    if (atMost + others >= most) return false;
    coming.set(principal, others + 1);
    return true;
  }

  /** Throws where there is none. */
  async function takeRoom(principal: string, now: number): Promise<void> {
    known ??= await count(now);
    const held = heldBy(principal, known);
    if (took(principal, held)) return;
    if (held.fullUntil === undefined || held.fullUntil <= now) known = await count(now);
    if (took(principal, heldBy(principal, known))) return;
    throw new DavError(403, `Nobody may hold more than ${most} locks: release some, or wait until they end.`);
  }

  /** Some lock may be gone. */
  function fewer(): void {
    ends++;
    for (const held of known?.values() ?? []) held.fullUntil = undefined;
  }

  return {
    ...state,
    async addLock(lock, conflicts, now) {
      const { principal } = lock;
      await takeRoom(principal, now);
      try {
        const inTheWay = await state.addLock(lock, conflicts, now);
        if (inTheWay.length === 0 && known) heldBy(principal, known).atMost++;
        return inTheWay;
      } finally {
        const others = (coming.get(principal) ?? 0) - 1;
        if (others > 0) coming.set(principal, others);
        else coming.delete(principal);
      }
    },
    async refreshLock(token, expires, now) {
      const refreshed = await state.refreshLock(token, expires, now);
      if (refreshed) fewer(); // it may end earlier now than it did
      return refreshed;
    },
    async removeLock(token) {
      const removed = await state.removeLock(token);
      if (removed) fewer();
      return removed;
    },
    async commit(changes, finishes) {
      await state.commit(changes, finishes);
      if (changes.some(endsLocks)) fewer();
    },
    async settle(changes, finishes) {
      await state.settle(changes, finishes);
      if (changes.some(endsLocks)) fewer();
    },
  };
}

function heldBy(principal: string, known: Map<string, Held>): Held {
  const held = known.get(principal) ?? { atMost: 0 };
  known.set(principal, held);
  return held;
}

function endsLocks({ do: kind }: Change): boolean {
  return kind === 'drop' || kind === 'move';
}
