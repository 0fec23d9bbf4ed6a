// A store whose verbs can be told to fail at a path: the real one underneath, refusals on top.
import { DavError } from '../../src/protocol/error.ts';
import { isReserved, isWithin, type Path, parentOf, ROOT } from '../../src/protocol/path.ts';
import { asFailedReading } from '../../src/store/copy-failure.ts';
import type { Obstacle, Store } from '../../src/store/store.ts';
import type { Fault } from './scenario.ts';

/** A fault that was met: what was asked of which resource, and where that was to go. */
export interface Hit {
  readonly verb: string;
  readonly path: Path;
  readonly to?: Path;
  readonly status: number;
}

/**
 * `copyFile` faults count as failures to read its source, `copyFileTo` (named after the source as well, for its destination
 * is a place with no name yet) as failures to write; `renameTo` is told by the new name; a fault on `writable` answers no, and keeps
 * the members of the collection as they are.
 */
export function faultyStore(store: Store, faults: readonly Fault[], hit: (hit: Hit) => void = () => {}): Store {
  const met = faults.map(() => 0);

  async function refuse(verb: string, path: Path, to?: Path): Promise<void> {
    const name = (verb === 'renameTo' && to) || path;
    for (const [index, fault] of faults.entries()) {
      if (fault.verb !== verb || !name.endsWith(fault.at)) continue;
      // Nobody else removes what is the server's own.
      if (fault.status === 404 && (isReserved(name) || name === ROOT)) continue;
      met[index] = (met[index] ?? 0) + 1;
      if (fault.call !== undefined && fault.call !== met[index]) continue;
      hit({ verb, path, ...(to !== undefined && { to }), status: fault.status });
      if (fault.status === 404) await vanish(store, name);
      // What is gone is no failure of `stat`: it finds nothing.
      if (fault.status === 404 && verb === 'stat') return;
      const details = fault.status === 507 ? { condition: { name: 'sufficient-disk-space' } as const } : {};
      throw new DavError(fault.status, 'The store refuses.', details);
    }
  }

  /** What may not be written keeps its members as they are. */
  function requireWritable(...members: readonly Path[]): void {
    for (const path of members.map(parentOf)) {
      if (!faults.some(({ verb, at }) => verb === 'writable' && at === path)) continue;
      hit({ verb: 'writable', path, status: 403 });
      throw new DavError(403, 'The store refuses.');
    }
  }

  return {
    ...store,
    bulk: undefined,
    stat: async (path) => {
      await refuse('stat', path);
      return store.stat(path);
    },
    async *list(path, unnamed) {
      await refuse('list', path);
      yield* store.list(path, unnamed);
    },
    makeCollection: async (path) => {
      await refuse('makeCollection', path);
      requireWritable(path);
      return store.makeCollection(path);
    },
    copyFile: async (from, to) => {
      await refuse('copyFile', from, to).catch((error) => Promise.reject(asFailedReading(error)));
      await refuse('copyFileTo', from, to);
      requireWritable(to);
      return store.copyFile(from, to);
    },
    remove: async (path) => {
      await refuse('remove', path);
      requireWritable(path);
      return store.remove(path);
    },
    rename: async (from, to) => {
      await refuse('rename', from, to);
      await refuse('renameTo', from, to);
      requireWritable(from, to);
      return store.rename(from, to);
    },
    stage: async (near) => {
      await refuse('stage', near);
      return store.stage(near);
    },
    obstacles: async (path) => {
      await refuse('obstacles', path);
      const refused: Obstacle[] = [];
      for (const { verb, at } of faults) {
        const collection = at as Path;
        if (verb !== 'writable' || !isWithin(collection, path) || !(await hasMembers(store, collection))) continue;
        hit({ verb, path: collection, status: 403 });
        refused.push({ collection, error: new DavError(403, 'The store refuses.') });
      }
      return [...refused, ...(await store.obstacles(path))];
    },
    writable: async (path) => {
      if (!faults.some(({ verb, at }) => verb === 'writable' && at === path)) return store.writable(path);
      hit({ verb: 'writable', path, status: 403 });
      return false;
    },
  };
}

/** Remove what is at `path` with all below it; nothing is where there is nothing. */
async function vanish(store: Store, path: Path): Promise<void> {
  const there = await store.stat(path);
  if (!there) return;
  if (there.collection) for await (const batch of store.list(path)) for (const member of batch) await vanish(store, member.path);
  await store.remove(path);
}

async function hasMembers(store: Store, path: Path): Promise<boolean> {
  if (!(await store.stat(path))?.collection) return false;
  for await (const _ of store.list(path)) return true;
  return false;
}
