// Finds state whose resource is gone, after a tree went only in part or a crash came in between.
import { type Path, ROOT } from '../protocol/path.ts';
import { PathIndex } from '../protocol/path-index.ts';
import type { Change } from '../state/state.ts';
import type { Context } from './context.ts';

/**
 * The changes that make state agree with what is left at and below `roots`. Costs one stat a resource that has state. Throws
 * 503 when the whole store is gone.
 */
export async function sweepOf(roots: readonly Path[], { store, state }: Pick<Context, 'store' | 'state'>): Promise<Change[]> {
  const changes: Change[] = [];
  for (const root of new PathIndex(roots).outermost()) {
    for (const path of await state.recorded(root)) {
      // What cannot be looked at is not known to be gone: its state stays.
      const gone = await store.stat(path).then(
        (resource) => resource === undefined,
        () => false,
      );
      if (gone) changes.push({ do: 'drop', path });
    }
  }
  if (changes.length > 0) await store.stat(ROOT);
  return changes;
}
