// The thread that takes its share of many small files and trees that are copied, moved or removed, and clears whole trees; a second one helps with that.
import { isReservedName } from '../protocol/path.ts';
import { CLEARED_LEVELS, type Cleared, type Clearing, clearTrees } from './filesystem-clear.ts';
import { copyTrees, type Growing, type Grown, LARGEST_DIRECTORY } from './filesystem-copy-trees.ts';
import { DESCRIPTORS } from './filesystem-descriptors.ts';
import { SMALL_DIRECTORY } from './filesystem-entries.ts';
import { LARGE } from './filesystem-handle.ts';
import { textOf } from './filesystem-names.ts';
import { turn } from './filesystem-pace.ts';
import { smallCopies } from './filesystem-small-copy.ts';
import { type Lot, smallFiles } from './filesystem-small-files.ts';
import { makeThread } from './filesystem-thread.ts';

export interface LotThread {
  /** Whether it would soon take a whole lot. */
  readonly free: boolean;
  /** So many files may be to come; `cleared`: to be removed with all that they are in. */
  foresee(files: number, cleared?: boolean): void;
  /** Let the thread take files of a lot too, once it can. Gives what resolves when it has handled those it took. */
  share(lot: Lot): Promise<void>;
  /**
   * Let it clear the tree in the directory at `place`, as far as that is plain, and a second thread from the other end, once that has begun
   * and the tree is more than one part. Gives how many are gone; undefined where it is not there for it.
   */
  clear(place: string): Promise<number> | undefined;
  /**
   * Let it take of these trees too, once it can, and tell what came of them; so much was copied here. Gives what resolves when it has done
   * with those it took, and rejects where it ends before; undefined where it is not there for them.
   */
  grow(growing: Growing, copied: number, tell: (grown: Grown) => void): Promise<void> | undefined;
}

const WORTH = 1_000; // files
const FEW = 32; // files: to tell a thread of them takes as long

const NEXT = 2; // lots: one more than it does, so that it need not wait for the event loop
const WAITING = 4; // requests: more are done sooner here

const PART = 8; // milliseconds: others wait for the thread

const WORK = `((fs, copies, clock) => {
  const some = (${smallFiles})(fs, copies, ${LARGE});
  const clear = (${clearTrees})(fs, ${textOf}, ${isReservedName}, ${CLEARED_LEVELS}, '${DESCRIPTORS}', ${SMALL_DIRECTORY}, clock);
  const grow = (${copyTrees})(fs, copies, ${textOf}, ${isReservedName}, '${DESCRIPTORS}', ${SMALL_DIRECTORY}, ${LARGEST_DIRECTORY},
    ${PART}, clock);
  return ({ names, ...rest }) => {
    if (rest.trees !== undefined) return grow(rest, true);
    if (names === undefined) return clear(rest);
    const lot = { ...rest, names: names.split('/') };
    while (some(lot, true) > 0);
  };
})(require('node:fs'), (${smallCopies})(require('node:fs'), ${LARGE}), () => performance.now())`;

type Asked = (Omit<Lot, 'names'> & { readonly names: string }) | Clearing | Growing;

export function makeLotThread(worth = WORTH, processors?: number, make = makeThread): LotThread {
  // No name holds a slash, and one string is copied sooner than many.
  const thread = make<Asked, Cleared | Grown | undefined>(WORK, worth, processors);
  // A thread clears alone, while the event loop has nothing to do: of all else that does a part.
  const second = make<Clearing, Cleared | Grown | undefined>(WORK, worth, processors);
  const few = Math.min(worth, FEW);
  let number = 0;

  /** `more` is called before each part but the first. */
  async function clearAll(one: typeof second, clearing: Clearing, more = () => {}): Promise<number> {
    let removed = 0;
    for (let over = false; !over; ) {
      one.expect(0); // it stays as long as there is something to do
      const [some, last] = ((await one.ask(clearing)) as Cleared | undefined) ?? [0n, 1n];
      removed += Number(some);
      over = last === 1n;
      if (!over) more();
    }
    return removed;
  }

  async function clearFromBothEnds(place: string): Promise<number> {
    const mine = { place, number: number++ };
    let helped: Promise<number> | undefined;
    // A tree of one part is soon gone, and whoever clears many such would wait for the second thread each time.
    const help = () => {
      if (isThere(second)) helped ??= clearAll(second, { ...mine, backwards: true }).catch(() => 0);
    };
    try {
      const removed = await clearAll(thread, { ...mine, backwards: false }, help);
      return removed + ((await helped) ?? 0);
    } finally {
      await helped; // once nobody holds it, the place may be another directory
    }
  }

  async function growAll(growing: Growing, tell: (grown: Grown) => void): Promise<void> {
    for (let over = false; !over; ) {
      thread.expect(0); // it stays as long as there is something to do
      const grown = (await thread.ask(growing)) as Grown | undefined;
      if (!grown) throw new Error('the thread has ended');
      await turn();
      tell(grown);
      over = grown.over;
    }
  }

  const isThere = ({ ready, waiting }: { readonly ready: boolean; readonly waiting: number }) => ready && waiting < WAITING;

  return {
    get free() {
      return thread.ready && thread.waiting < NEXT;
    },
    foresee(files, cleared) {
      thread.foresee(files);
      if (cleared && DESCRIPTORS) second.foresee(files);
    },
    async share(lot) {
      const { length } = lot.names;
      if (thread.expect(length) && length > few) await thread.ask({ ...lot, names: lot.names.join('/') });
    },
    clear: (place) => (DESCRIPTORS && isThere(thread) ? clearFromBothEnds(place) : undefined),
    grow(growing, copied, tell) {
      if (!thread.expect(copied)) return undefined;
      // Two parts are asked for, so that it need not wait for the event loop between them.
      return Promise.all([growAll(growing, tell), growAll(growing, tell)]).then(() => {});
    },
  };
}

/** For all stores of the process. */
export const LOT_THREAD = makeLotThread();
