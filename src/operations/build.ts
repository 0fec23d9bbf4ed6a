// Builds a copy of a file or a collection where nothing is: aside, so that one rename brings it in.
import { asFailure, DavError } from '../protocol/error.ts';
import { ancestorsOf, isBelow, type Path, parentOf, type Ref, rebase } from '../protocol/path.ts';
import { failedReading } from '../store/copy-failure.ts';
import type { Bulk, Copied, Resource, Store } from '../store/store.ts';
import type { Notes } from './carried-out.ts';
import { leftOutBelow } from './descendants.ts';
import { levelsBelow, tooDeep } from './nesting.ts';
import { done, failed, type Outcome, Tally } from './outcome.ts';
import { refTo } from './tree.ts';

export interface Building {
  readonly store: Store;
  readonly notes?: Notes | undefined;
  /** Make `at` what the file `source` is. */
  readonly file: (source: Resource, at: Path) => Promise<void>;
  /** The same of the members of a collection; without it they are made one by one. */
  readonly members?: Bulk['copyMembers'] | undefined;
  /** Once the members of the collection at `at` are there. */
  readonly finish?: (source: Resource, at: Path) => Promise<void>;
  /** How deep a collection may be where it will be. */
  readonly depthLimit?: number;
  /** Depth 0: the collection and none of its members. */
  readonly shallow?: boolean;
  /** Reached through a symbolic link: what is in it may be a collection that it is in, so each is looked at. */
  readonly linked?: boolean;
  /** Why there can be no copy of `source`. */
  readonly refuse?: (source: Resource) => DavError | undefined;
}

/**
 * Rows are named after `to`, where it will be. `above` holds the identities of the collections that `source` is in, for links
 * that lead back. Of what fails nothing is there.
 */
export async function build(source: Resource, at: Path, to: Path, building: Building, above: readonly string[] = []): Promise<Outcome> {
  if (above.includes(source.identity)) return looped(source);
  const { store, notes } = building;
  const refused = building.refuse?.(source);
  if (refused) return failed('source', refTo(source), refused);
  const target: Ref = { path: to, collection: source.collection };
  if (!source.collection) {
    const error = await failureOf(building.file(source, at));
    if (!error) notes?.note('destination', target, 201);
    return error ? failureAt(refTo(source), target, error) : done(1);
  }
  const error = tooDeep(to, building.depthLimit) ?? (await failureOf(store.makeCollection(at)));
  if (error) return failed('destination', target, error, await skippedBelow(source, to, store));
  const tally = new Tally();
  let listed = false;
  try {
    const inside = [...above, source.identity];
    const collections: Resource[] = [];
    const here: Place = { from: source.path, at, to, above: inside };
    const within = source.link ? { ...building, linked: true } : building;
    for await (const { files, others, more } of building.shallow ? [] : membersOf(source.path, here, within)) {
      listed = true;
      tally.done += more;
      for (const { path, error } of files) tally.add(fileOutcome(path, error, rebase(path, source.path, to), building));
      for (const member of others) {
        if (member.collection) collections.push(member);
        else tally.add(await buildMember(member, here, within));
      }
    }
    // Gone into once the listing is closed, so that a deep tree holds no descriptor for each of its levels.
    for (const member of collections) tally.add(await buildMember(member, here, within));
    await building.finish?.(source, at);
  } catch (error) {
    tally.add(failed('source', refTo(source), asFailure(error)));
    // RFC 4918 §9.8.3: of a collection that may not be read there is no copy, not even an empty one.
    if (!listed) await store.remove(at).catch(() => undefined);
    if (!listed) return tally;
  }
  tally.done++;
  notes?.note('destination', target, 201);
  return tally;
}

interface Place {
  /** A collection, where its copy is made, and where that will be. */
  readonly from: Path;
  readonly at: Path;
  readonly to: Path;
  readonly above: readonly string[];
}

async function buildMember(member: Resource, { from, at, to, above }: Place, building: Building): Promise<Outcome> {
  const { path, collection } = member;
  // Only a collection can be one that it is in.
  const known = !collection || parentOf(path) === from;
  const inside = known ? above : [...above, ...(await identitiesBetween(from, path, building.store))];
  return build(member, rebase(path, from, at), rebase(path, from, to), building, inside);
}

/** Of the collections that were copied with what is plain in them, and in which this was left. */
async function identitiesBetween(from: Path, path: Path, store: Store): Promise<string[]> {
  const between = ancestorsOf(path).filter((ancestor) => isBelow(ancestor, from));
  const collections = await Promise.all(between.map((collection) => store.stat(collection)));
  return collections.flatMap((collection) => (collection ? [collection.identity] : []));
}

/** A link is a copy of what it leads to, which may be anywhere. */
async function* membersOf(path: Path, { at, to }: Place, building: Building): AsyncGenerator<Copied> {
  const { store, members, notes, linked, depthLimit } = building;
  // Who asked for each step is told of them one by one.
  if (members) yield* members(path, at, notes || linked ? 0 : levelsBelow(to, depthLimit));
  else for await (const others of store.list(path)) yield { files: [], others, more: 0 };
}

/** What became of the file at `path` that was to be at `to`. */
function fileOutcome(path: Path, error: DavError | undefined, to: Path, { notes }: Building): Outcome {
  const target: Ref = { path: to, collection: false };
  if (!error) notes?.note('destination', target, 201);
  return error ? failureAt({ path, collection: false }, target, error) : done(1);
}

/** RFC 4918 §9.8.5: the row names the source when it could not be read, the destination when it could not be written. */
function failureAt(source: Ref, target: Ref, error: DavError): Outcome {
  return failedReading(error) ? failed('source', source, error) : failed('destination', target, error);
}

export function looped(source: Resource): Outcome {
  return failed('source', refTo(source), new DavError(508, 'A symbolic link here leads back to a collection above it.'));
}

function failureOf(work: Promise<void>): Promise<DavError | undefined> {
  return work.then(() => undefined, asFailure);
}

/** The members of a collection that could not be made, named at the destination. */
export function skippedBelow(source: Resource, to: Path, store: Store): Promise<Pick<Outcome, 'skipped' | 'unnamed'>> {
  return leftOutBelow(store, { ...source, link: false }, 'destination', to);
}
