// Transactions that share commits: all that are asked for while one is being written go into the next, in their order.
import type { RootDatabase } from 'lmdb';
import { commitFailed, lost, notStored } from './lmdb-errors.ts';
import { isFull } from './lmdb-file.ts';
import type { Tail } from './lmdb-tail.ts';
import { PendingRows, type Weight } from './pending-rows.ts';
import type { Tables } from './table.ts';

interface Asked {
  readonly verb: (tables: Tables) => unknown;
  readonly saving: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * This process alone writes here, and one commit after the other. So what the verbs do is known before LMDB's thread begins a
 * transaction: that thread need not come back to ask, which costs two changes of threads in every commit, and the room it takes
 * is there.
 */
export class Commits {
  readonly #environment: RootDatabase;
  readonly #file: string;
  readonly #tables: Tables;
  readonly #tail: Tail;
  readonly #pending: PendingRows;
  #asked: Asked[] = [];
  #over: Promise<void> | undefined;

  constructor(environment: RootDatabase, file: string, tables: Tables, tail: Tail) {
    this.#environment = environment;
    this.#file = file;
    this.#tables = tables;
    this.#tail = tail;
    this.#pending = new PendingRows(tables);
  }

  /**
   * Resolves when what `verb` did is on the disk; nothing of it is stored when it throws. Rejects with what it threw, or with a
   * `DavError`: 507 (no room: what is `saving` is refused last), 503, 403 (the disk is read-only).
   */
  do<T>(verb: (tables: Tables) => T, saving: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#asked.push({ verb, saving, resolve: resolve as Asked['resolve'], reject });
      // What else is asked for in this turn goes into the same commit.
      this.#over ??= new Promise<void>((begin) => setImmediate(begin)).then(() => this.#all());
    });
  }

  /** When nothing is under way. */
  async over(): Promise<void> {
    await this.#over;
  }

  async #all(): Promise<void> {
    while (this.#asked.length > 0) {
      const asked = this.#asked;
      this.#asked = [];
      try {
        // LMDB would go on with a file that has no name any more, and all of it is lost when this process ends.
        if (!this.#tail.begin()) throw lost(this.#file);
        await this.#write(asked);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#over = undefined;
  }

  async #write(asked: readonly Asked[]): Promise<void> {
    const done: (() => void)[] = [];
    const failed: Asked['reject'][] = [];
    for (const { verb, saving, resolve, reject } of asked) {
      try {
        const result = this.#pending.do(verb, (weight) => this.#provide(weight, saving));
        done.push(() => resolve(result));
        failed.push(reject);
      } catch (error) {
        reject(error);
      }
    }
    try {
      if (!this.#pending.isEmpty) await this.#environment.batch(() => this.#pending.putInto(this.#tables));
      this.#environment.resetReadTxn(); // what has been read in this turn, who comes next in it would find as it was before
      for (const resolve of done) resolve();
    } catch (error) {
      const why = await commitFailed(error, () => isFull(this.#file));
      for (const reject of failed) reject(why);
    } finally {
      this.#pending.forget();
    }
  }

  #provide(weight: Weight, saving: boolean): void {
    try {
      this.#tail.provide(weight, saving);
    } catch (error) {
      throw notStored(error);
    }
  }
}
