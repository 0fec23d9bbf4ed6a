// Taking a whole tree away: as removing all of it one by one, but for the files, of which many go in one slice, and what a thread clears.
import type { DavError } from '../protocol/error.ts';
import { childOf, isReservedName, nameOf, type Path, type Ref } from '../protocol/path.ts';
import { CLEARED_LEVELS } from './filesystem-clear.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { davErrorOf } from './filesystem-errors.ts';
import { filesForeseen } from './filesystem-foreseen.ts';
import { holdAnew, within } from './filesystem-hold.ts';
import { textOf } from './filesystem-names.ts';
import { removeResource } from './filesystem-remove.ts';
import type { Kept, Removed, Staying } from './store.ts';

/** What a walk over a tree comes to. */
interface Walk {
  readonly disk: Disk;
  readonly kept: Kept[];
  readonly removed: Removed;
  /** Of the members of the collection that it begins with. */
  readonly staying?: Staying | undefined;
  /** How many levels of what is next a thread has gone into before. */
  readonly cleared: number;
}

/** See `Bulk.removeTree`. */
export async function removeTreeOf(disk: Disk, path: Path, removed: Removed): Promise<Kept[]> {
  const { target, own } = await disk.paths.existing(path);
  await disk.calls.lots.foresee(filesForeseen(own), removed.many !== undefined);
  const kept: Kept[] = [];
  await removal({ path, collection: own.isDirectory() }, target, { disk, kept, removed, cleared: 0 });
  return kept;
}

/** See `Bulk.removeMembers`. */
export async function removeMembersOf(disk: Disk, path: Path, staying: Staying, removed: Removed): Promise<Kept[]> {
  const { target } = await disk.paths.existing(path);
  const kept: Kept[] = [];
  await removeMembers(path, target, { disk, kept, removed, staying, cleared: 0 });
  return kept;
}

const PASSES = 3;

/** `real` is where `ref` is on the disk. */
async function removal(ref: Ref, real: string, asked: Walk): Promise<void> {
  const isCleared = ref.collection && asked.cleared === 0 && (await clear(real, asked));
  const walk = isCleared ? { ...asked, cleared: CLEARED_LEVELS } : asked;
  for (let pass = 1; ; pass++) {
    const gone = ref.collection ? await removeMembers(ref.path, real, walk) : 0;
    if (gone === undefined) return;
    const failure = await removeOne(ref, walk);
    // Some file systems pass members over where others go while a directory is read: it is read again.
    const again = failure?.status === 409 && gone > 0 && pass < PASSES;
    if (failure && !again) walk.kept.push({ ref, error: failure });
    if (!again) return;
  }
}

/** Most of a tree takes no look at it. What is left is taken away one by one, or kept for a reason that is told then. */
async function clear(real: string, { disk, removed }: Walk): Promise<boolean> {
  const { many } = removed;
  if (!many) return false;
  const gone = await within(disk.calls, real, (place) => disk.calls.lots.clear(place)).catch(() => undefined);
  if (gone === undefined) return false;
  holdAnew();
  many(gone);
  return true;
}

/** Gives why it is still there; that it is gone already is all that is wanted. */
async function removeOne(ref: Ref, { disk, removed }: Walk): Promise<DavError | undefined> {
  try {
    await removeResource(disk, ref.path);
    removed.one(ref);
    return undefined;
  } catch (error) {
    const failure = davErrorOf(error, 'existing');
    return failure.status === 404 ? undefined : failure;
  }
}

/** Gives how many are gone; undefined when something stays. */
async function removeMembers(path: Path, real: string, walk: Walk): Promise<number | undefined> {
  const { disk, kept, staying } = walk;
  const before = kept.length;
  let gone = 0;
  const removed: Removed = {
    one(ref) {
      gone++;
      walk.removed.one(ref);
    },
    many: walk.removed.many,
  };
  const counting: Walk = { disk, kept, removed, cleared: Math.max(0, walk.cleared - 1) };
  const left: Ref[] = [];
  try {
    await within(disk.calls, real, async (place) => {
      for await (const batch of disk.calls.entries(place))
        for (const ref of await removeFiles(path, place, batch, { ...counting, staying })) left.push(ref);
    });
  } catch (error) {
    kept.push({ ref: { path, collection: true }, error: davErrorOf(error, 'existing') });
  }
  // Gone into once the directory is closed: a deep tree must not hold a descriptor for each level.
  for (const [index, ref] of left.entries()) {
    // The thread may have begun meanwhile: of all that is left it makes one work. What is kept is not tried again.
    const isWhole = !staying && walk.cleared === 0 && kept.length === before;
    if (isWhole && index < left.length - 1 && (await clear(real, walk))) {
      const more = await removeMembers(path, real, { ...walk, cleared: CLEARED_LEVELS });
      return more === undefined ? undefined : gone + more;
    }
    await removal(ref, `${real}/${nameOf(ref.path)}`, counting);
  }
  return kept.length > before ? undefined : gone;
}

/** Gives the members that are left, without what is never listed: that goes with its collection, or keeps it. */
async function removeFiles(collection: Path, place: string, batch: readonly Entry[], { disk, removed, staying }: Walk): Promise<Ref[]> {
  const { calls, paths } = disk;
  const left: Ref[] = [];
  const names: string[] = [];
  const leave = async (path: Path) => {
    const spot = await paths.member(place, path).catch(() => undefined);
    if (spot?.state === 'taken') left.push({ path, collection: spot.own.isDirectory() });
  };
  const served = batch.flatMap((entry) => {
    const name = textOf(entry.name);
    return name === undefined || isReservedName(name) ? [] : [{ name, path: childOf(collection, name), file: entry.isFile() }];
  });
  const stay = new Set(await staying?.(served.map(({ path }) => path)));
  for (const { name, path, file } of served) {
    if (stay.has(path)) continue;
    if (file) names.push(name);
    else await leave(path);
  }
  const { isDone } = await calls.lots.unlink(place, names);
  for (const [index, name] of names.entries()) {
    const path = childOf(collection, name);
    if (isDone(index)) removed.one({ path, collection: false });
    else await leave(path);
  }
  return left;
}
