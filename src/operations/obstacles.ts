// What would keep a whole tree from going, asked before it is put aside.
import type { Path } from '../protocol/path.ts';
import type { Store } from '../store/store.ts';
import type { Failure } from './outcome.ts';
import type { Side } from './plan.ts';

/** A failure for each collection at or below `path` that could not be emptied and removed, as far as can be told. */
export async function obstaclesIn(path: Path, side: Side, store: Store): Promise<Failure[]> {
  const failures: Failure[] = [];
  for await (const { collection, error } of store.obstacles(path))
    failures.push({ side, ref: { path: collection, collection: true }, error });
  return failures;
}
