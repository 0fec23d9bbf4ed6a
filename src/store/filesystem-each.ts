// The few system calls that remove, copy or read a small file, in one slice; of those to remove or copy, some at a time.
import fs, { type BigIntStats, constants } from 'node:fs';
import { LARGE } from './filesystem-handle.ts';
import type { Pace } from './filesystem-pace.ts';

export interface Pair {
  readonly from: string;
  /** Where nothing is. */
  readonly to: string;
}

/**
 * Gives what became of each, in their order; undefined for what is left as it is: no regular file, a large one, what failed,
 * and all of it where the disk does not answer at once. Whoever takes those one by one tells why.
 */
export interface Each {
  /** What was removed. */
  unlink(places: readonly string[]): Promise<(BigIntStats | undefined)[]>;
  /** What the copies are; content and mode are those of their sources. */
  copy(files: readonly Pair[]): Promise<(BigIntStats | undefined)[]>;
  /** What was read of one. */
  read(place: string): Promise<Read | undefined>;
}

/** A whole file. */
export interface Read {
  readonly stats: BigIntStats;
  readonly bytes: Uint8Array;
  /** The descriptor's own word for what was opened. */
  readonly real: string;
}

const SOME = 16; // files: far from a slice
/** Bytes up to which a file is read as it is opened: nothing of it stays open, and nobody waits between the calls. */
const WHOLE = 64 * 1024;
const STATS = { bigint: true } as const;
const QUIET = { ...STATS, throwIfNoEntry: false } as const;
const PERMISSIONS = 0o777n;
// O_NONBLOCK: should a pipe have come in its place, it is not waited for.
const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const COPY = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export function makeEach(pace: Pace): Each {
  const left = async () => undefined;
  const reading = quietly(read);
  return { unlink: inSlices(pace, unlink), copy: inSlices(pace, copy), read: (place) => pace(() => reading(place), left) };
}

function quietly<T, R>(work: (one: T) => R | undefined) {
  return (one: T) => {
    try {
      return work(one);
    } catch {
      return undefined;
    }
  };
}

function inSlices<T, R>(pace: Pace, work: (one: T) => R | undefined) {
  const working = quietly(work);
  return async (all: readonly T[]): Promise<(R | undefined)[]> => {
    const results: (R | undefined)[] = [];
    for (let from = 0; from < all.length; from += SOME) {
      const some = all.slice(from, from + SOME);
      const left = async () => some.map(() => undefined);
      for (const result of await pace(() => some.map(working), left)) results.push(result);
    }
    return results;
  };
}

function unlink(place: string): BigIntStats | undefined {
  const stats = fs.lstatSync(place, STATS);
  if (!stats.isFile() || stats.size > LARGE) return undefined;
  fs.unlinkSync(place);
  return stats;
}

function copy({ from, to }: Pair): BigIntStats | undefined {
  const source = fs.openSync(from, SOURCE);
  try {
    const stats = fs.fstatSync(source, STATS);
    if (!stats.isFile() || stats.size > LARGE) return undefined;
    return write(contentOf(source, Number(stats.size)), to, Number(stats.mode & PERMISSIONS));
  } finally {
    fs.closeSync(source);
  }
}

function read(place: string): Read | undefined {
  // Before it is opened: a pipe has a writer that would go on, and to open a device may do something.
  const found = fs.lstatSync(place, QUIET);
  if (!found?.isFile() || found.size > WHOLE) return undefined;
  const fd = fs.openSync(place, SOURCE);
  try {
    const stats = fs.fstatSync(fd, STATS);
    if (!stats.isFile() || stats.size > WHOLE) return undefined;
    const bytes = contentOf(fd, Number(stats.size));
    // One that became shorter meanwhile is not answered as if it was whole.
    return bytes.length === Number(stats.size) ? { stats, bytes, real: fs.readlinkSync(`/proc/self/fd/${fd}`) } : undefined;
  } finally {
    fs.closeSync(fd);
  }
}

/** All there is of `size` bytes; it may have become shorter meanwhile. */
function contentOf(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let read = 0;
  for (let more = -1; more !== 0 && read < size; read += more) more = fs.readSync(fd, bytes, read, size - read, read);
  return bytes.subarray(0, read);
}

function write(bytes: Uint8Array, to: string, mode: number): BigIntStats {
  const fd = fs.openSync(to, COPY, mode);
  try {
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(fd, bytes, written, bytes.length - written, written);
    fs.fchmodSync(fd, mode); // the umask has taken its share
    return fs.fstatSync(fd, STATS);
  } catch (error) {
    fs.unlinkSync(to);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}
