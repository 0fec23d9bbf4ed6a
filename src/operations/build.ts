// Builds a copy of a file or a collection where nothing is: aside, so that one rename brings it in.
import { asFailure, DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import { failedReading } from '../store/copy-failure.ts';
import type { Bulk, Resource, Store } from '../store/store.ts';
import type { Notes } from './carried-out.ts';
import { leftOutBelow } from './descendants.ts';
import { tooDeep } from './nesting.ts';
import { done, failed, type Outcome, Tally } from './outcome.ts';
import { refTo } from './tree.ts';

export interface Building {
  readonly store: Store;
  readonly notes?: Notes | undefined;
  /** Make `at` what the file `source` is. */
  readonly file: (source: Resource, at: Path) => Promise<void>;
  /** The same of many, which are members of one collection; without it they are made one by one. Tells of each why it failed. */
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
    return error ? failureAt(source, target, error) : done(1);
  }
  const error = tooDeep(to, building.depthLimit ?? Number.POSITIVE_INFINITY) ?? (await failureOf(store.makeCollection(at)));
  if (error) return failed('destination', target, error, await skippedBelow(source, to, store));
  const tally = new Tally();
  let listed = false;
  try {
    const inside = [...above, source.identity];
    const collections: Resource[] = [];
    for await (const members of building.shallow ? [] : store.list(source.path)) {
      listed = true;
      for (const member of members) if (member.collection) collections.push(member);
      const files = members.filter(({ collection }) => !collection);
      tally.add(await buildFiles(files, { at, to, above: inside }, building));
    }
    // Gone into once the listing is closed, so that a deep tree holds no descriptor for each of its levels.
    for (const member of collections) {
      const name = nameOf(member.path);
      tally.add(await build(member, childOf(at, name), childOf(to, name), building, inside));
    }
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

/** Files that are members of one collection. A link is a copy of what it leads to, which may be anywhere. */
async function buildFiles(files: readonly Resource[], { at, to, above }: Place, building: Building): Promise<Outcome> {
  const { files: copyFiles, notes } = building;
  const tally = new Tally();
  const together = copyFiles ? files.filter(({ link }) => !link) : [];
  const failures = copyFiles ? await copyFiles(together.map(({ path }) => ({ from: path, to: childOf(at, nameOf(path)) }))) : [];
  for (const [index, source] of together.entries()) {
    const target: Ref = { path: childOf(to, nameOf(source.path)), collection: false };
    const error = failures[index];
    if (!error) notes?.note('destination', target, 201);
    tally.add(error ? failureAt(source, target, error) : done(1));
  }
  for (const member of copyFiles ? files.filter(({ link }) => link) : files) {
    const name = nameOf(member.path);
    tally.add(await build(member, childOf(at, name), childOf(to, name), building, above));
  }
  return tally;
}

/** RFC 4918 §9.8.5: the row names the source when it could not be read, the destination when it could not be written. */
function failureAt(source: Resource, target: Ref, error: DavError): Outcome {
  return failedReading(error) ? failed('source', refTo(source), error) : failed('destination', target, error);
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
