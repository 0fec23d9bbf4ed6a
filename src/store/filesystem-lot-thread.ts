// The thread that takes its share of many small files that are copied or removed, and clears whole trees.
import { isReservedName } from '../protocol/path.ts';
import { CLEARED_LEVELS, type Cleared, type Clearing, clearTrees } from './filesystem-clear.ts';
import { DESCRIPTORS } from './filesystem-descriptors.ts';
import { SMALL_DIRECTORY } from './filesystem-entries.ts';
import { LARGE } from './filesystem-handle.ts';
import { textOf } from './filesystem-names.ts';
import { smallCopies } from './filesystem-small-copy.ts';
import { type Lot, smallFiles } from './filesystem-small-files.ts';
import { makeThread } from './filesystem-thread.ts';

export interface LotThread {
  /** Whether it would soon take a whole lot. */
  readonly free: boolean;
  /** So many files may be to come. */
  foresee(files: number): void;
  /** Let the thread take files of a lot too, once it can. Gives what resolves when it has handled those it took. */
  share(lot: Lot): Promise<void>;
  /** Let it clear the tree in the directory at `place`, as far as that is plain. Gives how many are gone; undefined where it is not there for it. */
  clear(place: string): Promise<number> | undefined;
}

const WORTH = 1_000; // files
const FEW = 32; // files: to tell a thread of them takes as long

const NEXT = 2; // lots: one more than it does, so that it need not wait for the event loop
const WAITING = 4; // requests: more are done sooner here

const COPIES = `(${smallCopies})(require('node:fs'), ${LARGE})`;

const WORK = `((some, clear) => ({ names, ...rest }) => {
  if (names === undefined) return clear(rest);
  const lot = { ...rest, names: names.split('/') };
  while (some(lot, true) > 0);
})(
  (${smallFiles})(require('node:fs'), ${COPIES}, ${LARGE}),
  (${clearTrees})(require('node:fs'), ${textOf}, ${isReservedName}, ${CLEARED_LEVELS}, '${DESCRIPTORS}', ${SMALL_DIRECTORY}, () => performance.now()),
)`;

type Asked = (Omit<Lot, 'names'> & { readonly names: string }) | Clearing;

export function makeLotThread(worth = WORTH, processors?: number): LotThread {
  // No name holds a slash, and one string is copied sooner than many.
  const thread = makeThread<Asked, Cleared | undefined>(WORK, worth, processors);
  const few = Math.min(worth, FEW);
  let number = 0;

  async function clearAll(clearing: Clearing): Promise<number> {
    let removed = 0;
    for (let over = false; !over; ) {
      thread.expect(0); // it stays as long as there is something to do
      const [some, last] = (await thread.ask(clearing)) ?? [0n, 1n];
      removed += Number(some);
      over = last === 1n;
    }
    return removed;
  }

  return {
    get free() {
      return thread.ready && thread.waiting < NEXT;
    },
    foresee: thread.foresee,
    async share(lot) {
      const { length } = lot.names;
      if (thread.expect(length) && length > few) await thread.ask({ ...lot, names: lot.names.join('/') });
    },
    clear: (place) => (DESCRIPTORS && thread.ready && thread.waiting < WAITING ? clearAll({ place, number: number++ }) : undefined),
  };
}

/** For all stores of the process. */
export const LOT_THREAD = makeLotThread();
