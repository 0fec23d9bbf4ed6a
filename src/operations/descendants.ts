// What is below a collection whose step was not attempted: the nearest by name, and how many more there are.
import { type Path, type Ref, rebase } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';
import type { Outcome } from './outcome.ts';
import type { Side } from './plan.ts';
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

/** The same as rows of what was not attempted, on `side`, where `resource` is, or was to be, at `at`. */
export async function leftOutBelow(
  store: Store,
  resource: Resource,
  side: Side,
  at: Path,
  except?: ReadonlySet<Path>,
): Promise<Pick<Outcome, 'skipped' | 'unnamed'>> {
  const { refs, more } = await descendantsOf(store, resource, except);
  return { skipped: refs.map((ref) => ({ side, ref: { ...ref, path: rebase(ref.path, resource.path, at) } })), unnamed: more };
}
