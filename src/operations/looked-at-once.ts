// A look at each resource, once, for the questions that one request asks of one moment.
import type { Path } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';
import type { Looking } from './context.ts';

/** Only as long as nothing of it is changed: what is there now is asked of the context itself. */
export function lookedAtOnce({ store, state, now }: Looking): Looking {
  const seen = new Map<Path, Promise<Resource | undefined>>();
  const stat = (path: Path) => {
    const known = seen.get(path);
    if (known) return known;
    const look = store.stat(path);
    seen.set(path, look);
    return look;
  };
  return { state, now, store: { stat } };
}
