// The folder that is served, told from what has come in its place: the empty mount point of a disk that was taken away, a new folder.
import { type BigIntStats, lstatSync } from 'node:fs';
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

/** Gives what throws 503 unless it is handed the stats of `folder` as it is at this moment: undefined where nothing is. */
export function guardOf(folder: string): (now: Numbers | undefined) => void {
  const opened = lstatSync(folder, { bigint: true });
  const type = fileSystemType(folder);
  return (now) => {
    if (now === undefined) throw refusals.gone();
    if (!isSameFolder(opened, now, type)) throw refusals.gone({ cause: new Error(REPLACED) });
  };
}

const REPLACED = 'another folder has come in its place: put the first one back, or start the server again to serve what is there now';
