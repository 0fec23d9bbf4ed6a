// The few system calls that copy, replace, move or remove a small file, for some of many files: run on the event loop, and in a thread beside it.
import type fs from 'node:fs';

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
export function smallFiles({ constants, ...calls }: typeof fs, large: number): Some {
  const SOME = 8; // files: far from a slice
  const STATS = { bigint: true } as const;
  const QUIET = { bigint: true, throwIfNoEntry: false } as const;
  // O_NONBLOCK: should a pipe have come in its place, it is not waited for.
  const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const COPY = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  let bytes = Buffer.alloc(0);

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
    const source = calls.openSync(`${lot.from}/${lot.names[index]}`, SOURCE);
    try {
      const stats = calls.fstatSync(source);
      if (!stats.isFile() || stats.size > large) return;
      if (bytes.length < stats.size) bytes = Buffer.allocUnsafeSlow(Math.max(stats.size, 8192));
      const length = read(source, stats.size);
      if (lot.work === 'replace') {
        replace(lot, index, length, stats.mode & 0o777);
      } else {
        tell(lot.numbers, index, write(length, `${lot.to}/${lot.names[index]}`, stats.mode & 0o777));
        lot.done[index] = 1;
      }
    } finally {
      calls.closeSync(source);
    }
  }

  /** As the store's `rename` does it: what is replaced leaves its mode. Where it would leave more than that, it stays. */
  function replace(lot: Lot, index: number, length: number, mode: number): void {
    const place = `${lot.onto}/${lot.names[index]}`;
    const there = calls.lstatSync(place, QUIET);
    const runs = there && ((Number(there.mode) ^ mode) & 0o100) !== 0;
    if (there && (!there.isFile() || there.size > large || runs)) return;
    const aside = `${lot.to}/${lot.names[index]}`;
    const copy = write(length, aside, there ? Number(there.mode & 0o777n) : mode);
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

  /** How many bytes were read, at most `size`; it may have become shorter meanwhile. */
  function read(source: number, size: number): number {
    let length = 0;
    for (let more = -1; more !== 0 && length < size; length += more) more = calls.readSync(source, bytes, length, size - length, null);
    return length;
  }

  function write(length: number, to: string, mode: number): fs.BigIntStats {
    const copy = calls.openSync(to, COPY, mode);
    try {
      for (let at = 0; at < length; ) at += calls.writeSync(copy, bytes, at, length - at, null);
      const stats = calls.fstatSync(copy, STATS);
      if (Number(stats.mode & 0o777n) === mode) return stats;
      calls.fchmodSync(copy, mode); // the umask has taken its share
      return calls.fstatSync(copy, STATS);
    } catch (error) {
      calls.unlinkSync(to);
      throw error;
    } finally {
      calls.closeSync(copy);
    }
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
