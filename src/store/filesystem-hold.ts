// Holding a directory or a file itself instead of its name, so that no link put in its place can lead out of the folder.
import { type BigIntStats, closeSync, constants, openSync, readlinkSync, statSync } from 'node:fs';
import { arrivals } from './filesystem-arrivals.ts';
import type { Calls } from './filesystem-calls.ts';
import { DESCRIPTORS } from './filesystem-descriptors.ts';
import { codeOf } from './filesystem-errors.ts';
import type { Handle } from './filesystem-handle.ts';

const O_PATH = 0o10000000; // Linux; Node does not export it. A directory may be held without the right to list it.
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

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
  if (DESCRIPTORS === undefined) return { place: real, release: async () => undefined };
  const handle = await calls.open(real, DIRECTORY);
  const place = `${DESCRIPTORS}/${handle.fd}`;
  const release = () => handle.close();
  if ((await calls.readlink(place).catch(() => undefined)) === real) return { place, release };
  await release();
  throw Object.assign(new Error('the directory was replaced while it was opened'), { code: 'ENOENT' });
}

interface Shared {
  readonly held: Promise<Held>;
  /** Once it is. */
  now?: Held;
  users: number;
  /** Whoever comes now holds it anew. */
  over: boolean;
  readonly arrivals: number;
  /** Once they were asked for. */
  stats?: BigIntStats;
}

/**
 * By real path, for one turn of the event loop and until a request comes: what is done with many members one after the other is done
 * in one directory.
 */
const shared = new Map<string, Shared>();

/** Kept for whoever comes later in the turn: a walk over a deep tree is in many directories in one. */
const KEPT = 8;

/** Do `work` in the directory with the real path `real`, held as by `hold`, perhaps by others of the same turn too. */
export async function within<T>(calls: Calls, real: string, work: (place: string) => Promise<T>): Promise<T> {
  const one = sharedNow(real) ?? share(real, hold(calls, real));
  one.users++;
  try {
    const { place } = await one.held;
    return await work(place);
  } finally {
    one.users--;
    await releaseUnused(one);
  }
}

/** The same in `Calls.here`: the directory's place, for as long as nothing is awaited; undefined where it is to be held as above, or cannot be. */
export function placeNow(real: string): string | undefined {
  const one = sharedNow(real);
  if (one || DESCRIPTORS === undefined) return one?.now?.place;
  const fd = openNow(real);
  if (fd === undefined) return undefined;
  const held = { place: `${DESCRIPTORS}/${fd}`, release: async () => closeSync(fd) };
  share(real, Promise.resolve(held)).now = held;
  return held.place;
}

/** Of the directory that `placeNow` has just given, as it was at some moment since it is held. */
export function statsNow(real: string): BigIntStats | undefined {
  const one = sharedNow(real);
  if (!one?.now) return undefined;
  one.stats ??= statSync(one.now.place, { bigint: true });
  return one.stats;
}

function sharedNow(real: string): Shared | undefined {
  const one = shared.get(real);
  if (!one || one.arrivals === arrivals()) return one;
  end(real);
  return undefined;
}

function openNow(real: string): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(real, DIRECTORY);
    if (readlinkSync(`${DESCRIPTORS}/${fd}`) === real) return fd;
  } catch {
    // Whoever holds it as any other is told why.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** A directory has gone from its name, or a link come: whoever comes now holds what is there now. */
export function holdAnew(): void {
  for (const real of shared.keys()) end(real);
}

function share(real: string, held: Promise<Held>): Shared {
  const one: Shared = { held, users: 0, over: false, arrivals: arrivals() };
  if (shared.size === 0) setImmediate(holdAnew);
  const [oldest] = shared.size < KEPT ? [] : shared.keys();
  if (oldest !== undefined) end(oldest);
  shared.set(real, one);
  held.then(
    (now) => {
      one.now = now;
    },
    () => {
      // What is not there may be made in the same turn.
      if (shared.get(real) === one) shared.delete(real);
    },
  );
  return one;
}

function end(real: string): void {
  const one = shared.get(real);
  shared.delete(real);
  if (!one) return;
  one.over = true;
  void releaseUnused(one);
}

async function releaseUnused({ held, users, over }: Shared): Promise<void> {
  if (!over || users > 0) return;
  await held.then(
    ({ release }) => release(),
    () => {}, // whoever wanted it has been told
  );
}

/** Whether `real` is a directory's real path now: no link is on the way. */
export async function isPlain(calls: Calls, real: string): Promise<boolean> {
  try {
    if (DESCRIPTORS === undefined) return (await calls.realpath(real)) === real;
    await within(calls, real, async () => {});
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') return false;
    throw error;
  }
}

/** Whether an open file is the one with the real path `real`, or was until a rename put another in its place; undefined where that cannot be told. */
export async function isAt(calls: Calls, handle: Handle, real: string): Promise<boolean | undefined> {
  if (DESCRIPTORS === undefined) return undefined;
  const name = await calls.readlink(`${DESCRIPTORS}/${handle.fd}`);
  return name === real || name === `${real} (deleted)`;
}

/** A path that opens the same file again; `real` where there is none. */
export function againOf(handle: Handle, real: string): string {
  return DESCRIPTORS ? `${DESCRIPTORS}/${handle.fd}` : real;
}
