// Making new files: from a stream of bytes, and as a copy. Whatever fails leaves nothing behind.
import { type BigIntStats, constants } from 'node:fs';
import { DavError } from '../protocol/error.ts';
import { isReservedName, nameOf, type Path, parentOf } from '../protocol/path.ts';
import { asFailedReading } from './copy-failure.ts';
import type { Calls } from './filesystem-calls.ts';
import { type OpenFile, openFile } from './filesystem-content.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf, davErrorOf, translated } from './filesystem-errors.ts';
import type { Handle } from './filesystem-handle.ts';
import { againOf, within } from './filesystem-hold.ts';
import { resourceOf } from './filesystem-resource.ts';
import { STAGING } from './own-place.ts';
import { refusals } from './refusals.ts';
import type { Resource } from './store.ts';

export const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PERMISSIONS = 0o777n;
const SMALL = 64 * 1024; // bytes

/** Write `bytes` to a new file at `path`, one chunk after the other. */
export async function writeFile(disk: Disk, path: Path, bytes: AsyncIterable<Uint8Array>): Promise<Resource> {
  const { calls, paths, etags, flush } = disk;
  return within(calls, await paths.collection(path), async (place) => {
    const entry = `${place}/${nameOf(path)}`;
    return flush.around(namesKept(path, place), async () => {
      const handle = await openNew(disk, path, entry);
      try {
        await pour(bytes, handle);
        await flush.file(handle);
        const stats = await handle.stat();
        etags.written(stats);
        await handle.close(); // on network file systems this is where a full disk shows
        return resourceOf(path, false, stats, etags);
      } catch (error) {
        await handle.close().catch(() => undefined);
        await calls.unlink(entry).catch(() => undefined);
        throw error;
      }
    });
  });
}

/** The system finds out whether the name is free; what it is not free for is asked afterwards. */
async function openNew({ calls, paths }: Disk, path: Path, entry: string): Promise<Handle> {
  try {
    return await calls.open(entry, NEW_FILE, 0o666); // less the umask
  } catch (error) {
    if (codeOf(error) === 'EEXIST') await paths.free(path);
    throw error;
  }
}

/** What is staged gets its name by a rename: the one it has until then need not last. */
export function namesKept(path: Path, place: string): string[] {
  return parentOf(path) === STAGING || isReservedName(nameOf(path)) ? [] : [place];
}

/** 400 when the source fails, whatever it throws: the sender went away. */
async function pour(bytes: AsyncIterable<Uint8Array>, handle: Handle, offset = 0): Promise<void> {
  let position = offset;
  try {
    for await (const chunk of bytes) {
      await translated('new', () => writeAll(handle, chunk, position));
      position += chunk.byteLength;
    }
  } catch (error) {
    throw error instanceof DavError ? error : refusals.brokenOff({ cause: error });
  }
}

/** All of `bytes`, from `position` on. */
async function writeAll(handle: Handle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += await handle.write(bytes, done, bytes.length - done, position + done);
}

/**
 * Copy content and mode of the file at `from` to a new file at `to`, by reference where the file system can.
 * The source is opened first: what fails until then is marked as failed reading, and what fails later is the
 * destination's.
 */
export function copyContent(disk: Disk, from: Path, to: Path): Promise<void> {
  return copyAnd(disk, from, to, async (entry, source) => {
    if (source.size > SMALL) await settle(disk.calls, entry, source);
  });
}

/** The same with `bytes` written over it from `offset` on, and a mode that is the owner's only: whoever puts it in place says which. */
export function copyPatched(
  disk: Disk,
  from: Path,
  to: Path,
  { offset, bytes }: { readonly offset: number; readonly bytes: AsyncIterable<Uint8Array> },
): Promise<void> {
  return copyAnd(disk, from, to, async (entry, source) => {
    await chmodEntry(disk.calls, entry, 0o600); // a file that nobody may write can be replaced, and so it can be replaced in part
    // O_NONBLOCK: should a pipe have come in its place, nobody would read from it, and this would wait for who does.
    const handle = await disk.calls.open(entry, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw refusals.unreachable();
      await pour(bytes, handle, offset);
    } finally {
      await handle.close(); // on network file systems this is where a full disk shows
    }
    await settle(disk.calls, entry, source);
  });
}

/** Copy the file, and finish it at its new place while it is held. */
async function copyAnd(disk: Disk, from: Path, to: Path, finish: (entry: string, source: BigIntStats) => Promise<void>): Promise<void> {
  const { calls, paths, etags, flush } = disk;
  const source = await openFile(disk, from).catch((error) => {
    throw asFailedReading(davErrorOf(error, 'existing'));
  });
  try {
    const { collection } = await paths.free(to);
    await within(calls, collection, async (place) => {
      const entry = `${place}/${nameOf(to)}`;
      const again = againOf(source.handle, source.spot.target);
      await flush.around(namesKept(to, place), async () => {
        if (source.stats.size <= SMALL) await copySmall(source, entry, calls);
        else await calls.copyFile(again, entry, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE, Number(source.stats.size));
        try {
          await finish(entry, source.stats);
          await flush.entry(entry);
          etags.written(await calls.lstat(entry));
        } catch (error) {
          await calls.unlink(entry).catch(() => undefined);
          throw error;
        }
      });
    });
  } finally {
    await source.handle.close();
  }
}

/** `copyFile` asks the system for eleven calls, and this for five; what is so small is read as a whole. */
async function copySmall({ handle, stats }: OpenFile, entry: string, calls: Calls): Promise<void> {
  const bytes = Buffer.allocUnsafe(Number(stats.size));
  let size = 0;
  for (let read = -1; read !== 0 && size < bytes.length; size += read) read = await handle.read(bytes, size, bytes.length - size, size);
  const mode = Number(stats.mode & PERMISSIONS);
  const copy = await calls.open(entry, NEW_FILE, mode);
  try {
    await writeAll(copy, bytes.subarray(0, size), 0);
    await copy.chmod(mode); // the umask has taken its share
    await copy.close();
  } catch (error) {
    await copy.close().catch(() => undefined);
    await calls.unlink(entry).catch(() => undefined);
    throw error;
  }
}

/** Take from a fresh copy what is not the source's to give. */
async function settle(calls: Calls, entry: string, source: BigIntStats): Promise<void> {
  // Set-id bits were given for one owner's content, and a copy may have another owner.
  if (source.mode & 0o7000n) await chmodEntry(calls, entry, Number(source.mode & PERMISSIONS));
  // A copy is new content (RFC 4918 §8.8), but some systems clone the time as well.
  const { mtimeNs } = await calls.lstat(entry);
  if (mtimeNs === source.mtimeNs) await calls.lutimes(entry, new Date(), new Date());
}

async function chmodEntry(calls: Calls, entry: string, mode: number): Promise<void> {
  const handle = await calls.open(entry, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  await handle.chmod(mode).finally(() => handle.close());
}
