// Many small files of one directory, copied, replaced, moved or removed together: some of them in one slice. And whole trees, by a thread.
import fs from 'node:fs';
import type { Numbers } from './etag.ts';
import { LARGE } from './filesystem-handle.ts';
import { LOT_THREAD, type LotThread } from './filesystem-lot-thread.ts';
import { type CopiedTrees, copyTreesOf, type Trees } from './filesystem-lot-trees.ts';
import type { Pace } from './filesystem-pace.ts';
import { smallCopies } from './filesystem-small-copy.ts';
import { type Lot, smallFiles } from './filesystem-small-files.ts';

/**
 * What became of each. Left as it is: no regular file, a large one, what failed, and all of it where the disk does not answer at
 * once. Whoever takes those one by one that are left tells why.
 */
export interface Handled {
  isDone(index: number): boolean;
  /** What the copies or what was moved is now. */
  readonly changed: readonly Numbers[];
  /** Whether a copy has taken the place of what had its name. */
  isReplaced(index: number): boolean;
}

/** Entity-tags need not hear of what was removed or replaced: they remember what they told a moment ago. */
export interface Lots {
  /** So many files may be to come, of which a thread can take a part; `cleared`: to be removed with all that they are in. */
  foresee(files: number, cleared?: boolean): Promise<void>;
  /** Remove the files `names` of the directory `place`. */
  unlink(place: string, names: readonly string[]): Promise<Handled>;
  /**
   * Remove of the tree in the directory `place` what is plain, as far as its levels are gone into. Gives how many are gone; undefined where
   * there is no thread for it, or the disk does not answer at once.
   */
  clear(place: string): Promise<number | undefined>;
  /** Rename them into the directory `to`, where nothing has their names. */
  move(place: string, to: string, names: readonly string[]): Promise<Handled>;
  /** Copy them into the directory `to`, where nothing has their names: content and mode. */
  copy(place: string, to: string, names: readonly string[]): Promise<Handled>;
  /** Copy collections with all that is plain in them. */
  copyTrees(trees: CopiedTrees): Promise<Trees>;
  /** Copy them into the directory `aside`, and from there, each in one rename, to the directory `to`, where a file may have the name. */
  replace(place: string, aside: string, to: string, names: readonly string[]): Promise<Handled>;
}

const some = smallFiles(fs, smallCopies(fs, LARGE), LARGE);

export function makeLots(pace: Pace, thread: LotThread = LOT_THREAD): Lots {
  /** Lots that are handled here, and those that are left to the thread. */
  let here = 0;
  let apart = 0;

  async function handle(lot: Lot): Promise<Handled> {
    // Two lots at once are mostly of two directories, where neither waits for the other; in one directory all do.
    if (here > 0 && thread.free) await leave(lot);
    here++;
    try {
      await handleHere(lot);
    } finally {
      here--;
    }
    return {
      isDone: (index) => lot.done[index] !== 0,
      changed: numbersOf(lot.numbers),
      isReplaced: (index) => lot.done[index] === 2,
    };
  }

  async function leave(lot: Lot): Promise<void> {
    apart++;
    try {
      const asked = await pace(
        () => ({ done: thread.share(lot) }),
        async () => undefined,
      );
      await asked?.done;
    } finally {
      apart--;
    }
  }

  async function handleHere(lot: Lot): Promise<void> {
    const count = lot.names.length;
    let left = count - Atomics.load(lot.next, 0);
    let shared: Promise<void> | undefined;
    while (Atomics.load(lot.next, 0) < count) {
      left -= await pace(
        () => {
          // A few are done before a thread has heard of them; it shares nothing while it has a lot of its own.
          if (left < count && apart === 0) shared ??= thread.share(lot);
          return some(lot, true);
        },
        async () => some(lot, false),
      );
    }
    // The thread has taken the others; one that has not started yet will find nothing left, and nobody waits for it.
    if (left > 0) await shared;
  }

  return {
    foresee: (files, cleared) =>
      pace(
        () => thread.foresee(files, cleared),
        async () => {},
      ),
    unlink: (place, names) => handle(makeLot('unlink', place, place, names)),
    async clear(place) {
      const asked = await pace(
        () => ({ cleared: thread.clear(place) }),
        async () => undefined,
      );
      return asked?.cleared;
    },
    move: (place, to, names) => handle(makeLot('move', place, to, names)),
    copy: (place, to, names) => handle(makeLot('copy', place, to, names)),
    copyTrees: (trees) => copyTreesOf(pace, thread, trees),
    replace: (place, aside, to, names) => handle(makeLot('replace', place, aside, names, to)),
  };
}

export function makeLot(work: Lot['work'], from: string, to: string, names: readonly string[], onto = to): Lot {
  const size = names.length;
  const three = 3 * size;
  const memory = new SharedArrayBuffer(8 * (three + 1) + size);
  return {
    work,
    from,
    to,
    onto,
    names,
    numbers: new BigUint64Array(memory, 0, three),
    next: new Int32Array(memory, 8 * three, 1),
    done: new Uint8Array(memory, 8 * (three + 1), size),
  };
}

/** Of those that were told. */
export function numbersOf(numbers: BigUint64Array): Numbers[] {
  const found: Numbers[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const ctimeNs = numbers[at + 2] ?? 0n;
    if (ctimeNs > 0n) found.push({ dev: numbers[at] ?? 0n, ino: numbers[at + 1] ?? 0n, ctimeNs });
  }
  return found;
}
