// A store that notes what it carried out.
import type { Path } from '../../src/protocol/path.ts';
import type { Store } from '../../src/store/store.ts';

export interface Call {
  readonly verb: 'makeCollection' | 'copyFile' | 'remove' | 'rename';
  readonly path: Path;
  readonly to?: Path;
}

export function watchedStore(store: Store, calls: Call[]): Store {
  return {
    ...store,
    bulk: undefined,
    makeCollection: async (path) => {
      await store.makeCollection(path);
      calls.push({ verb: 'makeCollection', path });
    },
    copyFile: async (path, to) => {
      await store.copyFile(path, to);
      calls.push({ verb: 'copyFile', path, to });
    },
    remove: async (path) => {
      await store.remove(path);
      calls.push({ verb: 'remove', path });
    },
    rename: async (path, to) => {
      await store.rename(path, to);
      calls.push({ verb: 'rename', path, to });
    },
  };
}
