// Tells the operator of names that have no URL: once for each collection, not with every listing of it.
import type { Path } from '../protocol/path.ts';

const LIMIT = 1_000; // collections; what was told of the oldest is forgotten

/** Takes a collection and how many of its names are not UTF-8; says so the first time, and again when there are more. */
export function unnamedWarning(say: (sentence: string) => void): (collection: Path, count: number) => void {
  const told = new Map<Path, number>();
  return (collection, count) => {
    if (count <= (told.get(collection) ?? 0)) return;
    told.delete(collection);
    told.set(collection, count);
    for (const oldest of told.keys()) {
      if (told.size <= LIMIT) break;
      told.delete(oldest);
    }
    say(`${collection}: ${count} not served, as a name that is not UTF-8 has no URL. Copies are made without, and a DELETE is refused.`);
  };
}
