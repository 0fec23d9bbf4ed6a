// The limit of locks that one principal may hold: state in which a lock too many is refused.
import { DavError } from '../protocol/error.ts';
import { type Path, ROOT } from '../protocol/path.ts';
import type { Change, Lock, State } from '../state/state.ts';
import { HeldLocks } from './held-locks.ts';

/**
 * `state`, whose `addLock` throws 403 for a principal that holds `most` live locks. Not 507, which is the operator's to mend:
 * these are the client's own. Those of an earlier process are counted once, at the first lock; from then on each change tells
 * which locks it ended.
 */
export function limitLocks(state: State, most: number): State {
  let held: HeldLocks | undefined;
  let changes = 0; // of locks that were not counted yet

  async function count(): Promise<HeldLocks> {
    for (;;) {
      const before = changes;
      const locks = await locksIn(ROOT);
      if (held) return held; // of two that count at once the second takes what the first has counted
      if (changes > before) continue;
      held = new HeldLocks();
      for (const { token, principal, expires } of locks) held.set({ token, principal, expires });
      return held;
    }
  }

  /** Those that have ended by themselves too: they may still be counted. */
  async function locksIn(path: Path): Promise<Lock[]> {
    const [over, under] = await Promise.all([state.locksOn(path, 0), state.locksBelow(path, 0)]);
    return [...over, ...under];
  }

  /** Do what is `asked`, which may end locks in the trees it changes. What stays of them is the state's to say. */
  async function ending(asked: readonly Change[], change: () => Promise<void>): Promise<void> {
    const trees = asked.flatMap(treesEmptied);
    // Before the first count too: it may come to an end while this is under way, and then these are in it.
    const locks = (await Promise.all(trees.map(locksIn))).flat();
    await change();
    if (trees.length > 0) changes++;
    for (const { token } of locks) if (!(await state.lockByToken(token, 0))) held?.remove(token);
  }

  return {
    ...state,
    async addLock(lock, conflicts, now) {
      const { token, principal, expires } = lock;
      const counted = held ?? (await count());
      if (counted.numberOf(principal, now) >= most)
        throw new DavError(403, `Nobody may hold more than ${most} locks: release some, or wait until they end.`);
      // It is counted on its way in, so that two at once are not both the last.
      counted.set({ token, principal, expires });
      try {
        const inTheWay = await state.addLock(lock, conflicts, now);
        if (inTheWay.length > 0) counted.remove(token);
        return inTheWay;
      } catch (error) {
        counted.remove(token);
        throw error;
      }
    },
    async refreshLock(token, expires, now) {
      const refreshed = await state.refreshLock(token, expires, now);
      changes++;
      if (refreshed) held?.set({ token, principal: refreshed.principal, expires });
      return refreshed;
    },
    async removeLock(token) {
      const removed = await state.removeLock(token);
      changes++;
      held?.remove(token);
      return removed;
    },
    commit: (asked, finishes) => ending(asked, () => state.commit(asked, finishes)),
    settle: (asked, finishes) => ending(asked, () => state.settle(asked, finishes)),
  };
}

function treesEmptied(change: Change): Path[] {
  if (change.do === 'drop') return [change.path];
  return change.do === 'move' ? [change.from] : [];
}
