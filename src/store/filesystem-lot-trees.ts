// The trees of one directory, copied by two threads: in slices here, and in parts by the thread beside.
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isReservedName } from '../protocol/path.ts';
import { copyTrees, type Growing, type Grown, LARGEST_DIRECTORY, type Left } from './filesystem-copy-trees.ts';
import { DESCRIPTORS } from './filesystem-descriptors.ts';
import { SMALL_DIRECTORY } from './filesystem-entries.ts';
import { LARGE } from './filesystem-handle.ts';
import type { LotThread } from './filesystem-lot-thread.ts';
import { textOf } from './filesystem-names.ts';
import type { Pace } from './filesystem-pace.ts';
import { smallCopies } from './filesystem-small-copy.ts';

/** What came of them; of what is left there is nothing. */
export interface Trees {
  /** So many files and collections were copied. */
  readonly done: number;
  readonly left: readonly Left[];
  /** The thread has ended while it copied a tree: what there is of that nobody knows, and there can be no copy. */
  readonly lost: boolean;
}

/** Of the directory `from` those that are copied into the directory `to`, as far as they are plain and so many levels deep. */
export interface CopiedTrees extends Pick<Growing, 'from' | 'to' | 'levels'> {
  readonly names: readonly string[];
  /** Is told the numbers of the copies. */
  readonly written: (changed: BigUint64Array) => void;
}

const PART = 0.2; // milliseconds: others go on between two of the same slice
const PATIENCE = 100; // turns: more than a disk is left alone for that was slow
const some = copyTrees(fs, smallCopies(fs, LARGE), textOf, isReservedName, `${DESCRIPTORS}`, SMALL_DIRECTORY, LARGEST_DIRECTORY, PART, () =>
  performance.now(),
);
let number = 0;

export async function copyTreesOf(pace: Pace, thread: LotThread, { from, to, names, levels, written }: CopiedTrees): Promise<Trees> {
  const left: Left[] = [];
  let done = 0;
  let finished = 0;
  const tell = (grown: Grown) => {
    done += grown.done;
    finished += grown.finished;
    for (const one of grown.left) left.push(one);
    written(grown.changed);
  };
  const next = new Int32Array(new SharedArrayBuffer(4));
  const growing: Growing = { from, to, trees: names.join('/'), next, levels, number: number++ };
  let beside: Promise<void> | undefined;
  const share = (copied: number) => {
    beside ??= thread.grow(growing, copied, tell)?.catch(() => {});
  };
  try {
    if (DESCRIPTORS) await copyHere(pace, growing, share, tell, () => beside);
  } finally {
    // The thread has taken the others, and goes by what is held here; for one that has not started yet nothing is left, and nobody waits for it.
    if (finished < names.length) await beside;
  }
  const taken = Math.min(Atomics.exchange(next, 0, names.length), names.length);
  if (taken < names.length) left.push({ collection: '', names: names.slice(taken), unnamed: 0 });
  return { done, left, lost: finished < taken };
}

async function copyHere(
  pace: Pace,
  growing: Growing,
  share: (copied: number) => void,
  tell: (grown: Grown) => void,
  beside: () => Promise<void> | undefined,
): Promise<void> {
  let copied = 0;
  let waited = 0;
  for (let over = false; !over; ) {
    const grown = await pace(
      () => {
        share(copied);
        copied = 0;
        waited = 0;
        return some(growing, true);
      },
      async () => {
        // While the disk is slow the thread goes on alone.
        if (beside() && waited++ < PATIENCE) return setImmediate(undefined);
        await beside();
        return some(growing, false);
      },
    );
    if (!grown) continue;
    tell(grown);
    copied = grown.done;
    over = grown.over;
  }
}
