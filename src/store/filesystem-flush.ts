// Bringing what was changed to the disk itself, for who needs it against power cuts: a file's bytes, and the names in a directory.
import { constants } from 'node:fs';
import type { Calls } from './filesystem-calls.ts';
import { codeOf } from './filesystem-errors.ts';
import type { Handle } from './filesystem-handle.ts';
import { unconfirmed } from './unconfirmed.ts';

/** What is behind the handle, a file or a directory, is on the disk when it resolves: fsync(2). */
export type Sync = (handle: Handle) => Promise<void>;

export interface Flush {
  /** An open file, all of it. */
  file(handle: Handle): Promise<void>;
  /** The same of a file by its place on the disk. */
  entry(entry: string): Promise<void>;
  /**
   * Do `work`, which makes or removes names in these directories; they are brought to the disk in their order. Where the disk does
   * not take one of them, throws what tells that it is done (`unconfirmed`).
   */
  around<T>(directories: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** The system writes in its own time; whatever becomes of this process, nothing is lost. */
const LATER: Flush = {
  file: async () => {},
  entry: async () => {},
  around: (_directories, work) => work(),
};

/** Each is on the disk before the verb that changed it resolves; without `sync`, whenever the system likes. */
export function flushBy(calls: Calls, sync: Sync | undefined): Flush {
  if (!sync) return LATER;
  const opened = async <T>(place: string, flags: number, work: (handle: Handle) => Promise<T>): Promise<T> => {
    const handle = await calls.open(place, constants.O_RDONLY | constants.O_NONBLOCK | flags);
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  };
  const entry = (place: string) => opened(place, constants.O_NOFOLLOW, sync);
  return {
    file: sync,
    entry,
    async around(directories, work) {
      const last = directories.at(-1);
      // Windows cannot open a directory, and needs not.
      if (last === undefined || process.platform === 'win32') return work();
      // Opened before anything is changed: one that may not be read is refused as a whole.
      return opened(last, constants.O_DIRECTORY, async (handle) => {
        const result = await this.around(directories.slice(0, -1), work);
        await directory(handle, sync).catch((error) => Promise.reject(unconfirmed(result, error)));
        return result;
      });
    },
  };
}

/** Some file systems know no fsync of a directory; there it cannot be had. */
async function directory(handle: Handle, sync: Sync): Promise<void> {
  await sync(handle).catch((error) => {
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  });
}

/** fsync(2), as the server asks for it. */
export const toDisk: Sync = (handle) => handle.sync();
