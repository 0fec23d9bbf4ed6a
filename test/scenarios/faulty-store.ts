// A store whose verbs can be told to fail at a path: the real one underneath, one refusal on top.
import { DavError } from '../../src/protocol/error.ts';
import { isWithin, type Path } from '../../src/protocol/path.ts';
import { asFailedReading } from '../../src/store/copy-failure.ts';
import type { Store } from '../../src/store/store.ts';
import type { Fault } from './scenario.ts';

/** `copyFile` faults count as failures to read its source; a fault on `writable` answers no, and stands in the way of what is removed as a whole. */
export function faultyStore(store: Store, faults: readonly Fault[]): Store {
  const refuse = (verb: string, ...paths: Path[]) => {
    const fault = faults.find((each) => each.verb === verb && paths.some((path) => path.endsWith(each.at)));
    if (!fault) return;
    const error = new DavError(
      fault.status,
      'The store refuses.',
      fault.status === 507 ? { condition: { name: 'sufficient-disk-space' } } : {},
    );
    throw verb === 'copyFile' ? asFailedReading(error) : error;
  };
  return {
    ...store,
    list: (path) => {
      refuse('list', path);
      return store.list(path);
    },
    makeCollection: async (path) => {
      refuse('makeCollection', path);
      return store.makeCollection(path);
    },
    copyFile: async (from, to) => {
      refuse('copyFile', from);
      return store.copyFile(from, to);
    },
    remove: async (path) => {
      refuse('remove', path);
      return store.remove(path);
    },
    rename: async (from, to) => {
      refuse('rename', from);
      return store.rename(from, to);
    },
    obstacles: async (path) => {
      const refused = faults.filter(({ verb, at }) => verb === 'writable' && isWithin(at as Path, path));
      const error = new DavError(403, 'The store refuses.');
      return [...refused.map(({ at }) => ({ collection: at as Path, error })), ...(await store.obstacles(path))];
    },
    writable: async (path) => !faults.some((fault) => fault.verb === 'writable' && fault.at === path) && store.writable(path),
  };
}
