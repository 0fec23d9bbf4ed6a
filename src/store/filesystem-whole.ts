// The few system calls that read a small file whole, in one slice.
import fs, { type BigIntStats, constants } from 'node:fs';
import { placeNow } from './filesystem-hold.ts';
import { knownPlaces } from './filesystem-known.ts';

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

const files = knownPlaces();

/**
 * In `Calls.here`: what has the real path `real`, which no link leads to. Undefined for what is no regular file, a large one, and what
 * fails: whoever opens it as any other is told why.
 */
export function readWhole(real: string): Whole | undefined {
  const slash = real.lastIndexOf('/');
  const collection = placeNow(real.slice(0, slash) || '/');
  if (collection === undefined) return undefined;
  const place = collection + real.slice(slash);
  try {
    // Before it is opened: a pipe has a writer that would go on, and to open a device may do something. Nobody makes one of what was a file a moment ago.
    if (!files.has(real) && !isSmall(fs.lstatSync(place, QUIET))) return undefined;
    const fd = fs.openSync(place, SOURCE);
    try {
      const stats = fs.fstatSync(fd, STATS);
      if (!isSmall(stats)) return undefined;
      files.seen(real);
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
