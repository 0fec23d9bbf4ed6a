// The few system calls that read a small file whole, in one slice.
import fs, { type BigIntStats, constants } from 'node:fs';
import { DESCRIPTORS } from './filesystem-descriptors.ts';

/** A whole file. */
export interface Whole {
  readonly stats: BigIntStats;
  readonly bytes: Uint8Array;
  /** The descriptor's own word for what was opened. */
  readonly real: string;
}

/** Bytes up to which a file is read as it is opened: nothing of it stays open, and nobody waits between the calls. */
const SMALL = 64 * 1024;
const STATS = { bigint: true } as const;
// O_NONBLOCK: should a pipe have come in its place, it is not waited for.
const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Undefined for what is no regular file, a large one, and what fails: whoever opens it as any other is told why. */
export function readWhole(place: string): Whole | undefined {
  if (DESCRIPTORS === undefined) return undefined;
  try {
    // Before it is opened: a pipe has a writer that would go on, and to open a device may do something.
    const found = fs.lstatSync(place, { ...STATS, throwIfNoEntry: false });
    if (!found?.isFile() || found.size > SMALL) return undefined;
    const fd = fs.openSync(place, SOURCE);
    try {
      const stats = fs.fstatSync(fd, STATS);
      if (!stats.isFile() || stats.size > SMALL) return undefined;
      const bytes = contentOf(fd, Number(stats.size));
      // One that became shorter meanwhile is not answered as if it was whole.
      return bytes.length === Number(stats.size) ? { stats, bytes, real: fs.readlinkSync(`${DESCRIPTORS}/${fd}`) } : undefined;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** All there is of `size` bytes; it may have become shorter meanwhile. */
function contentOf(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let read = 0;
  for (let more = -1; more !== 0 && read < size; read += more) more = fs.readSync(fd, bytes, read, size - read, read);
  return bytes.subarray(0, read);
}
