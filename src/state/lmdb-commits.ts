// Transactions that share commits: all that are asked for while one is being written go into the next, in their order.
import { existsSync } from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { lost } from './lmdb-errors.ts';
import { PendingRows } from './pending-rows.ts';
import type { Tables } from './table.ts';

interface Asked {
  readonly verb: (tables: Tables) => unknown;
  readonly few: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Commits {
  readonly #environment: RootDatabase;
  readonly #file: string;
  readonly #tables: Tables;
  readonly #pending: PendingRows;
  #asked: Asked[] = [];
  #over: Promise<void> | undefined;

  constructor(environment: RootDatabase, file: string, tables: Tables) {
    this.#environment = environment;
    this.#file = file;
    this.#tables = tables;
    this.#pending = new PendingRows(tables);
  }

  /** Resolves when what `verb` did is on the disk; nothing of it is stored when it throws. `few` as of a `Kind`. */
  do<T>(verb: (tables: Tables) => T, few: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#asked.push({ verb, few, resolve: resolve as Asked['resolve'], reject });
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
      // LMDB would go on with a file that has no name any more, and all of it is lost when this process ends.
      if (!existsSync(this.#file)) for (const { reject } of asked) reject(lost(this.#file));
      else await (asked.every(({ few }) => few) ? this.#write(asked) : this.#transact(asked));
    }
    this.#over = undefined;
  }

  /**
   * This process alone writes here, and one commit after the other. So what the verbs do is known before LMDB's thread begins a
   * transaction, and that thread need not come back to ask, which costs two changes of threads in every commit.
   */
  async #write(asked: readonly Asked[]): Promise<void> {
    this.#environment.resetReadTxn(); // what was read in this turn may have been before the last commit
    const done: (() => void)[] = [];
    const failed: Asked['reject'][] = [];
    for (const { verb, resolve, reject } of asked) {
      try {
        const result = this.#pending.do(verb);
        done.push(() => resolve(result));
        failed.push(reject);
      } catch (error) {
        reject(error);
      }
    }
    try {
      if (!this.#pending.isEmpty) await this.#environment.batch(() => this.#pending.putInto(this.#tables));
      for (const resolve of done) resolve();
    } catch (error) {
      for (const reject of failed) reject(error);
    } finally {
      this.#pending.forget();
    }
  }

  /** Not `transaction`, which keeps what was done before a throw, nor `transactionSync`, which is not awaited. */
  async #transact(asked: readonly Asked[]): Promise<void> {
    await Promise.all(
      asked.map(({ verb, resolve, reject }) => this.#environment.childTransaction(() => verb(this.#tables)).then(resolve, reject)),
    );
  }
}
