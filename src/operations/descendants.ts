// What is below a collection whose step was not attempted: the nearest by name, and how many more there are.
import type { Path, Ref } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';
import { refTo } from './tree.ts';

export interface Descendants {
  readonly refs: readonly Ref[];
  readonly more: number;
}

/** Rows of one 207, and so of one subtree: the deepest are left out. */
export const SKIPPED_LIMIT = 1000;

/**
 * Known descendants of `resource`, but for the members `except` and what is below them. Level by level, so that what is kept
 * of very many are the nearest. What cannot be listed is left out.
 */
export async function descendantsOf(store: Store, resource: Resource, except: ReadonlySet<Path> = new Set()): Promise<Descendants> {
  const refs: Ref[] = [];
  let more = 0;
  let level: Path[] = resource.collection && !resource.link ? [resource.path] : [];
  while (level.length > 0) {
    const next: Path[] = [];
    for (const collection of level) {
      try {
        for await (const batch of store.list(collection)) {
          for (const member of batch) {
            if (except.has(member.path)) continue;
            if (refs.length < SKIPPED_LIMIT) refs.push(refTo(member));
            else more++;
            if (member.collection && !member.link) next.push(member.path);
          }
        }
      } catch {
        // its members are not known
      }
    }
    level = next;
  }
  return { refs, more };
}
