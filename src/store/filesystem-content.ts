// Opening a file so that it is surely the one that was resolved, and its bytes in one pass.
import { type BigIntStats, constants } from 'node:fs';
import { DavError } from '../protocol/error.ts';
import type { Path } from '../protocol/path.ts';
import { identityOf } from './etag.ts';
import type { Calls } from './filesystem-calls.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf, davErrorOf } from './filesystem-errors.ts';
import type { Handle } from './filesystem-handle.ts';
import { holdAnew, isAt } from './filesystem-hold.ts';
import type { DiskPaths, Taken } from './filesystem-path.ts';
import { readWhole, type Whole } from './filesystem-whole.ts';
import { refusals } from './refusals.ts';
import type { ByteRange } from './store.ts';

export interface OpenFile {
  readonly handle: Handle;
  readonly spot: Taken;
  /** Of the opened file. */
  readonly stats: BigIntStats;
}

// O_NONBLOCK: should a pipe have come in its place, it is not waited for.
const CAREFUL = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const REPLACED = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'];
const ATTEMPTS = 8; // each loses a race of microseconds against a rename
const CHUNK = 256 * 1024; // bytes

/** Open the file at `path` for reading: 404 when there is none, 409 for a collection. The caller closes the handle. */
export async function openFile(disk: Pick<Disk, 'calls' | 'paths'>, path: Path): Promise<OpenFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // What is opened tells whether the guess was right; where nothing can be, it is made sure first.
    const guess = attempt === 0 ? await disk.paths.guess(path) : undefined;
    const spot = guess?.state === 'taken' && guess.stats.isFile() ? guess : await disk.paths.existing(path);
    if (spot.stats.isDirectory()) throw refusals.isCollection();
    const opened = await openResolved(disk.calls, spot);
    if (opened) return opened;
    holdAnew(); // what is held in this turn is no longer what is there
  }
  throw new DavError(503, 'The resource is being replaced all the time; try again.');
}

/** A small file that is no link, whole; undefined for what is to be opened as `openFile` does. */
export async function smallFile({ calls, paths }: Disk, path: Path): Promise<Whole | undefined> {
  for (let turn = calls.turn(); turn; turn = calls.turn()) await turn;
  const place = paths.hint(path) ?? (await linkless(paths, path));
  return place === undefined ? undefined : calls.here(() => readWhole(place));
}

/** Where the file at `path` seems to be; undefined for what is no file, or behind a link. */
async function linkless(paths: DiskPaths, path: Path): Promise<string | undefined> {
  const spot = await paths.guess(path);
  return spot.state === 'taken' && !spot.link && spot.stats.isFile() ? spot.target : undefined;
}

/** Undefined when something else has come in the place of what was resolved. */
async function openResolved(calls: Calls, spot: Taken): Promise<OpenFile | undefined> {
  let handle: Handle;
  try {
    handle = await calls.open(spot.target, CAREFUL);
  } catch (error) {
    if (REPLACED.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
  try {
    const stats = await handle.stat();
    const same = (await isAt(calls, handle, spot.target)) ?? identityOf(stats) === identityOf(spot.stats);
    if (stats.isFile() && same) return { handle, spot, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/**
 * The bytes of an open file of `size` bytes, or the part `range` of them, all large chunks in the same buffer: to have the system
 * find fresh memory for each takes as long as reading it. Unless `more` is to be read, closes the handle at the end, on failure, and
 * when the reader gives up, even before the first chunk (which is why this is no generator: one that has not started has no `finally`).
 */
export function bytesOf(handle: Handle, size: number, range?: ByteRange, more = false): AsyncIterableIterator<Uint8Array> {
  let at = range?.start ?? 0;
  const end = Math.min(size, range === undefined ? size : range.end + 1);
  let buffer: Buffer | undefined;
  const finish = async () => {
    at = end;
    if (!more) await handle.close();
    return { done: true as const, value: undefined };
  };
  return {
    async next() {
      if (at >= end) return finish();
      try {
        buffer ??= Buffer.allocUnsafeSlow(Math.min(CHUNK, end - at));
        const bytesRead = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
        if (bytesRead === 0) throw new DavError(500, 'The file became shorter while it was read.');
        at += bytesRead;
        const value = buffer.subarray(0, bytesRead);
        // A short chunk is perhaps not away yet when the next one is asked for.
        if (bytesRead < buffer.length) buffer = undefined;
        return { done: false, value };
      } catch (error) {
        await finish();
        throw davErrorOf(error, 'existing');
      }
    },
    return: finish,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
