// Tail: room behind the last page of the database's file that the disk has backed already, so that LMDB finds it where it writes.
import { closeSync, openSync, readSync, statfsSync, statSync, writeSync } from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { PAGE_SIZE } from './lmdb-file.ts';
import type { Weight } from './pending-rows.ts';

/** What is kept for what gives room back, or needs none: DELETE, UNLOCK, what undoes a write. */
export const RESERVE = 512 * 1024; // bytes
const STEP = 256 * 1024; // bytes: grown by at least so much, that few commits have to
/** Bytes: more than that is asked for and not made beforehand, as the changes of a large tree would take all of it at once. */
const LARGE = 4 * 1024 * 1024;
/** In pages: those from the root of a table down to a row, all of which are written anew with it; what LMDB notes with each commit. */
const WAY = 8;
const NOTES = 16;

/**
 * LMDB may not be let run out of room. It writes the message of a write that failed over the end of its 100 bytes, which ends the
 * process (3.5.6, `mdb_page_flush`), and what gives room back has to be stored as well. On a file system that writes each page to a
 * new place (btrfs, ZFS) no room can be kept like this.
 */
export class Tail {
  readonly #file: string;
  readonly #environment: RootDatabase;
  /** Bytes behind what LMDB uses, without those that are kept; below 0 while these are drawn on. */
  #room = 0;
  /** In use. */
  #pages = 0;
  /** What the next commit has been promised room for. */
  #rows = 0;
  #bytes = 0;

  constructor(file: string, environment: RootDatabase) {
    this.#file = file;
    this.#environment = environment;
    const { size, blocks } = statSync(file);
    if (blocks * 512 < size) fillHoles(file);
  }

  /** The last commit is done, and another comes. False where the file has no name any more. */
  begin(): boolean {
    this.#rows = 0;
    this.#bytes = 0;
    const stats = statSync(this.#file, { throwIfNoEntry: false });
    this.#room = (stats?.size ?? 0) - this.#used() - RESERVE;
    return stats !== undefined;
  }

  /** Promise room for `weight` as well. Throws the system's error where there is none; what is `saving` goes on with what is kept. */
  provide({ rows, bytes }: Weight, saving: boolean): void {
    const needed = this.#needed(this.#rows + rows, this.#bytes + bytes);
    try {
      if (needed > this.#room) this.#extend(needed);
    } catch (error) {
      if (!saving) throw error;
    }
    this.#rows += rows;
    this.#bytes += bytes;
  }

  /** Bytes at most: a page is copied when a row of it changes, and may be halved; a row that fills half of one may need its own. */
  #needed(rows: number, bytes: number): number {
    return (Math.min(WAY * rows, 2 * this.#pages) + NOTES) * PAGE_SIZE + 2 * bytes;
  }

  /** Bytes, up to the end of the last page that LMDB has given out. */
  #used(): number {
    this.#pages = (this.#environment.getStats() as { readonly lastPageNumber: number }).lastPageNumber + 1;
    return this.#pages * PAGE_SIZE;
  }

  #extend(needed: number): void {
    if (needed > LARGE) {
      requireRoom(this.#file, RESERVE + needed);
      return;
    }
    const file = openSync(this.#file, 'a'); // whatever goes wrong here, it is behind all that LMDB has written
    try {
      while (this.#room < needed + STEP) this.#room += writeSync(file, ZEROS);
    } catch (error) {
      if (this.#room < needed) throw error;
    } finally {
      closeSync(file);
    }
  }
}

const ZEROS = Buffer.alloc(64 * 1024);
const BLOCK = 4096; // bytes: what a file system leaves out is no smaller

/** Only while nobody writes to it. A copy of the file may have come without what is zero in it. */
function fillHoles(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    const bytes = Buffer.alloc(BLOCK);
    for (let position = 0; readSync(handle, bytes, 0, BLOCK, position) === BLOCK; position += BLOCK)
      if (bytes.equals(ZEROS.subarray(0, BLOCK))) writeSync(handle, bytes, 0, BLOCK, position);
  } catch {
    // There is no room: what needs it meets that by itself.
  } finally {
    closeSync(handle);
  }
}

function requireRoom(file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(file);
  if (bavail * bsize < bytes) throw Object.assign(new Error(`${bytes} bytes are not free`), { code: 'ENOSPC' });
}
