// An open file or directory. Node's own are ten times as slow: each of their calls goes through the thread pool.
import fs, { type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import type { Pace } from './filesystem-pace.ts';

const read = promisify(fs.read);
const write = promisify(fs.write);
const later = {
  close: promisify(fs.close),
  fstat: promisify(fs.fstat) as unknown as (fd: number, options: { bigint: true }) => Promise<BigIntStats>,
  // Not as they are: promisified, these give an object.
  read: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) =>
    read(fd, bytes, offset, length, position).then(({ bytesRead }) => bytesRead),
  write: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) =>
    write(fd, bytes, offset, length, position).then(({ bytesWritten }) => bytesWritten),
  fchmod: promisify(fs.fchmod),
  fchown: promisify(fs.fchown),
  fsync: promisify(fs.fsync),
};

const STATS = { bigint: true } as const;

/** Bytes of which more are read, written and freed by the thread pool. */
export const LARGE = 256 * 1024;

const CLOSED = -1;

export class Handle {
  #fd: number;
  readonly #pace: Pace;
  /** Bytes it has at least, as far as is known here: many take long to be freed, should this be their last name. */
  #size = 0;
  /** Calls that the thread pool has not finished. */
  readonly #pending = new Set<Promise<unknown>>();

  constructor(fd: number, pace: Pace) {
    this.#fd = fd;
    this.#pace = pace;
  }

  /** -1, which every call refuses, once it is closed: the number may be another file's by then. */
  get fd(): number {
    return this.#fd;
  }

  async stat(): Promise<BigIntStats> {
    const stats = await this.#call(
      () => fs.fstatSync(this.#fd, STATS),
      () => later.fstat(this.#fd, STATS),
    );
    this.#size = Math.max(this.#size, Number(stats.size));
    return stats;
  }

  /** How many bytes were read into `bytes`; none at the end. */
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return this.#call(
      () => fs.readSync(this.#fd, bytes, offset, length, position),
      () => later.read(this.#fd, bytes, offset, length, position),
      length,
    );
  }

  /** How many of the bytes were written. */
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    this.#size = Math.max(this.#size, position + length);
    return this.#call(
      () => fs.writeSync(this.#fd, bytes, offset, length, position),
      () => later.write(this.#fd, bytes, offset, length, position),
      length,
    );
  }

  chmod(mode: number): Promise<void> {
    return this.#call(
      () => fs.fchmodSync(this.#fd, mode),
      () => later.fchmod(this.#fd, mode),
    );
  }

  chown(user: number, group: number): Promise<void> {
    return this.#call(
      () => fs.fchownSync(this.#fd, user, group),
      () => later.fchown(this.#fd, user, group),
    );
  }

  /** fsync(2): waits for the disk, so never here and now. */
  sync(): Promise<void> {
    return this.#pooled(() => later.fsync(this.#fd));
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    const fd = this.#fd;
    if (fd === CLOSED) return;
    this.#fd = CLOSED; // whoever comes while it waits is refused, too
    // What still runs has the number, and must not meet another file under it.
    await Promise.allSettled(this.#pending);
    if (this.#size > LARGE) await later.close(fd);
    else
      await this.#pace(
        () => fs.closeSync(fd),
        () => later.close(fd),
      );
  }

  /** `size` in bytes of what is to be moved. */
  #call<T>(now: () => T, pooled: () => Promise<T>, size = 0): Promise<T> {
    const later = () => this.#pooled(pooled);
    return size > LARGE ? later() : this.#pace(now, later);
  }

  async #pooled<T>(call: () => Promise<T>): Promise<T> {
    const running = call();
    this.#pending.add(running);
    return running.finally(() => this.#pending.delete(running));
  }
}
