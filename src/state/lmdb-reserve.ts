// Reserve: room on the disk that is kept beside the database for what gives room back, or needs none: DELETE, UNLOCK, what undoes a write.
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { roomWanted } from './room.ts';

/** A transaction on a few rows changes some ten pages of 8 KiB; one on many reuses what it frees. */
export const RESERVE = 512 * 1024; // bytes
const PART = 64 * 1024; // bytes: what is given up may be taken by anybody, so it goes a part at a time

export class Reserve {
  readonly #file: string;
  /** Bytes; what is there, as far as it was written. */
  #size: number;

  constructor(file: string) {
    this.#file = file;
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Do `work`; where it fails for want of room, a part is given up and it is done again, as long as there is some. */
  async drawnOn<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isForRoom(error) || !this.#give()) throw error;
      }
    }
  }

  /** Make it whole again, as far as the disk has the room by now. Never throws: it is for later. */
  refill(): void {
    if (this.#size >= RESERVE) return;
    try {
      const handle = openSync(this.#file, 'a', 0o600);
      try {
        // Not zeros, which some file systems keep in no room at all.
        const bytes = randomFillSync(Buffer.allocUnsafe(PART));
        while (this.#size < RESERVE) this.#size += writeSync(handle, bytes, 0, Math.min(PART, RESERVE - this.#size));
      } finally {
        closeSync(handle);
      }
    } catch {
      // There is none, or the disk fails: then what needs the reserve meets that by itself.
    }
  }

  #give(): boolean {
    if (this.#size === 0) return false;
    const left = Math.max(0, this.#size - PART);
    try {
      truncateSync(this.#file, left);
    } catch {
      return false;
    }
    this.#size = left;
    return true;
  }
}

function isForRoom(error: unknown): boolean {
  return error instanceof Error && roomWanted(error.cause) !== undefined;
}
