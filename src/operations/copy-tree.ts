// Copies a collection of which the plan knows no more: new subtrees are built aside and swapped in, existing ones updated in place.
import { asFailure, DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref, rebase } from '../protocol/path.ts';
import type { PathIndex } from '../protocol/path-index.ts';
import type { Change } from '../state/state.ts';
import type { Resource, Store } from '../store/store.ts';
import { build, looped, skippedBelow } from './build.ts';
import { Notes } from './carried-out.ts';
import { leftOver } from './left-over.ts';
import { obstaclesIn } from './obstacles.ts';
import { type Failure, failed, NOTHING, type Outcome, Tally } from './outcome.ts';
import { makesRoom } from './plan.ts';
import { removeMembers, removeTree } from './remove-tree.ts';
import { bringIn, type Swapping, swap } from './swap.ts';
import { collectionsLast, refTo, refusedListing } from './tree.ts';

export interface Copying extends Swapping {
  /** Milliseconds; undefined leaves the time of copying. */
  readonly modified: number | undefined;
  readonly depthLimit: number;
  /** What has state in the trees concerned: nothing else calls for a change of it. */
  readonly recorded: PathIndex;
  readonly notes: Notes | undefined;
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
  const { store, notes } = copying;
  const target: Ref = { path: to, collection: true };
  // What is there must be known before it is changed: nothing is replaced, or pruned, unseen.
  const unseen = await refusedListing(store, to);
  if (unseen) return failed('destination', target, unseen, await skippedBelow(source, to, store));
  const copied = await copyMembers(source, to, copying, [...above, source.identity], () => false);
  if (copied.failures.some(({ side, ref }) => side === 'source' && ref.path === source.path) && copied.done === 0) return copied;
  copied.done++;
  notes?.note('destination', target, 204);
  if (hasState(source.path, to, copying)) copied.changes.push({ do: 'copy', from: source.path, to, below: false });
  // Nothing is pruned above a failure: what the answer calls unfinished must not have lost anything either.
  return copied.failures.length > 0 ? copied : copied.add(await prune(target, source.path, copying, () => false));
}

/** Copy the members of `source`, but for those that `stays` holds for, onto what there is of them in the collection at `to`. */
export async function copyMembers(
  source: Resource,
  to: Path,
  copying: Copying,
  above: readonly string[],
  stays: (member: Path) => boolean,
): Promise<Tally> {
  const tally = new Tally();
  try {
    for await (const member of collectionsLast(leftOf(source.path, to, copying, stays, tally)))
      if (!stays(member.path)) tally.add(await copyMember(member, childOf(to, nameOf(member.path)), copying, above));
  } catch (error) {
    tally.add(failed('source', refTo(source), asFailure(error)));
  }
  return tally;
}

/** The members that are to be copied one by one, once the store has done of the others what it can do of many at once. */
function leftOf(
  from: Path,
  to: Path,
  copying: Copying,
  stays: (member: Path) => boolean,
  tally: Tally,
): AsyncIterable<readonly Resource[]> {
  const { store, scratch, notes } = copying;
  if (!store.bulk) return store.list(from);
  const aside = () => scratch.workshop();
  const alone = (member: Path) => stays(member) || hasState(member, childOf(to, nameOf(member)), copying);
  return leftOver(store.bulk.replaceFiles({ from, to, aside, alone }), to, tally, notes);
}

async function copyMember(member: Resource, to: Path, copying: Copying, above: readonly string[]): Promise<Outcome> {
  try {
    return await copyTree(member, to, await copying.store.stat(to), copying, above);
  } catch (error) {
    return failed(
      'destination',
      { path: to, collection: member.collection },
      asFailure(error),
      await skippedBelow(member, to, copying.store),
    );
  }
}

/**
 * Remove the members of `target` that the collection at `source` does not have (RFC 4918 §9.8.4: no merging); with no `source`
 * all of them. `stays` holds for those that are somebody else's to handle.
 */
export async function prune(
  target: Ref,
  source: Path | undefined,
  { store, notes }: Pick<Copying, 'store' | 'notes'>,
  stays: (member: Path) => boolean,
): Promise<Outcome> {
  const staying = async (members: readonly Path[]) => {
    const others = members.filter((path) => !stays(path));
    const has = source === undefined ? () => false : await namesIn(source, others.map(nameOf), store);
    return members.filter((path) => stays(path) || has(nameOf(path)));
  };
  const pruned = await removeMembers(target, { store, side: 'destination', notes }, staying);
  return { ...pruned, done: 0, sweep: pruned.done > 0 ? [target.path] : [] };
}

