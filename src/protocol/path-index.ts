// A set of paths that knows what lies below a path without asking each of them.
import { isWithin, type Path, ROOT } from './path.ts';

/** Finds cost the logarithm of the set and what is found; making it sorts once. */
export class PathIndex {
  /** `/a` as `/a/`, so that all that is within a path follows it without a gap. */
  readonly #keys: readonly string[];

  constructor(paths: Iterable<Path>) {
    this.#keys = [...new Set(paths)].map(keyOf).sort();
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Whether one is `path` or below it. */
  holds(path: Path): boolean {
    return this.#keys[this.#start(path)]?.startsWith(keyOf(path)) ?? false;
  }

  /** Those at and below `path`. */
  *within(path: Path): Iterable<Path> {
    const prefix = keyOf(path);
    for (let index = this.#start(path); ; index++) {
      const key = this.#keys[index];
      if (!key?.startsWith(prefix)) return;
      yield pathOf(key);
    }
  }

  /** The members of the collection at `path` that are in the set or have something below that is. */
  members(path: Path): Path[] {
    const prefix = keyOf(path);
    const found: Path[] = [];
    for (const below of this.within(path)) {
      if (below === path) continue;
      const last = found.at(-1);
      if (last !== undefined && isWithin(below, last)) continue;
      const end = below.indexOf('/', prefix.length);
      found.push(end < 0 ? below : (below.slice(0, end) as Path));
    }
    return found;
  }

  /** Those that are not below another. */
  outermost(): Path[] {
    const found: Path[] = [];
    for (const path of this.within(ROOT)) {
      const last = found.at(-1);
      if (last === undefined || !isWithin(path, last)) found.push(path);
    }
    return found;
  }

  /** The first index whose key is not before that of `path`. */
  #start(path: Path): number {
    const key = keyOf(path);
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf(path: Path): string {
  return path === ROOT ? '/' : `${path}/`;
}

function pathOf(key: string): Path {
  return (key === '/' ? ROOT : key.slice(0, -1)) as Path;
}
