// The thread that looks at the members of large collections, while the event loop writes the rows of those before.
import { DESCRIPTORS } from './filesystem-descriptors.ts';
import { SMALL_DIRECTORY } from './filesystem-entries.ts';
import type { Look } from './filesystem-look.ts';
import { type Looks, lookingAt, looksIn } from './filesystem-looks.ts';
import { textOf } from './filesystem-names.ts';
import { type SmallCollection, smallCollections } from './filesystem-small-collection.ts';
import { makeThread } from './filesystem-thread.ts';
import { waysBy } from './filesystem-way.ts';

export interface LookThread {
  /**
   * Of each name in the directory at `place` what bears it, undefined where that fails. undefined instead, at once or in the end,
   * where the caller has to look itself: the thread takes some time to begin, does not for a few, and may fail. `foreseen`: so many may
   * be to come in all.
   */
  look(place: string, names: readonly string[], foreseen?: number): Promise<(Look | undefined)[] | undefined> | undefined;
  /** All in the directory with the real path `real`, where it is a small one; undefined likewise. `others`: so many are to be listed after it. */
  list(real: string, others?: number): Promise<Listed | undefined> | undefined;
}

export interface Listed {
  readonly names: readonly string[];
  readonly looks: readonly (Look | undefined)[];
  /** How many names are not UTF-8. */
  readonly unnamed: number;
}

const WORTH = 2_048; // names
const WAITING = 4; // requests: more are done sooner here
const SMALL = 64; // names that a small collection may have
// Milliseconds that the thread is at one: it waits for the disk, which the thread pool may ask for several things at once.
const SLOW = 10;
const LEFT = 16; // requests that are left to the caller after two of them, one after the other

const WORK = `((fs) => {
  const looksAt = (${lookingAt})(fs.lstatSync);
  const collection = (${smallCollections})(fs, looksAt, (${waysBy})(fs), ${textOf}, '${DESCRIPTORS}', ${SMALL_DIRECTORY});
  return ({ place, names }) => {
    const since = performance.now();
    const told = names === undefined ? collection(place) : looksAt(place, names.split('/'));
    return told && { ...told, took: performance.now() - since };
  };
})(require('node:fs'))`;

export function makeLookThread(processors?: number, slow = SLOW): LookThread {
  const thread = makeThread<Asked, Told | undefined>(WORK, WORTH, processors);
  let left = 0;
  let times = 0;

  async function answer(asked: Asked): Promise<Told | undefined> {
    const told = await thread.ask(asked);
    if (told) times = told.took > slow ? times + 1 : 0;
    if (times > 1) left = LEFT;
    return told;
  }

  /** What is asked, if it may be. */
  function ask(count: number, asked: Asked): Promise<Told | undefined> | undefined {
    if (!thread.expect(count)) return undefined;
    if (left > 0) left--;
    else if (thread.ready && thread.waiting < WAITING) return answer(asked);
    return undefined;
  }

  return {
    // No name holds a slash, and one string is copied sooner than many.
    look(place, names, foreseen = 0) {
      thread.foresee(foreseen);
      return ask(names.length, { place, names: names.join('/') })?.then((looks) => looks && looksIn(looks));
    },
    list(real, others = 0) {
      thread.foresee(SMALL * others);
      return ask(SMALL, { place: real })?.then((told) =>
        told && 'names' in told
          ? { names: told.names === '' ? [] : told.names.split('/'), looks: looksIn(told), unnamed: told.unnamed }
          : undefined,
      );
    },
  };
}

/** For all stores of the process. */
export const LOOK_THREAD = makeLookThread();

interface Asked {
  readonly place: string;
  /** Absent for a whole collection. */
  readonly names?: string;
}

type Told = (Looks | SmallCollection) & {
  /** Milliseconds in the thread, but for those before it came to it: where processors are busy, the caller would wait as well. */
  readonly took: number;
};
