// Removes a collection member by member, deepest first, and keeps the ancestors of whatever stays (RFC 4918 §9.6.1).

import { asFailure, DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Bulk, Kept, Removed, Resource, Staying, Store } from '../store/store.ts';
import type { Notes } from './carried-out.ts';
import { failed, type Outcome, Tally } from './outcome.ts';
import type { Side } from './plan.ts';
import { membersIn, refTo } from './tree.ts';

export interface Removing {
  readonly store: Store;
  readonly side: Side;
  readonly notes?: Notes | undefined;
}

/**
 * `failures` lists what could not be removed; a collection above one is simply still there. Of a symbolic link only itself
 * goes, never what it leads to (RFC 5842 §2.4).
 */
export async function removeTree(root: Ref, removing: Removing): Promise<Outcome> {
  const { store, side } = removing;
  let link: boolean;
  try {
    link = (await store.stat(root.path))?.link ?? false;
  } catch (error) {
    return { ...failed(side, root, asFailure(error)), sweep: [root.path] };
  }
  const entry = { ...root, collection: root.collection && !link };
  const tally = store.bulk && entry.collection ? await atOnce(entry, store.bulk, removing) : await removal(entry, removing);
  if (tally.failures.length === 0) tally.changes.push({ do: 'drop', path: root.path });
  else tally.sweep.push(root.path);
  return tally;
}

/** Where the store can. */
function atOnce(root: Ref, bulk: Bulk, removing: Removing): Promise<Tally> {
  return tallied(root, removing, (removed) => bulk.removeTree(root.path, removed));
}

type Work = (removed: Removed) => Promise<readonly Kept[]>;

async function tallied(root: Ref, { side, notes }: Removing, work: Work): Promise<Tally> {
  const tally = new Tally();
  const one = (ref: Ref) => {
    tally.done++;
    notes?.note(side, ref, 204);
  };
  const many = (count: number) => {
    tally.done += count;
  };
  const kept = await work({ one, many: notes ? undefined : many }).catch((error: unknown) => [{ ref: root, error: asFailure(error) }]);
  for (const { ref, error } of kept) tally.add(failed(side, ref, error));
  return tally;
}

/** Remove what is at `path` unless it is gone already, which is all that a DELETE wants. */
export async function removeOne(path: Path, store: Store): Promise<void> {
  await store.remove(path).catch((error) => {
    if (!(error instanceof DavError) || error.status !== 404) throw error;
  });
}

/** Remove the members of `collection` but for those that are `staying`. Of its failures one may be its own: it could not be listed. */
export async function removeMembers(collection: Ref, removing: Removing, staying: Staying): Promise<Tally> {
  const { bulk } = removing.store;
  if (bulk) return tallied(collection, removing, (removed) => bulk.removeMembers(collection.path, staying, removed));
  const tally = new Tally();
  try {
    for await (const member of membersIn(removing.store, collection.path))
      if ((await staying([member.path])).length === 0) tally.add(await removal(entryOf(member), removing));
  } catch (error) {
    tally.add(failed(removing.side, collection, asFailure(error)));
  }
  return tally;
}

/** Of a link only itself goes, as if it were a file. */
function entryOf(member: Resource): Ref {
  return member.link ? { path: member.path, collection: false } : refTo(member);
}

const PASSES = 3;

async function removal(ref: Ref, removing: Removing): Promise<Tally> {
  const { store, side, notes } = removing;
  const tally = new Tally();
  for (let pass = 1; ; pass++) {
    const before = tally.done;
    if (ref.collection) tally.add(await removeMembers(ref, removing, () => []));
    if (tally.failures.length > 0) return tally;
    try {
      await removeOne(ref.path, store);
      break;
    } catch (error) {
      // Some file systems pass members over where others go while a directory is read: it is read again.
      const again = error instanceof DavError && error.status === 409 && tally.done > before && pass < PASSES;
      if (!again) return tally.add(failed(side, ref, asFailure(error)));
    }
  }
  tally.done++;
  notes?.note(side, ref, 204);
  return tally;
}
