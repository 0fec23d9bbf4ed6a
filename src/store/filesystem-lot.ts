// Many small files of one directory, copied or removed together: some of them in one slice.
import fs from 'node:fs';
import type { Numbers } from './etag.ts';
import { LARGE } from './filesystem-handle.ts';
import { LOT_THREAD, type LotThread } from './filesystem-lot-thread.ts';
import type { Pace } from './filesystem-pace.ts';
import { type Lot, smallFiles } from './filesystem-small-files.ts';

/**
 * What became of each. Left as it is: no regular file, a large one, what failed, and all of it where the disk does not answer at
 * once. Whoever takes those one by one that are left tells why.
 */
export interface Handled {
  isDone(index: number): boolean;
  /** What the copies are, or what was removed. */
  readonly changed: readonly Numbers[];
}

export interface Lots {
  /** Remove the files `names` of the directory `place`. */
  unlink(place: string, names: readonly string[]): Promise<Handled>;
  /** Copy them into the directory `to`, where nothing has their names: content and mode. */
  copy(place: string, to: string, names: readonly string[]): Promise<Handled>;
}

const some = smallFiles(fs, LARGE);

export function makeLots(pace: Pace, thread: LotThread = LOT_THREAD): Lots {
  async function handle(lot: Lot): Promise<Handled> {
    const count = lot.names.length;
    let left = count;
    let shared: Promise<void> | undefined;
    while (Atomics.load(lot.next, 0) < count) {
      left -= await pace(
        () => {
          // A few are done before a thread has heard of them.
          if (left < count) shared ??= thread.share(lot);
          return some(lot, true);
        },
        async () => some(lot, false),
      );
    }
    // The thread has taken the others; one that has not started yet will find nothing left, and nobody waits for it.
    if (left > 0) await shared;
    return { isDone: (index) => lot.done[index] === 1, changed: changedIn(lot) };
  }

  return {
    unlink: (place, names) => handle(makeLot('unlink', place, place, names)),
    copy: (place, to, names) => handle(makeLot('copy', place, to, names)),
  };
}

export function makeLot(work: Lot['work'], from: string, to: string, names: readonly string[]): Lot {
  const size = names.length;
  const memory = new SharedArrayBuffer(8 * (3 * size + 1) + size);
  return {
    work,
    from,
    to,
    names,
    numbers: new BigUint64Array(memory, 0, 3 * size),
    next: new Int32Array(memory, 8 * 3 * size, 1),
    done: new Uint8Array(memory, 8 * (3 * size + 1), size),
  };
}

function changedIn({ done, numbers }: Lot): Numbers[] {
  const changed: Numbers[] = [];
  for (const [index, is] of done.entries()) {
    if (is === 0) continue;
    const at = 3 * index;
    changed.push({ dev: numbers[at] ?? 0n, ino: numbers[at + 1] ?? 0n, ctimeNs: numbers[at + 2] ?? 0n });
  }
  return changed;
}
