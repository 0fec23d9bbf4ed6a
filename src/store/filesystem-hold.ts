// Holding a directory or a file itself instead of its name, so that no link put in its place can lead out of the folder.
import { constants, existsSync } from 'node:fs';
import type { Calls } from './filesystem-calls.ts';
import { codeOf } from './filesystem-errors.ts';
import type { Handle } from './filesystem-handle.ts';

const DESCRIPTORS = '/proc/self/fd';
const BY_DESCRIPTOR = process.platform === 'linux' && existsSync(DESCRIPTORS);
const O_PATH = 0o10000000; // Linux; Node does not export it. A directory may be held without the right to list it.

export interface Held {
  /** A path to the directory that stays right whatever becomes of its names; what is in it is `${place}/${name}`. */
  readonly place: string;
  release(): Promise<void>;
}

/**
 * Hold the directory that has the real path `real`, or fail with ENOENT when it has it no longer. Node has no
 * `openat`; a path through `/proc/self/fd` is one. Elsewhere than on Linux the name has to do: there, a program on the
 * same machine that swaps a directory for a link within microseconds is not found out.
 */
export async function hold(calls: Calls, real: string): Promise<Held> {
  if (!BY_DESCRIPTOR) return { place: real, release: async () => undefined };
  const handle = await calls.open(real, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const place = `${DESCRIPTORS}/${handle.fd}`;
  const release = () => handle.close();
  if ((await calls.readlink(place).catch(() => undefined)) === real) return { place, release };
  await release();
  throw Object.assign(new Error('the directory was replaced while it was opened'), { code: 'ENOENT' });
}

/** Do `work` in the directory with the real path `real`, held as by `hold`. */
export async function within<T>(calls: Calls, real: string, work: (place: string) => Promise<T>): Promise<T> {
  const { place, release } = await hold(calls, real);
  try {
    return await work(place);
  } finally {
    await release();
  }
}

/** Whether `real` is a directory's real path now: no link is on the way. */
export async function isPlain(calls: Calls, real: string): Promise<boolean> {
  try {
    if (!BY_DESCRIPTOR) return (await calls.realpath(real)) === real;
    await within(calls, real, async () => {});
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') return false;
    throw error;
  }
}

/** Whether an open file is the one with the real path `real`, or was until a rename put another in its place; undefined where that cannot be told. */
export async function isAt(calls: Calls, handle: Handle, real: string): Promise<boolean | undefined> {
  if (!BY_DESCRIPTOR) return undefined;
  const name = await calls.readlink(`${DESCRIPTORS}/${handle.fd}`);
  return name === real || name === `${real} (deleted)`;
}

/** A path that opens the same file again; `real` where there is none. */
export function againOf(handle: Handle, real: string): string {
  return BY_DESCRIPTOR ? `${DESCRIPTORS}/${handle.fd}` : real;
}
