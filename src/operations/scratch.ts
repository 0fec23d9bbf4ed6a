// Scratch: one request's own reserved collection, for what is not in place yet and what was put aside. Made when first needed.
import { childOf, type Path } from '../protocol/path.ts';
import type { Store } from '../store/store.ts';
import { removeTree } from './remove-tree.ts';

export class Scratch {
  readonly #store: Store;
  readonly #near: Path;
  #path: Promise<Path> | undefined;
  #made: Promise<void> | undefined;
  #places = 0;
  #kept = false;

  /** `near`: the scratch is on its device, so that a rename brings things there and back. */
  constructor(store: Store, near: Path) {
    this.#store = store;
    this.#near = near;
  }

  /** Where it is or will be. */
  path(): Promise<Path> {
    this.#path ??= this.#store.stage(this.#near);
    return this.#path;
  }

  /** A fresh name in it; the first is `0`, the next `1`. */
  async place(): Promise<Path> {
    const path = await this.path();
    this.#made ??= this.#store.makeCollection(path);
    await this.#made;
    return childOf(path, String(this.#places++));
  }

  /** What is in it could not be put back: leave it for the journal's replay. */
  keep(): void {
    this.#kept = true;
  }

  /** Remove it with all it holds. Gives the failure when something stays; it is swept at the next start. */
  async discard(): Promise<unknown> {
    if (!this.#made || this.#kept) return undefined;
    const { failures } = await removeTree(this.#store, { path: await this.path(), collection: true }, 'destination');
    return failures[0]?.error;
  }
}
