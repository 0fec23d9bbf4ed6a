// Path -> place on the disk, and the policy for symbolic links: followed inside the folder, and out of it only where the operator wants that.
import type { BigIntStats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { childOf, isReserved, isReservedName, nameOf, type Path, parentOf, ROOT } from '../protocol/path.ts';
import { codeOf } from './filesystem-errors.ts';
import { guardOf } from './filesystem-root.ts';
import { refusals } from './refusals.ts';

/** A file or a collection, perhaps reached through a link. */
export interface Taken {
  readonly state: 'taken';
  /** The real path of the collection the name is in. The folder is said to be in itself. */
  readonly collection: string;
  /** What the name leads to, as a real path. */
  readonly target: string;
  /** The real path of the collection that holds the target, and its name there: the same as above unless a link is followed. */
  readonly home: string;
  readonly name: string;
  readonly link: boolean;
  /** Of the entry: of the link where it is one. */
  readonly own: BigIntStats;
  /** Of the target: always those of a regular file or a directory. */
  readonly stats: BigIntStats;
}

/** A name nothing bears, in a collection that exists. */
export interface Free {
  readonly state: 'free';
  /** The real path of the collection. */
  readonly collection: string;
}

/** No collection to be a member of, or a name that leads where no client may go. */
export interface Blocked {
  readonly state: 'no-parent' | 'unreachable';
}

export type Spot = Taken | Free | Blocked;

export interface DiskPaths {
  /** Where a path leads now. Throws the errno of what could not be looked at (EACCES, EIO), 503 for a root that is gone. */
  resolve(path: Path): Promise<Spot>;
  /** As `resolve`, for a member whose collection is at hand at `collection`: its real path, or a held one. */
  member(collection: string, path: Path): Promise<Spot>;
  /** What is there for one who reads; 404 for anything else. */
  existing(path: Path): Promise<Taken>;
  /** A name to make something under; 409 when it is taken or has no parent, 403 when it leads elsewhere. */
  free(path: Path): Promise<Free>;
  /** The path of a real path; undefined outside the folder. */
  pathOf(real: string): Path | undefined;
  /** Whether the directory with this real path is, or holds, the folder or what is closed: it can be neither moved nor removed. */
  keeps(real: string): boolean;
}

/** How far links lead. */
export interface Reach {
  /** Whether they are followed out of the folder. */
  readonly outside: boolean;
  /** The real path of a directory that no client may reach: of the server's state, which need not exist yet. */
  readonly closed?: string | undefined;
}

const UNREACHABLE: Blocked = { state: 'unreachable' };
const NO_PARENT: Blocked = { state: 'no-parent' };

/**
 * The paths below `folder`, which is a real path. This only finds out where a path leads at the moment; who then
 * opens, lists or changes something holds the directory (`filesystem-hold`), in case a link has come in its place.
 */
export function diskPaths(folder: string, { outside, closed }: Reach = { outside: false }): DiskPaths {
  const prefix = folder === '/' ? '' : folder;
  const guard = guardOf(folder);
  const diskOf = (path: Path) => (path === ROOT ? folder : prefix + path);

  async function resolve(path: Path): Promise<Spot> {
    if (path === ROOT) return look(folder, folder, path);
    const parent = parentOf(path);
    let collection: string;
    try {
      collection = await realpath(diskOf(parent));
    } catch (error) {
      return whyNot(parent, error);
    }
    if (!isVisible(collection, path)) return UNREACHABLE;
    // Through a link on the way: one that leads out of the folder is not there, even if the path comes in again behind it.
    if (collection !== diskOf(parent) && (await resolve(parent)).state === 'unreachable') return UNREACHABLE;
    return member(collection, path);
  }

  const member = (collection: string, path: Path) => look(collection, `${collection === '/' ? '' : collection}/${nameOf(path)}`, path);

  async function look(collection: string, entry: string, path: Path): Promise<Spot> {
    let own: BigIntStats;
    try {
      own = await lstat(entry, { bigint: true });
    } catch (error) {
      const code = codeOf(error);
      if (path === ROOT && (code === 'ENOENT' || code === 'ENOTDIR')) guard(undefined);
      if (code === 'ENOENT') return { state: 'free', collection };
      if (code === 'ENOTDIR') return NO_PARENT;
      if (code === 'ENAMETOOLONG' || code === 'ELOOP') return UNREACHABLE;
      throw error;
    }
    if (path === ROOT) guard(own);
    // By its number, since a member is looked at through a held collection.
    else if (outside && closed !== undefined && own.isDirectory() && (await isSame(closed, own))) return UNREACHABLE;
    if (own.isSymbolicLink()) return follow(collection, entry, own, path);
    if (!isServed(own)) return UNREACHABLE;
    return { state: 'taken', collection, target: entry, home: collection, name: nameOf(path), link: false, own, stats: own };
  }

  /** A link that dangles, loops, leaves the folder or leads to what belongs to the server is not there. */
  async function follow(collection: string, entry: string, own: BigIntStats, path: Path): Promise<Spot> {
    try {
      const target = await realpath(entry);
      if (!isVisible(target, path)) return UNREACHABLE;
      const stats = await lstat(target, { bigint: true });
      if (!isServed(stats)) return UNREACHABLE;
      const [home, name] = target === folder ? [folder, ''] : [dirname(target), basename(target)];
      return { state: 'taken', collection, target, home, name, link: true, own, stats };
    } catch {
      return UNREACHABLE;
    }
  }

  /** The collection of a name could not be resolved: is it missing, or is a link on the way to blame? */
  async function whyNot(collection: Path, error: unknown): Promise<Blocked> {
    const code = codeOf(error);
    if (code === 'ELOOP' || code === 'ENAMETOOLONG') return UNREACHABLE;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    const above = await resolve(collection);
    return above.state === 'unreachable' ? UNREACHABLE : NO_PARENT;
  }

  function isVisible(real: string, path: Path): boolean {
    const inside = isIn(real, folder);
    if (!inside && (!outside || (closed !== undefined && isIn(real, closed)))) return false;
    // Names of the server's own are refused above; its own requests for them arrive here and are fine.
    return isReserved(path) || !(inside ? real.slice(prefix.length) : real).split('/').some(isReservedName);
  }

  return {
    resolve,
    member,
    async existing(path) {
      const spot = await resolve(path);
      if (spot.state !== 'taken') throw refusals.notThere();
      return spot;
    },
    async free(path) {
      const spot = await resolve(path);
      if (spot.state === 'taken') throw refusals.taken();
      if (spot.state !== 'free') throw blockedBy(spot);
      return spot;
    },
    pathOf: (real) => (isIn(real, folder) ? real.slice(prefix.length).split('/').filter(Boolean).reduce(childOf, ROOT) : undefined),
    keeps: (real) => isIn(folder, real) || (closed !== undefined && isIn(closed, real)),
  };
}

/** Whether the real path `real` is `directory` or below it. */
function isIn(real: string, directory: string): boolean {
  return real === directory || real.startsWith(directory === '/' ? '/' : `${directory}/`);
}

async function isSame(place: string, stats: BigIntStats): Promise<boolean> {
  const there = await lstat(place, { bigint: true }).catch(() => undefined);
  return there !== undefined && there.dev === stats.dev && there.ino === stats.ino;
}

/** Why a name cannot be written. */
export function blockedBy(spot: Blocked): Error {
  return spot.state === 'no-parent' ? refusals.noParent() : refusals.unreachable();
}

/** Pipes, sockets and devices are neither opened nor waited for. */
function isServed(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}
