// Copying what is in one collection into another: as listing it and copying one after the other, but for small files, of which many are copied in one slice, and plain trees.
import type { DavError } from '../protocol/error.ts';
import { childOf, isReservedName, nameOf, type Path, ROOT, rebase } from '../protocol/path.ts';
import { asFailedReading } from './copy-failure.ts';
import { COPIED_LEVELS, type Left } from './filesystem-copy-trees.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { davErrorOf, translated } from './filesystem-errors.ts';
import { filesForeseen } from './filesystem-foreseen.ts';
import { hold, within } from './filesystem-hold.ts';
import { numbersOf } from './filesystem-lot.ts';
import type { Trees } from './filesystem-lot-trees.ts';
import { textOf } from './filesystem-names.ts';
import { resourceOf } from './filesystem-resource.ts';
import { copyContent } from './filesystem-write.ts';
import { refusals } from './refusals.ts';
import type { Copied, Resource } from './store.ts';

/** A collection whose files are copied. */
export interface Source {
  readonly disk: Disk;
  readonly from: Path;
  /** Its real path, and a path to it while it is held. */
  readonly real: string;
  readonly place: string;
}

interface Copying extends Source {
  readonly to: Path;
  /** So many levels of collections may be copied with it. */
  readonly levels: number;
  readonly unnamed: Unnamed;
}

/** Is told how many names in a collection are not UTF-8. */
type Unnamed = (collection: Path, count: number) => void;

/** See `Bulk.copyMembers`. */
export function copyMembersOf(disk: Disk, from: Path, to: Path, levels: number, unnamed: Unnamed): AsyncGenerator<Copied> {
  return batchesOf(
    disk,
    from,
    (count) => unnamed(from, count),
    (batch, source) => copyBatch(batch, { ...source, to, levels: Math.min(levels, COPIED_LEVELS), unnamed }),
  );
}

/** What `work` makes of each batch of what is in `from`. Throws, and tells of names that are not UTF-8, as a listing does. */
export async function* batchesOf<T>(
  disk: Disk,
  from: Path,
  unnamed: (count: number) => void,
  work: (batch: readonly Entry[], source: Source) => Promise<T>,
): AsyncGenerator<T> {
  const { calls, paths } = disk;
  const { target, stats } = await translated('existing', () => paths.existing(from));
  if (!stats.isDirectory()) throw refusals.isFile();
  const { place, release } = await translated('existing', () => hold(calls, target));
  await calls.lots.foresee(filesForeseen(stats));
  let without = 0;
  try {
    for await (const batch of calls.entries(place)) {
      without += batch.filter(({ name }) => textOf(name) === undefined).length;
      yield await work(batch, { disk, from, real: target, place });
    }
    if (without > 0) unnamed(without);
    // What was not listed may be missing because all is: a copy of the rest must not look like all of it.
    await paths.resolve(ROOT);
  } catch (error) {
    throw davErrorOf(error, 'existing');
  } finally {
    await release();
  }
}

async function copyBatch(batch: readonly Entry[], copying: Copying): Promise<Copied> {
  const names: string[] = [];
  const collections: string[] = [];
  const left: string[] = [];
  for (const entry of batch) {
    const name = textOf(entry.name);
    if (name !== undefined && !isReservedName(name)) (entry.isFile() ? names : entry.isDirectory() ? collections : left).push(name);
  }
  const together = await inOneGo(names, copying).catch(() => () => false);
  const copied: Copied['files'][number][] = [];
  for (const [index, name] of names.entries()) {
    if (together(index)) copied.push({ path: childOf(copying.from, name) });
    else left.push(name);
  }
  // A single one is gone into: of what is in it two threads can take their shares.
  const trees = copying.levels > 0 && collections.length > 1 ? await treesOf(collections, copying).catch(() => undefined) : undefined;
  if (trees?.lost) throw new Error('a thread has ended before a tree was copied');
  const all = [{ collection: '', names: trees ? left : [...left, ...collections], unnamed: 0 }, ...(trees?.left ?? [])];
  const others: Resource[] = [];
  for (const one of all) for (const member of await leftIn(one, copying, copied)) others.push(member);
  return { files: copied, others, more: trees?.done ?? 0 };
}

/** Copies the files that were left, and gives the other members. */
async function leftIn({ collection, names, unnamed }: Left, copying: Copying, copied: Copied['files'][number][]): Promise<Resource[]> {
  const { disk, from, real, to } = copying;
  if (collection === '') return leftHere(names, copying, copied);
  const path = collection.split('/').reduce(childOf, from);
  if (unnamed > 0) copying.unnamed(path, unnamed);
  const place = `${real}/${collection}`;
  try {
    return await within(disk.calls, place, (held) =>
      leftHere(names, { ...copying, from: path, real: place, place: held, to: rebase(path, from, to) }, copied),
    );
  } catch (error) {
    // It has been moved away, or a link has come, since its names were read: of all else there is a copy.
    const gone = asFailedReading(davErrorOf(error, 'existing'));
    for (const name of names) copied.push({ path: childOf(path, name), error: gone });
    return [];
  }
}

async function leftHere(names: readonly string[], copying: Copying, copied: Copied['files'][number][]): Promise<Resource[]> {
  const others: Resource[] = [];
  for (const name of names) {
    // It may have become something else, or be gone, since its name was read.
    const member = await memberAt(name, copying);
    if (!member) continue;
    if (member.collection || member.link) others.push(member);
    else copied.push({ path: member.path, error: await copyOne(member.path, copying) });
  }
  return others;
}

/** Rejects where the collection `to` cannot be held: whoever copies them one by one tells why. */
async function treesOf(names: readonly string[], { disk, to, place, levels }: Copying): Promise<Trees> {
  const { calls, paths, etags } = disk;
  const { target } = await paths.existing(to);
  return within(calls, target, (made) =>
    calls.lots.copyTrees({
      from: place,
      to: made,
      names,
      levels,
      written(changed) {
        for (const numbers of numbersOf(changed)) etags.written(numbers);
      },
    }),
  );
}

/** Tells by its index whether one is copied. Rejects likewise. */
async function inOneGo(names: readonly string[], { disk, to, place }: Copying): Promise<(index: number) => boolean> {
  const { calls, paths, etags } = disk;
  const { target } = await paths.existing(to);
  return within(calls, target, async (made) => {
    const { isDone, changed } = await calls.lots.copy(place, made, names);
    for (const numbers of changed) etags.written(numbers);
    return isDone;
  });
}

function copyOne(path: Path, { disk, to }: Copying): Promise<DavError | undefined> {
  return copyContent(disk, path, childOf(to, nameOf(path))).then(
    () => undefined,
    (error) => davErrorOf(error, 'new'),
  );
}

/** As it is listed: undefined where it is gone, may not even be looked at, or is not there by the rules of links. */
export async function memberAt(name: string, { disk, from, real, place }: Source): Promise<Resource | undefined> {
  const { paths, etags } = disk;
  const path = childOf(from, name);
  const spot = await paths.member(place, path).catch(() => undefined);
  if (spot?.state !== 'taken') return undefined;
  const member = resourceOf(path, spot.link, spot.stats, etags);
  if (member.collection && !member.link) paths.seen(`${real}/${name}`);
  return member;
}
