// The thread that looks at the members of large collections, while the event loop writes the rows of those before.
import type { Look } from './filesystem-look.ts';
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

export function makeLookThread(processors?: number, slow = SLOW): LookThread {
  const thread = makeThread<Asked, BigInt64Array>(String(lookAll), WORTH, processors);
  let left = 0;

  async function answer(place: string, names: readonly string[]): Promise<(Look | undefined)[] | undefined> {
    const since = performance.now();
    // No name holds a slash, and one string is copied sooner than many.
    const numbers = await thread.ask({ place, names: names.join('/') });
    if (numbers && performance.now() - since > slow) left = LEFT;
    return numbers && looksIn(numbers);
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

const NUMBERS = 8; // of each name

function looksIn(numbers: BigInt64Array): (Look | undefined)[] {
  const looks: (Look | undefined)[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const of = (number: number) => numbers[at + number] as bigint;
    const mode = of(2);
    looks.push(
      mode === 0n
        ? undefined
        : { dev: of(0), ino: of(1), mode, size: of(3), mtimeNs: of(4), ctimeNs: of(5), mtimeMs: of(6), birthtimeMs: of(7) },
    );
  }
  return looks;
}

/** What the thread does. */
function lookAll({ place, names }: Asked): BigInt64Array {
  const { lstatSync } = process.getBuiltinModule('node:fs');
  const all = names.split('/');
  const numbers = new BigInt64Array(all.length * 8);
  let at = 0;
  for (const name of all) {
    try {
      const stats = lstatSync(`${place}/${name}`, { bigint: true, throwIfNoEntry: false });
      if (stats) {
        numbers[at] = stats.dev;
        numbers[at + 1] = stats.ino;
        numbers[at + 2] = stats.mode;
        numbers[at + 3] = stats.size;
        numbers[at + 4] = stats.mtimeNs;
        numbers[at + 5] = stats.ctimeNs;
        numbers[at + 6] = stats.mtimeMs;
        numbers[at + 7] = stats.birthtimeMs;
      }
    } catch {
      // It stays without a mode.
    }
    at += 8;
  }
  return numbers;
}