/** Tells whether a member of the collection at `path` has one of `names`. */
async function namesIn(path: Path, names: readonly string[], store: Store): Promise<(name: string) => boolean> {
  const found = new Set(await store.bulk?.present(path, names));
  for (const name of names) if (!found.has(name) && (await isThere(childOf(path, name), store))) found.add(name);
  return (name) => found.has(name);
}

/** What is there and may not be looked at has a counterpart all the same. */
function isThere(path: Path, store: Store): Promise<boolean> {
  return store.stat(path).then(
    (resource) => resource !== undefined,
    () => true,
  );
}

/** Remove these destination members, each with all that is in it. */
export async function pruneEach(members: readonly Ref[], { store, notes }: Pick<Copying, 'store' | 'notes'>): Promise<Outcome> {
  const tally = new Tally();
  for (const member of members) tally.add(await removeTree(member, { store, side: 'destination', notes }));
  tally.done = 0;
  return tally;
}

/** Build the copy aside, then swap it in: what stood at `to` is there until the new thing is complete. */
async function replace(
  source: Resource,
  to: Path,
  there: Resource | undefined,
  copying: Copying,
  above: readonly string[],
): Promise<Outcome> {
  const { store, scratch, notes, depthLimit } = copying;
  // What cannot be replaced is what stands there, of whatever type.
  const target: Ref = there ? refTo(there) : { path: to, collection: source.collection };
  const made = notes && new Notes();
  const room = there && makesRoom(source, there);
  const obstacles = room ? await obstaclesIn(to, 'destination', store) : [];
  if (obstacles.length > 0) return { ...NOTHING, failures: obstacles };
  try {
    const built = await scratch.place();
    const file = (member: Resource, at: Path) => store.copyFile(member.path, at);
    const members = store.bulk?.copyMembers;
    const outcome = await build(source, built, to, { store, notes: made, file, members, depthLimit }, above);
    if (outcome.done === 0) return outcome;
    // Nothing makes room for a part of what should take its place.
    if (room && outcome.failures.length > 0) return kept(outcome.failures, target, await skippedBelow(source, to, store));
    if (copying.modified !== undefined && !source.collection) await store.setAttributes(built, { modified: copying.modified });
    const changes = hasState(source.path, to, copying) ? [copied(source.path, to, outcome)] : [];
    if (room) await swap(built, to, [{ do: 'drop', path: to, keepRootLocks: there.collection === source.collection }, ...changes], copying);
    else if (changes.length > 0) await bringIn(built, to, changes, copying, there !== undefined);
    else await store.rename(built, to);
    if (made) notes.add(made, there?.path);
    return outcome;
  } catch (error) {
    return failed('destination', target, asFailure(error), await skippedBelow(source, to, store));
  }
}

/** What stands at the destination stays, and has a row of its own beside those of what could not be copied. */
function kept(failures: readonly Failure[], there: Ref, skipped: Pick<Outcome, 'skipped' | 'unnamed'>): Outcome {
  const sources = failures.filter(({ side }) => side === 'source');
  // What could not be made below it has no row, since a file has no members: its reason is told here.
  const made = sources.length > 0 ? undefined : failures[0]?.error;
  const sentence = `Kept, because not all of what would take its place could be copied.${made ? ` ${made.message}` : ''}`;
  const error = new DavError(made?.status ?? 409, sentence, { ...(made?.condition && { condition: made.condition }), cause: made });
  return { ...NOTHING, ...skipped, failures: [...sources, { side: 'destination', ref: there, error }] };
}

/** Without a record in either tree there is nothing that a change of state would change. */
function hasState(from: Path, to: Path, { recorded }: Copying): boolean {
  return recorded.holds(from) || recorded.holds(to);
}

/** The state change of a copied subtree; what was not copied keeps what state it has. */
export function copied(from: Path, to: Path, { failures, skipped }: Pick<Outcome, 'failures' | 'skipped'>): Change {
  const except = [...failures, ...skipped].map(({ side, ref }) => (side === 'source' ? rebase(ref.path, from, to) : ref.path));
  return { do: 'copy', from, to, below: true, ...(except.length > 0 && { except }) };
}
