// Copying the files of one collection into another: as listing it and copying one after the other, but for small ones, of which many are copied in one slice.
import type { DavError } from '../protocol/error.ts';
import { childOf, isReservedName, nameOf, type Path, ROOT } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { davErrorOf, translated } from './filesystem-errors.ts';
import { filesForeseen } from './filesystem-foreseen.ts';
import { hold, within } from './filesystem-hold.ts';
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
}

/** See `Bulk.copyFiles`. */
export function copyFilesOf(disk: Disk, from: Path, to: Path, unnamed: (count: number) => void): AsyncGenerator<Copied> {
  return batchesOf(disk, from, unnamed, (batch, source) => copyBatch(batch, { ...source, to }));
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
  const others: string[] = [];
  for (const entry of batch) {
    const name = textOf(entry.name);
    if (name !== undefined && !isReservedName(name)) (entry.isFile() ? names : others).push(name);
  }
  const together = await inOneGo(names, copying).catch(() => () => false);
  const copied: Copied['files'][number][] = [];
  const alone: string[] = [];
  for (const [index, name] of names.entries()) {
    if (together(index)) copied.push({ path: childOf(copying.from, name) });
    else alone.push(name);
  }
  const left: Resource[] = [];
  for (const name of [...alone, ...others]) {
    // It may have become something else, or be gone, since its name was read.
    const member = await memberAt(name, copying);
    if (!member) continue;
    if (member.collection || member.link) left.push(member);
    else copied.push({ path: member.path, error: await copyOne(member.path, copying) });
  }
  return { files: copied, others: left };
}

/** Tells by its index whether one is copied. Rejects where the collection `to` cannot be held: whoever copies them one by one tells why. */
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
