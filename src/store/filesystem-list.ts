// The members of a collection, in batches, as they come from the disk.
import { childOf, isReservedName, type Path, ROOT } from '../protocol/path.ts';
import type { Calls } from './filesystem-calls.ts';
import type { Disk } from './filesystem-disk.ts';
import { davErrorOf, translated } from './filesystem-errors.ts';
import { namesForeseen } from './filesystem-foreseen.ts';
import { hold, within } from './filesystem-hold.ts';
import type { Look } from './filesystem-look.ts';
import { textOf } from './filesystem-names.ts';
import { turn } from './filesystem-pace.ts';
import { isPlain, resourceBy, resourceOf } from './filesystem-resource.ts';
import { refusals } from './refusals.ts';
import type { Begun, Resource } from './store.ts';

/**
 * Members in batches, unordered; 404 when `path` is not there, 409 for a file, 403 when it may not be listed,
 * 503, at the end, when the root is gone meanwhile.
 * `unnamed` is told, at the end, how many names are not UTF-8, if any.
 */
export async function* listCollection(disk: Disk, path: Path, unnamed: (count: number) => void, begun?: Begun): AsyncGenerator<Resource[]> {
  const { calls, paths } = disk;
  const ready = await begun?.();
  if (ready) {
    yield* ready.members;
    if (ready.unnamed > 0) unnamed(ready.unnamed);
    return;
  }
  const { target, stats } = await translated('existing', () => paths.existing(path));
  if (!stats.isDirectory()) throw refusals.isFile();
  const { place, release } = await translated('existing', () => hold(calls, target));
  paths.seen(target);
  const collection = { path, place, real: target };
  const lookAt = calls.members(place, target, namesForeseen(stats));
  let coming: Looked | undefined;
  try {
    for await (const names of namesIn(calls, place, unnamed)) {
      const before = coming;
      // Asked for before those before are given away: whoever writes their rows does not wait for these.
      coming = { names, looks: lookAt(names) };
      coming.looks.catch(() => {}); // it is told below
      if (before) yield* membersOf(disk, collection, before);
    }
    if (coming) yield* membersOf(disk, collection, coming);
    // What was not listed may be missing because all is: that must not look like a deletion to who compares.
    await translated('existing', () => paths.resolve(ROOT));
  } finally {
    await coming?.looks.catch(() => {});
    await release();
  }
}

/** See `Bulk.listable`. */
export async function requireListable({ calls, paths }: Disk, path: Path): Promise<void> {
  const { target, stats } = await paths.existing(path);
  if (!stats.isDirectory()) throw refusals.isFile();
  await within(calls, target, async (place) => {
    for await (const _ of calls.entries(place)) break;
  });
}

async function* namesIn(calls: Calls, place: string, unnamed: (count: number) => void): AsyncGenerator<string[]> {
  let without = 0;
  try {
    for await (const batch of calls.entries(place)) {
      const served: string[] = [];
      for (const entry of batch) {
        const name = textOf(entry.name);
        if (name === undefined) without++;
        else if (!isReservedName(name)) served.push(name);
      }
      if (served.length > 0) yield served;
    }
  } catch (error) {
    throw davErrorOf(error, 'existing');
  }
  if (without > 0) unnamed(without);
}

interface Collection {
  readonly path: Path;
  readonly place: string;
  readonly real: string;
}

interface Looked {
  readonly names: readonly string[];
  readonly looks: Promise<readonly (Look | undefined)[]>;
}

const TOGETHER = 64; // members, with their rows: far from a slice

/** Without those that are gone again, may not even be looked at, or are not there by the rules of links. */
export async function* membersOf(disk: Disk, collection: Collection, { names, looks }: Looked): AsyncGenerator<Resource[]> {
  const all = await looks;
  for (let from = 0; from < names.length; from += TOGETHER) {
    await turn();
    const members: Resource[] = [];
    const end = Math.min(from + TOGETHER, names.length);
    for (let index = from; index < end; index++) {
      const name = names[index] as string;
      const look = all[index];
      const member = look && (plainMember(disk, collection, name, look) ?? (await judgedMember(disk, collection, name, look)));
      if (member) members.push(member);
    }
    if (members.length > 0) yield members;
  }
}

function plainMember({ paths, etags }: Disk, { path, real }: Collection, name: string, look: Look): Resource | undefined {
  if (paths.outside || !isPlain(look)) return undefined;
  const member = resourceBy(childOf(path, name), false, look, etags);
  if (member.collection) paths.seen(`${real}/${name}`);
  return member;
}

async function judgedMember(
  { paths, etags }: Disk,
  { path, place, real }: Collection,
  name: string,
  { numbers }: Look,
): Promise<Resource | undefined> {
  const member = childOf(path, name);
  const judged = numbers instanceof Uint8Array ? paths.member(place, member) : paths.judge(place, member, numbers);
  const spot = await judged.catch(() => undefined);
  if (spot?.state !== 'taken') return undefined;
  if (!spot.link && spot.stats.isDirectory()) paths.seen(`${real}/${name}`);
  return resourceOf(member, spot.link, spot.stats, etags);
}
