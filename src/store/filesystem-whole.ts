// The few system calls that read a small file whole, in one slice.
import fs, { type BigIntStats, constants } from 'node:fs';
import { placeNow, statsNow } from './filesystem-hold.ts';

/** A whole file. */
export interface Whole {
  readonly stats: BigIntStats;
  readonly bytes: Uint8Array;
}

/** Bytes up to which a file is read as it is opened: nothing of it stays open, and nobody waits between the calls. */
const SMALL = 64 * 1024;
const STATS = { bigint: true } as const;
const QUIET = { ...STATS, throwIfNoEntry: false } as const;
// O_NONBLOCK: should a pipe have come in its place, it is not waited for.
const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Milliseconds. What has not changed for so long cannot change again without a new ctime, though some disks (ext3, FAT) count in seconds. */
const SETTLED = 3_000;
const REMEMBERED = 4_096; // files

/** Of the directory of each, in which no name leads elsewhere as long as they are the same: what was a file stays one. */
const directoriesOf = new Map<string, BigIntStats>();

/**
 * In `Calls.here`: what has the real path `real`, which no link leads to. Undefined for what is no regular file, a large one, and what
 * fails: whoever opens it as any other is told why.
 */
export function readWhole(real: string): Whole | undefined {
  const slash = real.lastIndexOf('/');
  const collection = real.slice(0, slash) || '/';
  const held = placeNow(collection);
  if (held === undefined) return undefined;
  const place = held + real.slice(slash);
  try {
    const directory = statsNow(collection);
    // Before it is opened: a pipe has a writer that would go on, and to open a device may do something.
    if (!isKnown(real, directory) && !isSmall(fs.lstatSync(place, QUIET))) return undefined;
    const fd = fs.openSync(place, SOURCE);
    try {
      const stats = fs.fstatSync(fd, STATS);
      if (!isSmall(stats)) return undefined;
      remember(real, directory);
      const bytes = contentOf(fd, Number(stats.size));
      // One that became shorter meanwhile is not answered as if it was whole.
      return bytes.length === Number(stats.size) ? { stats, bytes } : undefined;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function isKnown(real: string, directory: BigIntStats | undefined): boolean {
  const before = directoriesOf.get(real);
  return before !== undefined && before.ctimeNs === directory?.ctimeNs && before.ino === directory.ino && before.dev === directory.dev;
}

function remember(real: string, directory: BigIntStats | undefined): void {
  if (directory === undefined || directory.ctimeMs > Date.now() - SETTLED) return;
  if (directoriesOf.size >= REMEMBERED) directoriesOf.clear();
  directoriesOf.set(real, directory);
}

function isSmall(stats: BigIntStats | undefined): boolean {
  return stats?.isFile() === true && stats.size <= SMALL;
}

/** All there is of `size` bytes; it may have become shorter meanwhile. */
function contentOf(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let read = 0;
  for (let more = -1; more !== 0 && read < size; read += more) more = fs.readSync(fd, bytes, read, size - read, read);
  return bytes.subarray(0, read);
}
