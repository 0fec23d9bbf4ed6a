// What every store does, whatever it is made of. Run by the test of each implementation, and of each wrapper of one.
import { afterEach, beforeEach } from '@jest/globals';
import type { Store } from '../../src/store/store.ts';
import { readingContract } from './reading.contract.ts';
import { renamingContract } from './renaming.contract.ts';
import { writingContract } from './writing.contract.ts';

export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** @param open gives an empty store */
export function storeContract(name: string, open: () => Promise<OpenStore>): void {
  let opened: OpenStore;

  beforeEach(async () => {
    opened = await open();
  });

  afterEach(() => opened.close());

  const current = () => opened.store;
  readingContract(name, current);
  writingContract(name, current);
  renamingContract(name, current);
}
