// One rename(2), with what it must not do: lose a file, change a mode, or turn a link into a plain file.
import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink, realpath, rename, symlink, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { isReserved, nameOf, type Path, parentOf, ROOT } from '../protocol/path.ts';
import { identityOf } from './etag.ts';
import { openFile } from './filesystem-content.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf } from './filesystem-errors.ts';
import { within } from './filesystem-hold.ts';
import { blockedBy, type DiskPaths, type Taken } from './filesystem-path.ts';
import { isExecutable, withExecutable } from './filesystem-resource.ts';
import { refusals } from './refusals.ts';

const PERMISSIONS = 0o777n;

/** Put what is at `from` at `to`; a link at `from` is moved itself, one at `to` is written through. */
export async function renameResource({ paths, etags, flush }: Disk, from: Path, to: Path): Promise<void> {
  if (from === ROOT || to === ROOT) throw refusals.theRoot();
  const source = await paths.existing(from);
  if (source.own.isDirectory() && paths.keeps(source.target)) throw refusals.theRoot();
  const destination = await paths.resolve(to);
  if (destination.state !== 'taken' && destination.state !== 'free') throw blockedBy(destination);
  let home = destination.collection;
  let name = nameOf(to);
  if (destination.state === 'taken' && !(await isSameEntry(source, destination, from, to))) {
    // Renaming a link onto what it leads to would leave a link to itself and lose the content.
    if (source.target === destination.target) throw refusals.sameResource();
    if (source.stats.isDirectory() !== destination.stats.isDirectory()) throw refusals.otherKind();
    if (destination.stats.isFile()) await keepMode(paths, from, source.own, destination.stats);
    if (destination.name === '') throw refusals.theRoot(); // a link to the folder itself
    home = destination.home;
    name = destination.name;
    etags.touched(destination.stats);
  }
  await within(source.collection, (origin) =>
    within(home, async (place) => {
      const [leaving, entry] = [`${origin}/${nameOf(from)}`, `${place}/${name}`];
      const staged = isReserved(from);
      // Its mode and times may have been set since its bytes were brought to the disk.
      if (staged && source.own.isFile()) await flush.entry(leaving);
      // From where it was staged it may be gone later: the next start empties that.
      const changed = staged || source.collection === home ? [place] : [place, origin];
      await flush.around(changed, () =>
        source.own.isSymbolicLink() && source.collection !== home ? moveLink(leaving, source, entry, home) : rename(leaving, entry),
      );
      const moved = await lstat(entry, { bigint: true }).catch(() => undefined);
      if (moved) etags.touched(moved);
    }),
  );
}

/** A relative link is told anew from its new collection, or it would lead elsewhere or nowhere. */
async function moveLink(leaving: string, source: Taken, entry: string, to: string): Promise<void> {
  const told = await readlink(leaving);
  if (isAbsolute(told)) return rename(leaving, entry);
  const plain = resolve(source.collection, told);
  // `..` after a link is not what it says: then the way is told without the link.
  const target = (await realpath(plain).catch(() => undefined)) === source.target ? plain : source.target;
  const fresh = `${dirname(entry)}/.dav207-${randomUUID()}`;
  await symlink(relative(to, target) || '.', fresh);
  try {
    await rename(fresh, entry);
    await unlink(leaving);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
}

/**
 * Two names for one directory entry: on file systems that ignore case, `/a` and `/A`. Two hard links look alike, but
 * rename(2) does nothing to them and says it did, so they are refused.
 */
async function isSameEntry(source: Taken, destination: Taken, from: Path, to: Path): Promise<boolean> {
  if (identityOf(source.own) !== identityOf(destination.own)) return false;
  if (source.own.isDirectory() || source.own.nlink === 1n || from === to) return true;
  if (foldOf(from) === foldOf(to)) {
    const names = await within(source.collection, (place) => readdir(place));
    if (!names.includes(nameOf(from)) || !names.includes(nameOf(to))) return true;
  }
  throw refusals.sameResource();
}

function foldOf(path: Path): string {
  return `${parentOf(path)}/${nameOf(path).normalize('NFC').toLowerCase()}`;
}

/**
 * Give the file at `from` the mode, and where permitted the owner, of the file it replaces; but it stays a program or none.
 * Set-id bits are not kept: they were given for other content, and writing takes them away as well.
 */
async function keepMode(paths: DiskPaths, from: Path, own: BigIntStats, replaced: BigIntStats): Promise<void> {
  const executable = isExecutable(own.mode);
  const mode = executable === isExecutable(replaced.mode) ? replaced.mode & PERMISSIONS : withExecutable(replaced.mode, executable);
  const sameOwner = own.uid === replaced.uid && own.gid === replaced.gid;
  if (!own.isFile() || (sameOwner && (own.mode & 0o7777n) === mode)) return;
  const { handle } = await openFile(paths, from);
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
