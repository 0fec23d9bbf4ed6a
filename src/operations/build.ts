// Builds a copy of a file or a collection where nothing is: aside, so that one rename brings it in.
import { asFailure, DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import { failedReading } from '../store/copy-failure.ts';
import type { Bulk, Copied, Resource, Store } from '../store/store.ts';
import type { Notes } from './carried-out.ts';
import { leftOutBelow } from './descendants.ts';
import { tooDeep } from './nesting.ts';
import { done, failed, NOTHING, type Outcome, Tally } from './outcome.ts';
import { refTo } from './tree.ts';

export interface Building {
  readonly store: Store;
  readonly notes?: Notes | undefined;
  /** Make `at` what the file `source` is. */
  readonly file: (source: Resource, at: Path) => Promise<void>;
  /** The same of all files of a collection; without it they are made one by one. */
  readonly files?: Bulk['copyFiles'] | undefined;
  /** Once the members of the collection at `at` are there. */
  readonly finish?: (source: Resource, at: Path) => Promise<void>;
  /** How deep a collection may be where it will be. */
  readonly depthLimit?: number;
  /** Depth 0: the collection and none of its members. */
  readonly shallow?: boolean;
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
  const error = tooDeep(to, building.depthLimit ?? Number.POSITIVE_INFINITY) ?? (await failureOf(store.makeCollection(at)));
  if (error) return failed('destination', target, error, await skippedBelow(source, to, store));
  const tally = new Tally();
  let listed = false;
  try {
    const inside = [...above, source.identity];
    const collections: Resource[] = [];
    const here: Place = { at, to, above: inside };
    for await (const { files, others } of building.shallow ? [] : membersOf(source.path, at, building)) {
      listed = true;
      for (const { path, error } of files) tally.add(fileOutcome(path, error, to, building));
      for (const member of others) {
        if (member.collection) collections.push(member);
        else tally.add(await buildMember(member, here, building));
      }
    }
    // Gone into once the listing is closed, so that a deep tree holds no descriptor for each of its levels.
    await buildEach(collections, here, building, tally);
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
  readonly at: Path;
  readonly to: Path;
  readonly above: readonly string[];
}

function buildMember(member: Resource, { at, to, above }: Place, building: Building): Promise<Outcome> {
  const name = nameOf(member.path);
  return build(member, childOf(at, name), childOf(to, name), building, above);
}

/** Collections that are built beside others, by all requests together: while one is made by a thread, another is made here. */
let lanes = 2;

/** What becomes of each is added in their order: the first cause is that of the answer. */
async function buildEach(members: readonly Resource[], here: Place, building: Building, tally: Tally): Promise<void> {
  const begun: Promise<Outcome>[] = [];
  let held = 0;
  const next = async () => tally.add((await begun.shift()) ?? NOTHING);
  try {
    for (const member of members) {
      const work = buildMember(member, here, building);
      work.catch(() => {}); // it is told when its turn has come
      begun.push(work);
      if (begun.length <= held) continue;
      // Who asked for each step is told of them in their order.
      if (building.files && !building.notes && lanes > 0) {
        lanes--;
        held++;
      } else {
        await next();
      }
    }
    while (begun.length > 0) await next();
  } finally {
    await Promise.allSettled(begun);
    lanes += held;
  }
}

/** A link is a copy of what it leads to, which may be anywhere. */
async function* membersOf(path: Path, at: Path, { store, files }: Building): AsyncGenerator<Copied> {
  if (files) yield* files(path, at);
  else for await (const others of store.list(path)) yield { files: [], others };
}

/** What became of the file at `path` that was to be a member of `to`. */
function fileOutcome(path: Path, error: DavError | undefined, to: Path, { notes }: Building): Outcome {
  const target: Ref = { path: childOf(to, nameOf(path)), collection: false };
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
