// The folder that is served, told from what has come in its place: the empty mount point of a disk that was taken away, a new folder.
import { type BigIntStats, lstatSync } from 'node:fs';
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
  /** Throws 503 unless the folder was at its place in this turn of the event loop. false: that is to be awaited. */
  now(): boolean;
  sure(): Promise<void>;
}

/**
 * The same paths lead into whatever has the folder's name, so it is looked at itself: once in a turn, before which no client can
 * have learnt of any change.
 */
export function rootOf(folder: string, calls: Pick<Calls, 'here' | 'find'>): Root {
  const opened = lstatSync(folder, { bigint: true });
  const type = fileSystemType(folder);
  let seen = false;
  function guard(now: Numbers | undefined): void {
    if (now === undefined) throw refusals.gone();
    if (!isSameFolder(opened, now, type)) throw refusals.gone({ cause: new Error(REPLACED) });
  }
  function see(now: Numbers | undefined): void {
    guard(now);
    if (!seen) setImmediate(forget);
    seen = true;
  }
  function forget(): void {
    seen = false;
  }
  return {
    guard,
    now() {
      const own = seen ? undefined : calls.here(() => glance(undefined, folder));
      if (own !== undefined) see(own ?? undefined);
      return seen;
    },
    async sure() {
      if (!seen) see(await calls.find(folder).catch(ignoreNoFolder));
    },
  };
}

function ignoreNoFolder(error: unknown): undefined {
  if (codeOf(error) !== 'ENOTDIR') throw error; // a file has come above it
}

const REPLACED = 'another folder has come in its place: put the first one back, or start the server again to serve what is there now';
