// The store that serves a folder of the disk.
import { constants, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { nameOf, type Path } from '../protocol/path.ts';
import { type Etags, makeEtags } from './etag.ts';
import { setAttributes } from './filesystem-attributes.ts';
import { moveFilesOf, replaceFilesOf } from './filesystem-bring-files.ts';
import { makeCalls } from './filesystem-calls.ts';
import { bytesOf, openFile, smallFile } from './filesystem-content.ts';
import { copyMembersOf } from './filesystem-copy-members.ts';
import { type Naming, translated } from './filesystem-errors.ts';
import { flushBy, type Sync } from './filesystem-flush.ts';
import { realPlace } from './filesystem-folder.ts';
import { within } from './filesystem-hold.ts';
import { listCollection, requireListable } from './filesystem-list.ts';
import { beginListing } from './filesystem-list-begun.ts';
import { oneDisk } from './filesystem-mounts.ts';
import { obstaclesIn } from './filesystem-obstacles.ts';
import { makePace } from './filesystem-pace.ts';
import { diskPaths } from './filesystem-path.ts';
import { presentIn } from './filesystem-present.ts';
import { putSmall } from './filesystem-put.ts';
import { removeResource } from './filesystem-remove.ts';
import { removeMembersOf, removeTreeOf } from './filesystem-remove-tree.ts';
import { renameResource } from './filesystem-rename.ts';
import { resourceOf } from './filesystem-resource.ts';
import { stageNear } from './filesystem-stage.ts';
import { copyContent, copyPatched, namesKept, writeFile } from './filesystem-write.ts';
import { refusals } from './refusals.ts';
import type { Content, Resource, Store } from './store.ts';

export interface FilesystemOptions {
  /** Absolute path of an existing folder; its real path is taken once. */
  readonly folder: string;
  /** Every verb that writes answers 403, `stage` too. */
  readonly readOnly?: boolean;
  /** Brings to the disk what a verb has changed, before it resolves; nothing does when absent. */
  readonly sync?: Sync | undefined;
  /** Follow symbolic links out of the folder too. */
  readonly followSymlinks?: boolean;
  /** A directory that no link may lead to: where state is kept. */
  readonly closed?: string | undefined;
  /** Told of each listing of a collection that holds names which are not UTF-8: what bears them is served to nobody. */
  readonly unnamed?: (collection: Path, count: number) => void;
  /** Fresh ones when absent; a test hands in some whose clock it can stop. */
  readonly etags?: Etags;
}

/**
 * A folder of the disk as a store. Symbolic links are followed inside the folder and are not there otherwise; unless
 * `followSymlinks` says so, nothing outside it is read, listed, written or removed. Throws the system's own error when the folder does not exist.
 */
export function filesystemStore(options: FilesystemOptions): Store {
  const folder = realpathSync.native(options.folder);
  const outside = options.followSymlinks ?? false;
  // Out of the folder any file system may be met, with no answer for as long as it likes.
  const calls = makeCalls(makePace(outside ? () => false : oneDisk(folder)));
  const paths = diskPaths(folder, calls, { outside, closed: options.closed && realPlace(options.closed) });
  const etags = options.etags ?? makeEtags();
  const flush = flushBy(calls, options.sync);
  const disk = { calls, paths, etags, flush };
  const find = <T>(work: () => Promise<T>) => translated('existing', work);
  const change = async <T>(naming: Naming, work: () => Promise<T>): Promise<T> => {
    if (options.readOnly) throw refusals.readOnly();
    return translated(naming, work);
  };

  return {
    async stat(path) {
      const spot = paths.now(path) ?? (await find(() => paths.resolve(path)));
      return spot.state === 'taken' ? resourceOf(path, spot.link, spot.stats, etags) : undefined;
    },

    list: (path, unnamed, begun) => {
      const tell = (count: number) => {
        options.unnamed?.(path, count);
        unnamed?.(count);
      };
      return listCollection(disk, path, tell, begun);
    },

    beginList: (path, others) => beginListing(disk, path, others),

    read: (path) =>
      find(async () => {
        const small = await smallFile(disk, path);
        if (small) return inMemory(resourceOf(path, false, small.stats, etags), small.bytes);
        const { handle, spot, stats } = await openFile(disk, path);
        return {
          resource: resourceOf(path, spot.link, stats, etags),
          bytes: (range, more) => bytesOf(handle, Number(stats.size), range, more),
          close: () => handle.close(),
        };
      }),

    write: (path, bytes) => change('new', () => writeFile(disk, path, bytes)),

    makeCollection: (path) =>
      change('new', async () => {
        const { collection } = await paths.free(path);
        await within(calls, collection, async (place) => {
          await flush.around(namesKept(path, place), async () => {
            await calls.mkdir(`${place}/${nameOf(path)}`);
            etags.written(await calls.lstat(`${place}/${nameOf(path)}`));
          });
        });
      }),

    copyFile: (from, to) => change('new', () => copyContent(disk, from, to)),

    copyPatched: (from, to, offset, bytes) => change('new', () => copyPatched(disk, from, to, { offset, bytes })),

    remove: (path) => change('existing', () => removeResource(disk, path)),

    rename: (from, to) => change('existing', () => renameResource(disk, from, to)),

    async writable(path) {
      if (options.readOnly) return false;
      try {
        const { target, stats } = await paths.existing(path);
        if (!stats.isDirectory()) return false;
        await calls.access(target, constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },

    obstacles: (path) => find(() => obstaclesIn(disk, path)),

    setAttributes: (path, attributes) => change('existing', () => setAttributes(disk, path, attributes)),

    stage: (near) => change('new', () => stageNear(disk, near)),

    put: options.readOnly || options.sync ? undefined : (path, bytes) => find(() => putSmall(disk, path, bytes)),

    // What is to be on the disk before the answer goes there one by one.
    bulk:
      options.readOnly || options.sync
        ? undefined
        : {
            removeTree: (path, removed) => find(() => removeTreeOf(disk, path, removed)),
            removeMembers: (path, staying, removed) => find(() => removeMembersOf(disk, path, staying, removed)),
            copyMembers: (from, to, levels) => copyMembersOf(disk, from, to, levels, (path, count) => options.unnamed?.(path, count)),
            replaceFiles: (which) => replaceFilesOf(disk, which, (count) => options.unnamed?.(which.from, count)),
            moveFiles: (which) => moveFilesOf(disk, which, (count) => options.unnamed?.(which.from, count)),
            present: (path, names) => presentIn(disk, path, names).catch(() => new Set()),
            listable: (path) => find(() => requireListable(disk, path)),
          },

    async space(path) {
      try {
        const spot = await paths.resolve(path);
        if (spot.state !== 'taken' && spot.state !== 'free') return undefined;
        const { bsize, bavail, bfree, blocks } = await statfs(spot.state === 'taken' ? spot.target : spot.collection);
        return { available: Math.max(0, bavail * bsize), used: Math.max(0, (blocks - bfree) * bsize) };
      } catch {
        return undefined;
      }
    },
  };
}

function inMemory(resource: Resource, bytes: Uint8Array): Content {
  return {
    resource,
    whole: bytes,
    async *bytes(range) {
      yield range ? bytes.subarray(range.start, range.end + 1) : bytes;
    },
    close: async () => {},
  };
}
