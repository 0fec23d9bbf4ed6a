// One rename(2), with what it must not do: lose a file, change a mode, or turn a link into a plain file.
import type { BigIntStats } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { isReserved, nameOf, type Path, parentOf, ROOT } from '../protocol/path.ts';
import { identityOf } from './etag.ts';
import type { Calls } from './filesystem-calls.ts';
import { openFile } from './filesystem-content.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf } from './filesystem-errors.ts';
import { holdAnew, within } from './filesystem-hold.ts';
import { textOf } from './filesystem-names.ts';
import { blockedBy, type Taken } from './filesystem-path.ts';
import { isExecutable, withExecutable } from './filesystem-resource.ts';
import { stageNear } from './filesystem-stage.ts';
import { refusals } from './refusals.ts';

const PERMISSIONS = 0o777n;

/** Put what is at `from` at `to`; a link at `from` is moved itself, one at `to` is written through. */
export async function renameResource(disk: Disk, from: Path, to: Path): Promise<void> {
  const { calls, paths, etags, flush } = disk;
  if (from === ROOT || to === ROOT) throw refusals.theRoot();
  const source = await paths.existing(from);
  if (source.own.isDirectory() && paths.keeps(source.target)) throw refusals.theRoot();
  const destination = await paths.resolve(to);
  if (destination.state !== 'taken' && destination.state !== 'free') throw blockedBy(destination);
  let home = destination.collection;
  let name = nameOf(to);
  let size = 0;
  if (destination.state === 'taken' && !(await isSameEntry(calls, source, destination, from, to))) {
    // Renaming a link onto what it leads to would leave a link to itself and lose the content.
    if (source.target === destination.target) throw refusals.sameResource();
    if (source.stats.isDirectory() !== destination.stats.isDirectory()) throw refusals.otherKind();
    if (destination.stats.isFile()) await keepMode(disk, from, source.own, destination.stats);
    if (destination.name === '') throw refusals.theRoot(); // a link to the folder itself
    home = destination.home;
    name = destination.name;
    size = Number(source.own.size > destination.stats.size ? source.own.size : destination.stats.size);
    etags.touched(destination.stats);
  }
  await within(calls, source.collection, (origin) =>
    within(calls, home, async (place) => {
      const [leaving, entry] = [`${origin}/${nameOf(from)}`, `${place}/${name}`];
      const staged = isReserved(from);
      // Its mode and times may have been set since its bytes were brought to the disk.
      if (staged && source.own.isFile()) await flush.entry(leaving);
      // From where it was staged it may be gone later: the next start empties that.
      const changed = staged || source.collection === home ? [place] : [place, origin];
      const anew = source.own.isSymbolicLink() && source.collection !== home;
      const stage = destination.state === 'taken' ? stageFor(disk, to) : undefined;
      await flush.around(changed, async () => {
        await (anew ? moveLink(calls, leaving, source, entry, home, stage) : calls.rename(leaving, entry, size));
        if (!source.own.isFile()) holdAnew();
        const moved = await calls.lstat(entry).catch(() => undefined);
        if (moved) etags.touched(moved);
      });
    }),
  );
}

/**
 * A relative link is told anew from its new collection, or it would lead elsewhere or nowhere. `stage` gives a place for the new
 * one where something is to be replaced in one step; without it nothing is at `entry`.
 */
async function moveLink(calls: Calls, leaving: string, source: Taken, entry: string, to: string, stage?: Stage): Promise<void> {
  const told = await calls.readlink(leaving);
  if (isAbsolute(told)) return calls.rename(leaving, entry, Number.POSITIVE_INFINITY);
  const plain = resolve(source.collection, told);
  // `..` after a link is not what it says: then the way is told without the link.
  const target = (await calls.realpath(plain).catch(() => undefined)) === source.target ? plain : source.target;
  const anew = relative(to, target) || '.';
  if (!stage) {
    await calls.symlink(anew, entry);
    await calls.unlink(leaving, 0).catch((error) => calls.unlink(entry, 0).then(() => Promise.reject(error)));
    return;
  }
  await stage(async (fresh) => {
    await calls.symlink(anew, fresh);
    try {
      await calls.rename(fresh, entry, Number.POSITIVE_INFINITY);
    } catch (error) {
      await calls.unlink(fresh, 0).catch(() => undefined);
      throw error;
    }
  });
  await calls.unlink(leaving, 0);
}

/** Do `work` with a fresh place on the disk that is emptied at every start, where the device allows it. */
type Stage = (work: (fresh: string) => Promise<void>) => Promise<void>;

function stageFor(disk: Disk, near: Path): Stage {
  return async (work) => {
    const staged = await stageNear(disk, near);
    const { collection } = await disk.paths.free(staged);
    await within(disk.calls, collection, (place) => work(`${place}/${nameOf(staged)}`));
  };
}

/**
 * Two names for one directory entry: on file systems that ignore case, `/a` and `/A`. Two hard links look alike, but
 * rename(2) does nothing to them and says it did, so they are refused.
 */
async function isSameEntry(calls: Calls, source: Taken, destination: Taken, from: Path, to: Path): Promise<boolean> {
  if (identityOf(source.own) !== identityOf(destination.own)) return false;
  if (source.own.isDirectory() || source.own.nlink === 1n || from === to) return true;
  if (foldOf(from) === foldOf(to)) {
    const names = await within(calls, source.collection, (place) => namesIn(calls, place));
    if (!names.has(nameOf(from)) || !names.has(nameOf(to))) return true;
  }
  throw refusals.sameResource();
}

async function namesIn(calls: Calls, place: string): Promise<Set<string | undefined>> {
  const names = new Set<string | undefined>();
  for await (const batch of calls.entries(place)) for (const { name } of batch) names.add(textOf(name));
  return names;
}

function foldOf(path: Path): string {
  return `${parentOf(path)}/${nameOf(path).normalize('NFC').toLowerCase()}`;
}

/** The mode of a file that replaces one, which is a program as before. */
export function modeKept(own: BigIntStats, replaced: BigIntStats): bigint {
  const executable = isExecutable(own.mode);
  return executable === isExecutable(replaced.mode) ? replaced.mode & PERMISSIONS : withExecutable(replaced.mode, executable);
}

/**
 * Give the file at `from` the mode, and where permitted the owner, of the file it replaces; but it stays a program or none.
 * Set-id bits are not kept: they were given for other content, and writing takes them away as well.
 */
async function keepMode(disk: Disk, from: Path, own: BigIntStats, replaced: BigIntStats): Promise<void> {
  const mode = modeKept(own, replaced);
  const sameOwner = own.uid === replaced.uid && own.gid === replaced.gid;
  if (!own.isFile() || (sameOwner && (own.mode & 0o7777n) === mode)) return;
  const { handle } = await openFile(disk, from);
  try {
    if (!sameOwner) await handle.chown(Number(replaced.uid), Number(replaced.gid)).catch(ignoreEperm);
    await handle.chmod(Number(mode));
  } finally {
    await handle.close();
  }
}

function ignoreEperm(error: unknown): void {
  if (codeOf(error) !== 'EPERM') throw error;
}
