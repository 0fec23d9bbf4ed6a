// Scratch: one request's own reserved collection in the staging place, made when first needed.
import { childOf, type Path } from '../protocol/path.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { removeTree } from './remove-tree.ts';
import { asideOf, type Place, stagePlace } from './staging.ts';
import type { Undo } from './undo.ts';

export class Scratch {
  readonly #stored: { readonly store: Store; readonly state: State };
  readonly #near: Path;
  #place: Promise<Place> | undefined;
  #made: Promise<void> | undefined;
  readonly #asides: Path[] = [];
  #count = 0;
  #workshop: Promise<Path> | undefined;
  #kept = false;

  /** `near`: the scratch is on its device, so that a rename brings things there and back. */
  constructor(stored: { readonly store: Store; readonly state: State }, near: Path) {
    this.#stored = stored;
    this.#near = near;
  }

  /** Where it is or will be. */
  async path(): Promise<Path> {
    this.#place ??= stagePlace(this.#near, this.#stored);
    return (await this.#place).path;
  }

  /** A fresh name in it; the first is `0`, the next `1`. */
  async place(): Promise<Path> {
    const path = await this.path();
    this.#made ??= this.#stored.store.makeCollection(path);
    await this.#made;
    return childOf(path, String(this.#count++));
  }

  /** A collection in it for files that are made on their way to where they belong; the same each time, and empty again then. */
  async workshop(): Promise<Path> {
    this.#workshop ??= this.#workshopAt(await this.place());
    return this.#workshop;
  }

  async #workshopAt(place: Path): Promise<Path> {
    await this.#stored.store.makeCollection(place);
    return place;
  }

  /** For a scratch that is one thing taken out of the tree: its own name, so that a full disk needs no room for a collection around it. */
  async only(): Promise<Path> {
    const path = await this.path();
    this.#made = Promise.resolve();
    return path;
  }

  /** A fresh name for what makes room; that of a MOVE's destination is `asideOf(path, 0)`. */
  async aside(): Promise<Path> {
    const aside = asideOf(await this.path(), this.#count++);
    this.#asides.push(aside);
    return aside;
  }

  /** What stands aside. */
  get asides(): readonly Path[] {
    return this.#asides;
  }

  /**
   * What was put aside is replaced: from here on it is one with the rest, and goes even if a crash comes before `discard`. To be
   * undone before anything that makes it the only copy.
   */
  async giveUpAsides(undo: Undo): Promise<void> {
    const { store } = this.#stored;
    for (const aside of this.#asides.splice(0)) {
      try {
        const place = await this.place();
        await store.rename(aside, place);
        undo.push(async () => {
          await store.rename(place, aside);
          this.#asides.push(aside);
        });
      } catch {
        this.#asides.push(aside); // `discard` tries again
      }
    }
  }

  /** What was put aside goes back to where it was. */
  async bringBack(aside: Path, to: Path): Promise<void> {
    await this.#stored.store.rename(aside, to);
    const index = this.#asides.indexOf(aside);
    if (index >= 0) this.#asides.splice(index, 1); // after `keep` it is no longer known
  }

  /** What is in it, and what stands aside, could not be put back: it is left for the journal's replay. */
  keep(): void {
    this.#kept = true;
    this.#asides.length = 0;
  }

  /** Remove it with all it holds. Gives the failure when something stays; it is swept at the next start. Never throws: all is done by now. */
  async discard(): Promise<unknown> {
    if (!this.#place || this.#kept) return undefined;
    const { store } = this.#stored;
    try {
      const { path, release } = await this.#place;
      for (const left of [...this.#asides, ...(this.#made ? [path] : [])]) {
        const there = await store.stat(left);
        const removed = there && (await removeTree({ path: left, collection: there.collection }, { store, side: 'destination' }));
        if (removed?.failures[0]) return removed.failures[0].error;
      }
      await release();
      return undefined;
    } catch (error) {
      return error;
    }
  }
}
