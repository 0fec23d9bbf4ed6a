// The thread that takes its share of many small files that are copied or removed.
import { LARGE } from './filesystem-handle.ts';
import { type Lot, smallFiles } from './filesystem-small-files.ts';
import { makeThread } from './filesystem-thread.ts';

export interface LotThread {
  /** Let the thread take files of a lot too, once it can. Gives what resolves when it has handled those it took. */
  share(lot: Lot): Promise<void>;
}

const WORTH = 1_000; // files

const WORK = `((some) => ({ names, ...rest }) => {
  const lot = { ...rest, names: names.split('/') };
  while (some(lot, true) > 0);
})((${smallFiles})(require('node:fs'), ${LARGE}))`;

export function makeLotThread(worth = WORTH, processors?: number): LotThread {
  // No name holds a slash, and one string is copied sooner than many.
  const thread = makeThread<Omit<Lot, 'names'> & { readonly names: string }, undefined>(WORK, worth, processors);
  return {
    async share(lot) {
      if (thread.expect(lot.names.length)) await thread.ask({ ...lot, names: lot.names.join('/') });
    },
  };
}

/** For all stores of the process. */
export const LOT_THREAD = makeLotThread();
