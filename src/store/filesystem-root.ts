// The folder that is served, told from what has come in its place: the empty mount point of a disk that was taken away, a new folder.
import { type BigIntStats, lstatSync } from 'node:fs';
import { arrivals } from './filesystem-arrivals.ts';
import type { Calls } from './filesystem-calls.ts';
import { codeOf } from './filesystem-errors.ts';
import { glance } from './filesystem-glance.ts';
import { fileSystemType } from './filesystem-type.ts';
import { refusals } from './refusals.ts';

/** `f_type` of statfs(2) where a directory keeps its number as long as it lives. Others (FAT, FUSE, overlays) number anew. */
const KEEPING: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
  0x6969, // NFS
]);

type Numbers = Pick<BigIntStats, 'dev' | 'ino'>;

/** Whether a folder with the numbers `now` is the one that had `opened`. */
export function isSameFolder(opened: Numbers, now: Numbers, type: number): boolean {
  if (now.ino === opened.ino) return true; // with another device: an automounter has brought it back
  return now.dev === opened.dev && !KEEPING.has(type >>> 0);
}

export interface Root {
  /** Throws 503 unless it is handed the stats of the folder as it is at this moment: undefined where nothing is. */
  guard(now: Numbers | undefined): void;
  /** Throws 503 unless the folder is at its place, or was in this turn of the event loop. false: that is to be awaited. */
  now(): boolean;
  sure(): Promise<void>;
}

/**
 * The same paths lead into whatever has the folder's name, so it is looked at itself: once in a turn of the event loop, and after a
 * request has come.
 */
export function rootOf(folder: string, calls: Pick<Calls, 'here' | 'find'>): Root {
  const opened = lstatSync(folder, { bigint: true });
  const type = fileSystemType(folder);
  let seen: number | undefined;
  function guard(now: Numbers | undefined): void {
    if (now === undefined) throw refusals.gone();
    if (!isSameFolder(opened, now, type)) throw refusals.gone({ cause: new Error(REPLACED) });
  }
  function see(now: Numbers | undefined, asked: number): void {
    guard(now);
    if (seen === undefined) setImmediate(forget);
    seen = asked;
  }
  function forget(): void {
    seen = undefined;
  }
  return {
    guard,
    now() {
      if (seen === arrivals()) return true;
      const own = calls.here(() => glance(undefined, folder));
      if (own !== undefined) see(own ?? undefined, arrivals());
      return own !== undefined;
    },
    async sure() {
      const asked = arrivals();
      if (seen !== asked) see(await calls.find(folder).catch(ignoreNoFolder), asked);
    },
  };
}

function ignoreNoFolder(error: unknown): undefined {
  if (codeOf(error) !== 'ENOTDIR') throw error; // a file has come above it
}

const REPLACED = 'another folder has come in its place: put the first one back, or start the server again to serve what is there now';
