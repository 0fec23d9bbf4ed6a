// A store and a state that belong together: both in memory, and both on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbState } from '../../src/state/lmdb.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { State } from '../../src/state/state.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';

export interface Pair {
  readonly store: Store;
  readonly state: State;
  readonly close: () => Promise<void>;
}

export const pairs = {
  async memory(): Promise<Pair> {
    return { store: memoryStore(), state: memoryState(), close: async () => {} };
  },
  async disk(): Promise<Pair> {
    const folder = mkdtempSync(join(tmpdir(), 'dav207-replay-'));
    const state = await lmdbState(join(folder, '.dav207'));
    const close = async () => {
      await state.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { store: filesystemStore({ folder }), state, close };
  },
};
