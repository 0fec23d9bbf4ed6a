// What is seen to in a database's files before LMDB maps them: a mapping that the disk cannot back ends the whole process.
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, readdirSync, readSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
 * that say the same: where there is less, and that of just now, another process may be writing them, and is waited for.
 */
export function hasDatabase(file: string, pageSize: number): boolean {
  const until = performance.now() + BEGINNING;
  for (;;) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return false;
    if (!stats.isFile()) throw new StateDamaged(file);
    if (stats.size === 0) return false;
    const isLong = stats.size >= 2 * pageSize;
    if (isLong && [0, pageSize].every((page) => headAt(file, page) === MAGIC)) return true;
    const isOld = Math.abs(Date.now() - stats.mtimeMs) > BEGINNING;
    if (isLong || isOld || performance.now() > until) throw new StateDamaged(file);
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
 * Throws ENOSPC unless the disk has `room` bytes for the database, and backs all of its lock file, which is made. LMDB does not
 * survive either: it writes the lock file through a mapping (SIGBUS), and ends the process when it cannot write the first pages.
 */
export function reserve(file: string, room: number): void {
  const lockFile = `${file}-lock`;
  if (!existsSync(lockFile)) makeLockFile(lockFile);
  const wanted = room + (statSync(lockFile).blocks === 0 ? LOCK_SIZE : 0);
  if (wanted > 0) probe(`${file}-room`, wanted);
  // LMDB would let everybody read it, where the folder was there before.
  closeSync(openSync(file, 'a', 0o600));
}

/**
 * It comes whole, and nobody but LMDB ever writes to it again: another process may have opened the database already, and would
 * lose its mutexes (SIGSEGV).
 */
function makeLockFile(lockFile: string): void {
  const draft = `${lockFile}-${randomUUID()}`; // process ids are those of a container
  try {
    writeFileSync(draft, Buffer.alloc(LOCK_SIZE), { mode: 0o600 });
    linkSync(draft, lockFile);
  } catch (error) {
    if (roomWanted(error) !== undefined) throw error;
    closeSync(openSync(lockFile, 'a', 0o600)); // it has come meanwhile, or a file system without links leaves it to LMDB
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What of `reserve` was left beside `file` by processes that were killed there. What another has there just now, it can do without. */
export function tidy(file: string): void {
  const name = basename(file);
  for (const each of readdirSync(dirname(file)))
    if (each === `${name}-room` || each.startsWith(`${name}-lock-`)) rmSync(join(dirname(file), each), { force: true });
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
