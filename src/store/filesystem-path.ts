// Path -> place on the disk, and the policy for symbolic links: followed inside the folder, and out of it only where the operator wants that.
import type { BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { childOf, isReserved, isReservedName, nameOf, type Path, parentOf, ROOT } from '../protocol/path.ts';
import type { Calls } from './filesystem-calls.ts';
import { codeOf } from './filesystem-errors.ts';
import { glance, isServed } from './filesystem-glance.ts';
import { isPlain } from './filesystem-hold.ts';
import { knownDirectories } from './filesystem-known.ts';
import { rootOf } from './filesystem-root.ts';
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
  /** As `resolve`, where that is a look or two here and now at what is no link; undefined for anything else. */
  now(path: Path): Taken | Free | undefined;
  /** As `resolve`, by what is known of the collections on the way: for who finds out from what is opened whether it was so. */
  guess(path: Path): Promise<Spot>;
  /** Where `path` is if its collection is still where it was a moment ago; undefined where nothing is known of that. The root may be `left` to who asks. */
  hint(path: Path, left?: boolean): string | undefined;
  /** As `resolve`, for a member whose collection is at hand at `collection`: its real path, or a held one. */
  member(collection: string, path: Path): Promise<Spot>;
  /** The same of a member that has been looked at. */
  judge(collection: string, path: Path, own: BigIntStats): Promise<Spot>;
  /** Whether links lead out of the folder: only else is what is no link at its place for sure. */
  readonly outside: boolean;
  /** A directory with this real path was seen just now. */
  seen(real: string): void;
  /** What is there for one who reads; 404 for anything else. */
  existing(path: Path): Promise<Taken>;
  /** The real path of the collection that `path` is in, or would be; throws as `free` does. */
  collection(path: Path): Promise<string>;
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

const ATTEMPTS = 8; // each loses a race of microseconds against a rename

/**
 * The paths below `folder`, which is a real path. This only finds out where a path leads at the moment; who then
 * opens, lists or changes something holds the directory (`filesystem-hold`), in case a link has come in its place.
 */
export function diskPaths(folder: string, calls: Calls, { outside, closed }: Reach = { outside: false }): DiskPaths {
  const prefix = folder === '/' ? '' : folder;
  const root = rootOf(folder, calls);
  const diskOf = (path: Path) => (path === ROOT ? folder : prefix + path);
  const entryOf = (collection: string, path: Path) =>
    path === ROOT ? collection : `${collection === '/' ? '' : collection}/${nameOf(path)}`;
  // The system is asked about a name only where nothing on the way was a link, which may lead to where an answer never comes.
  const known = knownDirectories(folder);
  async function resolve(path: Path): Promise<Spot> {
    for (let turn = calls.turn(); turn; turn = calls.turn()) await turn;
    return now(path) ?? memberOf(path, collectionAt);
  }
  function now(path: Path): Taken | Free | undefined {
    const collection = path === ROOT ? folder : diskOf(parentOf(path));
    const own =
      known.has(collection) && (path === ROOT || root.now())
        ? calls.here(() => (path === ROOT ? glance(undefined, folder) : glance(collection, nameOf(path))))
        : undefined;
    if (path === ROOT && own !== undefined) root.guard(own ?? undefined);
    if (own !== undefined) known.seen(collection);
    if (!own) return own === null ? { state: 'free', collection } : undefined;
    const spot = outside || own.isSymbolicLink() ? undefined : plain(collection, path, own);
    return spot?.state === 'taken' ? spot : undefined;
  }

  async function memberOf(path: Path, find: (collection: Path) => Promise<string | Blocked>): Promise<Spot> {
    if (path === ROOT) return look(folder, path);
    await root.sure();
    const collection = await find(parentOf(path));
    return typeof collection === 'string' ? look(collection, path) : collection;
  }

  /** The real path of the collection at `path`, or why it has none. */
  async function collectionAt(path: Path): Promise<string | Blocked> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const real = await wayTo(path);
      if (typeof real !== 'string' || (await isPlain(calls, real))) return real;
      known.clear();
    }
    await look(folder, ROOT);
    return NO_PARENT;
  }

  /** As `collectionAt`, as far as is known. A link out of the folder is not there, even if the path comes in again behind it. */
  async function wayTo(path: Path): Promise<string | Blocked> {
    const unknown: Path[] = [];
    let at = path;
    for (; !known.has(diskOf(at)) && at !== ROOT; at = parentOf(at)) unknown.push(at);
    let real = diskOf(at);
    for (const next of unknown.reverse()) {
      const spot = await look(real, next);
      if (spot.state === 'unreachable') return spot;
      if (spot.state !== 'taken' || !spot.stats.isDirectory()) return NO_PARENT;
      real = spot.target;
      known.seen(real);
    }
    return real;
  }

  async function look(collection: string, path: Path): Promise<Spot> {
    let own: BigIntStats | undefined;
    try {
      own = await calls.find(entryOf(collection, path));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTDIR' && path === ROOT) root.guard(undefined);
      if (code === 'ENOTDIR') return NO_PARENT;
      if (code === 'ENAMETOOLONG' || code === 'ELOOP') return UNREACHABLE;
      throw error;
    }
    if (path === ROOT) root.guard(own);
    if (!own) return { state: 'free', collection };
    return judge(collection, path, own);
  }

  async function judge(collection: string, path: Path, own: BigIntStats): Promise<Spot> {
    if (own.isSymbolicLink()) return follow(collection, entryOf(collection, path), own, path);
    // By its number, since a member is looked at through a held collection.
    if (path !== ROOT && outside && closed !== undefined && own.isDirectory() && (await isSame(calls, closed, own))) return UNREACHABLE;
    return plain(collection, path, own);
  }

  function plain(collection: string, path: Path, own: BigIntStats): Taken | Blocked {
    if (!isServed(own)) return UNREACHABLE;
    const target = entryOf(collection, path);
    return { state: 'taken', collection, target, home: collection, name: nameOf(path), link: false, own, stats: own };
  }

  /** A link that dangles, loops, leaves the folder or leads to what belongs to the server is not there. */
  async function follow(collection: string, entry: string, own: BigIntStats, path: Path): Promise<Spot> {
    try {
      const target = await calls.realpath(entry);
      if (!isVisible(target, path)) return UNREACHABLE;
      const stats = await calls.lstat(target);
      if (!isServed(stats)) return UNREACHABLE;
      const [home, name] = target === folder ? [folder, ''] : [dirname(target), basename(target)];
      return { state: 'taken', collection, target, home, name, link: true, own, stats };
    } catch {
      return UNREACHABLE;
    }
  }

  function isVisible(real: string, path: Path): boolean {
    const inside = isIn(real, folder);
    if (!inside && (!outside || (closed !== undefined && isIn(real, closed)))) return false;
    // Names of the server's own are refused above; its own requests for them arrive here and are fine.
    return isReserved(path) || !(inside ? real.slice(prefix.length) : real).split('/').some(isReservedName);
  }

  return {
    resolve,
    now,
    guess: (path) => memberOf(path, wayTo),
    hint(path, left = false) {
      const collection = path === ROOT ? undefined : diskOf(parentOf(path));
      return collection !== undefined && known.has(collection) && (left || root.now()) ? entryOf(collection, path) : undefined;
    },
    member: look,
    judge,
    outside,
    seen: known.seen,
    existing: async (path) => taken(await resolve(path)),
    async collection(path) {
      await root.sure();
      const real = path === ROOT ? folder : await collectionAt(parentOf(path));
      if (typeof real !== 'string') throw blockedBy(real);
      return real;
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

async function isSame(calls: Calls, place: string, stats: BigIntStats): Promise<boolean> {
  const there = await calls.lstat(place).catch(() => undefined);
  return there !== undefined && there.dev === stats.dev && there.ino === stats.ino;
}

/** For one who reads; throws 404 for anything else. */
export function taken(spot: Spot): Taken {
  if (spot.state !== 'taken') throw refusals.notThere();
  return spot;
}

/** Why a name cannot be written. */
export function blockedBy(spot: Blocked): Error {
  return spot.state === 'no-parent' ? refusals.noParent() : refusals.unreachable();
}
