// Copies a collection of which the plan knows no more: new subtrees are built aside and swapped in, existing ones updated in place.
import { asFailure, DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref, rebase } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import { failedReading } from '../store/copy-failure.ts';
import type { Resource, Store } from '../store/store.ts';
import { done, failed, type Outcome, type Skipped, together } from './outcome.ts';
import { makesRoom } from './plan.ts';
import { removeTree } from './remove-tree.ts';
import { type Swapping, swap } from './swap.ts';
import { descendantsOf, membersOf, refTo } from './tree.ts';

export interface Copying extends Swapping {
  /** Milliseconds; undefined leaves the time of copying. */
  readonly modified: number | undefined;
}

/**
 * Copy the file or collection `source` to `to`, where `there` stands now. Locks are the judge's business, not asked here.
 * `above` holds the identities of the collections it is in, so that a symbolic link to one of them ends in 508 and not in a loop.
 */
export async function copyTree(
  source: Resource,
  to: Path,
  there: Resource | undefined,
  copying: Copying,
  above: readonly string[] = [],
): Promise<Outcome> {
  if (above.includes(source.identity)) return looped(source);
  const inPlace = source.collection && there !== undefined && !makesRoom(source, there);
  return inPlace ? update(source, to, copying, above) : replace(source, to, there, copying, above);
}

/** RFC 4918 §9.8.4 and RFC 3253 §1.7: a collection stays the same resource; its members become the source's. */
async function update(source: Resource, to: Path, copying: Copying, above: readonly string[]): Promise<Outcome> {
  const { store } = copying;
  const listed = await listing(store, source.path);
  if (listed instanceof DavError) return failed('source', refTo(source), listed);
  const present = await listing(store, to);
  if (present instanceof DavError)
    return failed('destination', { path: to, collection: true }, present, await skippedBelow(source, to, store));

  const stale = new Map(present.map((member) => [nameOf(member.path), member]));
  const outcomes: Outcome[] = [done(1, { do: 'copy', from: source.path, to, below: false })];
  for (const member of listed) {
    const name = nameOf(member.path);
    outcomes.push(await copyTree(member, childOf(to, name), stale.get(name), copying, [...above, source.identity]));
    stale.delete(name);
  }
  const copied = together(outcomes);
  // Nothing is pruned above a failure: what the answer calls unfinished must not have lost anything either.
  return copied.failures.length > 0 ? copied : together([copied, await prune([...stale.values()].map(refTo), store)]);
}

/** Remove destination members that have no counterpart (RFC 4918 §9.8.4: no merging). */
export async function prune(members: readonly Ref[], store: Store): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const member of members) outcomes.push(await removeTree(store, member, 'destination'));
  return { ...together(outcomes), done: 0 };
}

/** Build the copy aside, then swap it in: what stood at `to` is there until the new thing is complete. */
async function replace(
  source: Resource,
  to: Path,
  there: Resource | undefined,
  copying: Copying,
  above: readonly string[],
): Promise<Outcome> {
  const { store, scratch } = copying;
  const target: Ref = { path: to, collection: source.collection };
  try {
    const built = await scratch.place();
    const outcome = await build(source, built, to, copying, above);
    if (outcome.done === 0) return outcome;
    if (copying.modified !== undefined && !source.collection) await store.setAttributes(built, { modified: copying.modified });
    const changes = [copied(source.path, to, outcome)];
    if (!there || !makesRoom(source, there)) {
      await store.rename(built, to);
      return { ...outcome, changes };
    }
    const keepRootLocks = there.collection === source.collection;
    await swap(built, to, [{ do: 'drop', path: to, keepRootLocks }, ...changes], copying);
    return outcome;
  } catch (error) {
    return failed('destination', target, asFailure(error), await skippedBelow(source, to, store));
  }
}

/** The state change of a copied subtree; what was not copied keeps what state it has. */
function copied(from: Path, to: Path, { failures, skipped }: Outcome): Change {
  const except = [...failures, ...skipped].map(({ side, ref }) => (side === 'source' ? rebase(ref.path, from, to) : ref.path));
  return { do: 'copy', from, to, below: true, ...(except.length > 0 && { except }) };
}

/** Copy to a place where nothing is; rows are named after `to`, where it will be. */
async function build(source: Resource, at: Path, to: Path, copying: Copying, above: readonly string[]): Promise<Outcome> {
  const { store } = copying;
  if (above.includes(source.identity)) return looped(source);
  const target: Ref = { path: to, collection: source.collection };
  if (!source.collection) {
    const error = await attempt(store.copyFile(source.path, at));
    // RFC 4918 §9.8.5: the row names the source when it could not be read, the destination when it could not be written.
    return error ? (failedReading(error) ? failed('source', refTo(source), error) : failed('destination', target, error)) : done(1);
  }
  const members = await listing(store, source.path);
  if (members instanceof DavError) return failed('source', refTo(source), members);
  const error = await attempt(store.makeCollection(at));
  if (error) return failed('destination', target, error, await skippedBelow(source, to, store));
  const outcomes: Outcome[] = [done(1)];
  for (const member of members) {
    const name = nameOf(member.path);
    outcomes.push(await build(member, childOf(at, name), childOf(to, name), copying, [...above, source.identity]));
  }
  return together(outcomes);
}

function looped(source: Resource): Outcome {
  return failed('source', refTo(source), new DavError(508, 'A symbolic link here leads back to a collection above it.'));
}

async function attempt(work: Promise<void>): Promise<DavError | undefined> {
  return work.then(() => undefined, asFailure);
}

async function listing(store: Store, path: Path): Promise<Resource[] | DavError> {
  return membersOf(store, path).catch(asFailure);
}

/** The members of a collection that could not be made, named at the destination. */
async function skippedBelow(source: Resource, to: Path, store: Store): Promise<Skipped[]> {
  const below = await descendantsOf(store, { ...source, link: false });
  return below.map((ref) => ({ side: 'destination', ref: { ...ref, path: rebase(ref.path, source.path, to) } }));
}
