// The lock roots in a request's way, found by where they are: what holds none of them is never asked member by member.
import type { Path } from '../protocol/path.ts';
import { PathIndex } from '../protocol/path-index.ts';
import type { Lock } from '../state/state.ts';

export class Blocked {
  readonly #locks: ReadonlyMap<Path, readonly Lock[]>;
  readonly #roots: PathIndex;

  /** Lock roots that the caller may not change, each with the locks that keep it from that. */
  constructor(locks: ReadonlyMap<Path, readonly Lock[]> = new Map()) {
    this.#locks = locks;
    this.#roots = new PathIndex(locks.keys());
  }

  get size(): number {
    return this.#roots.size;
  }

  /** The locks in the way of a change of `path` itself, were it a lock root. */
  at(path: Path): readonly Lock[] | undefined {
    return this.#locks.get(path);
  }

  /** All at and below `path`, each lock root with its locks. */
  within(path: Path): (readonly [Path, readonly Lock[]])[] {
    return Array.from(this.#roots.within(path), (root) => [root, this.#locks.get(root) ?? []] as const);
  }

  /** The members of the collection at `path` that are a blocked lock root or hold one. */
  members(path: Path): Path[] {
    return this.#roots.members(path);
  }
}

export const NOTHING_BLOCKED = new Blocked();
