// The thread that looks at the members of large collections, while the event loop writes the rows of those before.
import { tagger } from './etag.ts';
import type { Look } from './filesystem-look.ts';
import { type Looks, lookingAt, looksIn } from './filesystem-looks.ts';
import { makeThread } from './filesystem-thread.ts';

export interface LookThread {
  /**
   * Of each name in the directory at `place` what bears it, undefined where that fails. undefined instead, at once or in the end,
   * where the caller has to look itself: the thread takes some time to begin, does not for a few, and may fail.
   */
  look(place: string, names: readonly string[]): Promise<(Look | undefined)[] | undefined> | undefined;
}

const WORTH = 2_048; // names
const WAITING = 4; // requests: more are done sooner here
// Milliseconds for one: the thread waits for a processor, or for the disk, which the thread pool may ask for several things at once.
const SLOW = 10;
const LEFT = 16; // requests that are then left to the caller

const WORK = `((looksAt) => ({ place, names }) => looksAt(place, names.split('/')))(
  (${lookingAt})(require('node:fs').lstatSync, ${tagger}, require('node:crypto').hash)
)`;

export function makeLookThread(processors?: number, slow = SLOW): LookThread {
  const thread = makeThread<Asked, Looks>(WORK, WORTH, processors);
  let left = 0;

  async function answer(place: string, names: readonly string[]): Promise<(Look | undefined)[] | undefined> {
    const since = performance.now();
    // No name holds a slash, and one string is copied sooner than many.
    const looks = await thread.ask({ place, names: names.join('/') });
    if (looks && performance.now() - since > slow) left = LEFT;
    return looks && looksIn(looks);
  }

  return {
    look(place, names) {
      if (!thread.expect(names.length)) return undefined;
      if (left > 0) left--;
      else if (thread.ready && thread.waiting < WAITING) return answer(place, names);
      return undefined;
    },
  };
}

/** For all stores of the process. */
export const LOOK_THREAD = makeLookThread();

interface Asked {
  readonly place: string;
  readonly names: string;
}
