// A store for one write: what is done counts as done, so that its state goes with it, even if the disk does not confirm it.
import type { DavError } from '../protocol/error.ts';
import type { Store } from '../store/store.ts';
import { doneIn } from '../store/unconfirmed.ts';

export interface Confirming {
  readonly store: Store;
  /** The first failure of the disk to confirm what was done; to be thrown when all is, for a later one may not be told. */
  readonly failure: () => DavError | undefined;
}

/**
 * Nothing is undone for want of a confirmation: what undoes it would need one as well, and after an fsync that failed the system
 * may take the next one for done.
 */
export function confirming(store: Store): Confirming {
  let failure: DavError | undefined;
  const counted =
    <Given extends unknown[], T>(verb: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      try {
        return await verb(...given);
      } catch (error) {
        const done = doneIn<T>(error);
        if (!done) throw error;
        failure ??= done.error;
        return done.result;
      }
    };
  return {
    store: {
      ...store,
      write: counted(store.write),
      makeCollection: counted(store.makeCollection),
      copyFile: counted(store.copyFile),
      copyPatched: counted(store.copyPatched),
      remove: counted(store.remove),
      rename: counted(store.rename),
    },
    failure: () => failure,
  };
}
