// System calls about names: made here and now where the disk answers at once, and by the thread pool where it may not.
import fs, { type BigIntStats } from 'node:fs';
import * as pool from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Entries, makeEntries } from './filesystem-entries.ts';
import { codeOf } from './filesystem-errors.ts';
import { Handle, LARGE } from './filesystem-handle.ts';
import { type Lots, makeLots } from './filesystem-lot.ts';
import { type Ahead, type Members, makeAhead, makeMembers } from './filesystem-members.ts';
import type { Pace } from './filesystem-pace.ts';

/** As those of `node:fs/promises`, but for what is said here; they reject with the system's own errors. */
export interface Calls {
  open(place: string, flags: number, mode?: number): Promise<Handle>;
  lstat(place: string | Buffer): Promise<BigIntStats>;
  /** undefined when nothing is there: a failure costs more than the call. */
  find(place: string): Promise<BigIntStats | undefined>;
  readlink(place: string): Promise<string>;
  /** Follows links, perhaps to where an answer never comes: by the thread pool only. */
  realpath(place: string): Promise<string>;
  access(place: string, mode: number): Promise<void>;
  mkdir(place: string, mode?: number): Promise<void>;
  rmdir(place: string): Promise<void>;
  /** `size` is that of the file in bytes, where it is known: many take long to be freed. */
  unlink(place: string | Buffer, size?: number): Promise<void>;
  /** `size` in bytes is that of the larger of the two where a file is replaced: one may take long to be freed, and ext4 allots the other its blocks first. */
  rename(from: string, to: string, size?: number): Promise<void>;
  symlink(target: string, place: string): Promise<void>;
  lutimes(place: string, accessed: string | Date, modified: string | Date): Promise<void>;
  /** `size` as for `unlink`. */
  copyFile(from: string, to: string, flags: number, size: number): Promise<void>;
  /** Makes several in one, where the disk answers at once and nobody has waited too long: undefined where not. */
  here<T>(now: () => T): T | undefined;
  /** Whoever waits as long as there is one can use `here` where it can be used at all. */
  turn(): Promise<void> | undefined;
  readonly lots: Lots;
  /** What is in a directory, in batches. */
  readonly entries: Entries;
  /** What is in a directory that is held, for many names. */
  readonly members: Members;
  /** What is in a small one that is going to be asked for, all of it; undefined where that is left to who asks. */
  readonly ahead: Ahead;
}

const STATS = { bigint: true } as const;
const QUIET = { ...STATS, throwIfNoEntry: false } as const;
const open = promisify(fs.open);

export function makeCalls(pace: Pace): Calls {
  const bySize = <T>(size: number, now: () => T, later: () => Promise<T>) => (size > LARGE ? later() : pace(now, later));

  return {
    here: (now) => pace.here?.(now),
    turn: () => pace.turn?.(),
    lots: makeLots(pace),
    entries: makeEntries(pace),
    members: makeMembers(pace, (place) => pool.lstat(place, STATS)),
    ahead: makeAhead(pace),
    async open(place, flags, mode) {
      const fd = await pace(
        () => fs.openSync(place, flags, mode),
        () => open(place, flags, mode),
      );
      return new Handle(fd, pace);
    },
    lstat: (place) =>
      pace(
        () => fs.lstatSync(place, STATS),
        () => pool.lstat(place, STATS),
      ),
    find: (place) =>
      pace(
        () => fs.lstatSync(place, QUIET),
        () => pool.lstat(place, STATS).catch(ignoreNone),
      ),
    readlink: (place) =>
      pace(
        () => fs.readlinkSync(place),
        () => pool.readlink(place),
      ),
    realpath: (place) => pool.realpath(place),
    access: (place, mode) =>
      pace(
        () => fs.accessSync(place, mode),
        () => pool.access(place, mode),
      ),
    mkdir: (place, mode) =>
      pace(
        () => void fs.mkdirSync(place, mode),
        () => pool.mkdir(place, mode).then(() => {}),
      ),
    rmdir: (place) =>
      pace(
        () => fs.rmdirSync(place),
        () => pool.rmdir(place),
      ),
    unlink: (place, size = Number.POSITIVE_INFINITY) =>
      bySize(
        size,
        () => fs.unlinkSync(place),
        () => pool.unlink(place),
      ),
    rename: (from, to, size = 0) =>
      bySize(
        size,
        () => fs.renameSync(from, to),
        () => pool.rename(from, to),
      ),
    symlink: (target, place) =>
      pace(
        () => fs.symlinkSync(target, place),
        () => pool.symlink(target, place),
      ),
    lutimes: (place, accessed, modified) =>
      pace(
        () => fs.lutimesSync(place, accessed, modified),
        () => pool.lutimes(place, accessed, modified),
      ),
    copyFile: (from, to, flags, size) =>
      bySize(
        size,
        () => fs.copyFileSync(from, to, flags),
        () => pool.copyFile(from, to, flags),
      ),
  };
}

function ignoreNone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
