// Removes a collection member by member, deepest first, and keeps the ancestors of whatever stays (RFC 4918 §9.6.1).

import { asFailure } from '../protocol/error.ts';
import type { Ref } from '../protocol/path.ts';
import type { Store } from '../store/store.ts';
import { failed, type Outcome, together } from './outcome.ts';
import type { Side } from './plan.ts';
import { membersOf, refTo } from './tree.ts';

/** `failures` lists what could not be removed; a collection above one is simply still there. */
export async function removeTree(store: Store, root: Ref, side: Side): Promise<Outcome> {
  // Of a symbolic link only itself goes, never what it leads to (RFC 5842 §2.4).
  const link = (await store.stat(root.path))?.link ?? false;
  const outcome = await removal(store, { ...root, collection: root.collection && !link }, side);
  return outcome.failures.length === 0 ? { ...outcome, changes: [{ do: 'drop', path: root.path }] } : { ...outcome, sweep: [root.path] };
}

async function removal(store: Store, ref: Ref, side: Side): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  try {
    for (const member of ref.collection ? await membersOf(store, ref.path) : []) {
      outcomes.push(await removal(store, member.link ? { path: member.path, collection: false } : refTo(member), side));
    }
    const below = together(outcomes);
    if (below.failures.length > 0) return below;
    await store.remove(ref.path);
    return { ...below, done: below.done + 1 };
  } catch (error) {
    return together([...outcomes, failed(side, ref, asFailure(error))]);
  }
}
