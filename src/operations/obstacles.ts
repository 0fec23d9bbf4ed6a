// What would keep a whole tree from going, asked before it is put aside.
import type { Path } from '../protocol/path.ts';
import type { Store } from '../store/store.ts';
import type { Failure } from './outcome.ts';
import type { Side } from './plan.ts';

/** A failure for each collection at or below `path` that could not be emptied and removed, as far as can be told. */
export async function obstaclesIn(path: Path, side: Side, store: Store): Promise<Failure[]> {
  const obstacles = await store.obstacles(path);
  return obstacles.map(({ collection, error }) => ({ side, ref: { path: collection, collection: true }, error }));
}
