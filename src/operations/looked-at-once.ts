// A context in which each resource is looked at once, for the questions that one request asks of one moment.
import type { Path } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';
import type { Context } from './context.ts';

/** Only as long as nothing of it is changed: what is there now is asked of the context that was `given`. */
export function lookedAtOnce(given: Context): Context {
  const seen = new Map<Path, Promise<Resource | undefined>>();
  const stat = (path: Path) => {
    const known = seen.get(path);
    if (known) return known;
    const look = given.store.stat(path);
    seen.set(path, look);
    return look;
  };
  return { ...given, store: { ...given.store, stat } };
}
