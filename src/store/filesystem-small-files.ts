// The few system calls that copy, replace, move or remove a small file, for some of many files: run on the event loop, and in a thread beside it.
import type fs from 'node:fs';
import type { SmallCopies } from './filesystem-small-copy.ts';

/** Files of one directory. Each is handled by whoever takes it first, this thread or another: what they tell of it is in shared memory. */
export interface Lot {
  readonly work: 'copy' | 'replace' | 'move' | 'unlink';
  /** A path to the directory, and to the one where the copies go and nothing has their names. */
  readonly from: string;
  readonly to: string;
  /** To the one where the copies are to be, by one rename each. */
  readonly onto: string;
  readonly names: readonly string[];
  /** The index of the first that nobody has taken; beyond the last when there is none. */
  readonly next: Int32Array;
  /** Of each: 1 once it is done, 2 where something was replaced. */
  readonly done: Uint8Array;
  /** Three numbers of each: device, inode, and ctime in nanoseconds, of what is there now. */
  readonly numbers: BigUint64Array;
}

/** Take a few that nobody has taken, and handle them or, where `handled` is false, leave them as they are; gives how many, none at the end. */
export type Some = (lot: Lot, handled: boolean) => number;

/**
 * What fails, what is no regular file and what has more than `large` bytes is left as it is. The other thread runs the text of
 * this function, so it names nothing but what it is handed.
 */
export function smallFiles(calls: typeof fs, copies: SmallCopies, large: number): Some {
  const SOME = 8; // files: far from a slice
  const STATS = { bigint: true } as const;
  const QUIET = { bigint: true, throwIfNoEntry: false } as const;

  function unlink(lot: Lot, index: number): void {
    const place = `${lot.from}/${lot.names[index]}`;
    const stats = calls.lstatSync(place);
    if (!stats.isFile() || stats.size > large) return;
    calls.unlinkSync(place);
    lot.done[index] = 1;
  }

  function move(lot: Lot, index: number): void {
    const [place, to] = [`${lot.from}/${lot.names[index]}`, `${lot.to}/${lot.names[index]}`];
    if (!calls.lstatSync(place).isFile() || calls.lstatSync(to, QUIET)) return;
    calls.renameSync(place, to);
    lot.done[index] = 1; // whatever becomes of it now
    tell(lot.numbers, index, calls.lstatSync(to, STATS));
  }

  function copy(lot: Lot, index: number): void {
    const mode = copies.read(`${lot.from}/${lot.names[index]}`);
    if (mode === undefined) return;
    if (lot.work === 'replace') {
      replace(lot, index, mode);
    } else {
      tell(lot.numbers, index, copies.write(`${lot.to}/${lot.names[index]}`, mode));
      lot.done[index] = 1;
    }
  }

  /** As the store's `rename` does it: what is replaced leaves its mode. Where it would leave more than that, it stays. */
  function replace(lot: Lot, index: number, mode: number): void {
    const place = `${lot.onto}/${lot.names[index]}`;
    const there = calls.lstatSync(place, QUIET);
    const runs = there && ((Number(there.mode) ^ mode) & 0o100) !== 0;
    if (there && (!there.isFile() || there.size > large || runs)) return;
    const aside = `${lot.to}/${lot.names[index]}`;
    const copy = copies.write(aside, there ? Number(there.mode & 0o777n) : mode);
    try {
      if (there && (there.uid !== copy.uid || there.gid !== copy.gid)) throw new Error('another owner');
      calls.renameSync(aside, place);
    } catch (error) {
      calls.unlinkSync(aside);
      throw error;
    }
    lot.done[index] = there ? 2 : 1; // whatever becomes of it now
    tell(lot.numbers, index, calls.lstatSync(place, STATS));
  }

  function tell(numbers: BigUint64Array, index: number, { dev, ino, ctimeNs }: fs.BigIntStats): void {
    numbers[3 * index] = dev;
    numbers[3 * index + 1] = ino;
    numbers[3 * index + 2] = ctimeNs;
  }

  return (lot, handled) => {
    const begin = Atomics.add(lot.next, 0, SOME);
    const end = Math.min(begin + SOME, lot.names.length);
    for (let index = begin; handled && index < end; index++) {
      try {
        if (lot.work === 'unlink') unlink(lot, index);
        else if (lot.work === 'move') move(lot, index);
        else copy(lot, index);
      } catch {
        // who takes those one by one that are left tells why
      }
    }
    return Math.max(0, end - begin);
  };
}
