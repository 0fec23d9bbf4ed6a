// What is seen to in a database's files before LMDB maps them: a mapping that the disk cannot back ends the whole process.
import { closeSync, openSync, readSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
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

/**
 * Whether a database is in `file`; an empty one was only begun. Throws StateDamaged, or the system's error. It begins with two pages
 * that say the same: as long as there is less, and that of just now, another process may be writing them, and is waited for.
 */
export function hasDatabase(file: string, pageSize: number): boolean {
  for (;;) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined || (stats.isFile() && stats.size === 0)) return false;
    if (stats.isFile() && stats.size >= 2 * pageSize) {
      if ([0, pageSize].every((page) => headAt(file, page) === MAGIC)) return true;
      throw new StateDamaged(file);
    }
    if (!stats.isFile() || Math.abs(Date.now() - stats.mtimeMs) > BEGINNING) throw new StateDamaged(file);
    Atomics.wait(PAUSE, 0, 0, 1);
  }
}

/** Milliseconds that the one write of the two pages does not take, however many processes compete. */
const BEGINNING = 1000;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

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
 * Throws ENOSPC unless the disk has `room` bytes for the database, and those of its lock file where it has none yet. LMDB does not
 * survive either: it writes its lock file through a mapping (SIGBUS), and ends the process when it cannot write the first pages.
 * Only LMDB writes to the lock file: another process may be opening the database now, and would lose its mutexes (SIGSEGV).
 */
export function reserve(file: string, room: number): void {
  const lockFile = `${file}-lock`;
  const made = statSync(lockFile, { throwIfNoEntry: false });
  const wanted = room + (made === undefined || made.blocks === 0 ? LOCK_SIZE : 0);
  if (wanted > 0) probe(`${file}-room`, wanted);
  // LMDB would let everybody read them, where the folder was there before.
  if (made === undefined) closeSync(openSync(lockFile, 'a', 0o600));
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
