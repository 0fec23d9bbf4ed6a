// What is seen to in a database's files before LMDB maps them: a mapping that the disk cannot back ends the whole process.
import { closeSync, openSync, readFileSync, readSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { roomWanted } from './room.ts';

/** `file` is no database, or not all of one. */
export class StateDamaged extends Error {
  readonly file: string;

  constructor(file: string) {
    super(`${file} is damaged.`);
    this.name = 'StateDamaged';
    this.file = file;
  }
}

/** Whether a database is in `file`; an empty one was only begun. Throws StateDamaged, or the system's error. */
export function hasDatabase(file: string, pageSize: number): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return false;
  // It begins with two pages that say the same.
  const whole = stats.isFile() && stats.size >= 2 * pageSize;
  if (!whole || [0, pageSize].some((page) => headAt(file, page) !== MAGIC)) throw new StateDamaged(file);
  return true;
}

/** `MDB_MAGIC`, behind the page's header of 24 bytes. */
const MAGIC = 0xbeefc0de;

function headAt(file: string, position: number): number {
  const bytes = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, bytes, 0, 4, position + 24);
  } finally {
    closeSync(handle);
  }
  return bytes.readUInt32LE();
}

/**
 * Throws ENOSPC unless the disk has `room` bytes for the database, and backs all of its lock file, which is made. LMDB does
 * not survive either: it sets the lock file's length and writes through a mapping of it (SIGBUS), and ends the process when it
 * cannot write the first pages. A lock file that says something is in use, and left alone.
 */
export function reserve(file: string, room: number): void {
  const lockFile = `${file}-lock`;
  const made = statSync(lockFile, { throwIfNoEntry: false });
  if (made === undefined) writeFileSync(lockFile, Buffer.alloc(LOCK_SIZE), { mode: 0o600 });
  else if (made.blocks * 512 < made.size && readFileSync(lockFile).every((byte) => byte === 0))
    writeFileSync(lockFile, Buffer.alloc(LOCK_SIZE));
  if (room > 0) probe(`${file}-room`, room);
  // LMDB would let everybody read it, where the folder was there before.
  closeSync(openSync(file, 'a', 0o600));
}

/** Bytes: a header of 192 and 127 readers of 64 each, as LMDB has it, in full pages. */
const LOCK_SIZE = 12_288;

/** Whether the disk has no room for `bytes` more beside `file`. */
export function isFull(file: string, bytes: number): boolean {
  try {
    probe(`${file}-room`, bytes);
    return false;
  } catch (error) {
    return roomWanted(error) !== undefined;
  }
}

/** Bytes: more than a commit takes that does not change a large tree. */
const SOME = 1024 * 1024;

/**
 * Whether the disk of `file` has so little room that what takes some had better not begin: LMDB 3.5.6 writes the message of a write
 * that failed over the end of its 100 bytes (`mdb_page_flush`), which can end the process.
 */
export function isNearlyFull(file: string): boolean {
  const { bavail, bfree, blocks, bsize } = statfsSync(file);
  const free = process.getuid?.() === 0 ? bfree : bavail; // some is kept for root
  return blocks > 0 && free * bsize < SOME; // a tmpfs without a limit has none
}

function probe(file: string, room: number): void {
  try {
    writeFileSync(file, Buffer.alloc(room));
  } finally {
    rmSync(file, { force: true });
  }
}
