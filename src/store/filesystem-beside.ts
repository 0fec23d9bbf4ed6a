// A thread beside the event loop that looks at the members of large collections, while the event loop writes the rows of those before.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Look } from './filesystem-look.ts';

export interface Beside {
  /**
   * Of each name in the directory at `place` what bears it, undefined where that fails. undefined instead, at once or in the end,
   * where the caller has to look itself: the thread takes some time to begin, does not for a few, and may fail.
   */
  look(place: string, names: readonly string[]): Promise<(Look | undefined)[] | undefined> | undefined;
}

/** Who waits for an answer, and since when. */
interface Waiting {
  readonly since: number;
  answered(numbers?: BigInt64Array): void;
}

const WORTH = 2_048; // names: to look at fewer is over before a thread has begun
const IDLE = 10_000; // milliseconds after which the thread ends: it takes some MB
const WAITING = 4; // requests: more are done sooner here
// Milliseconds for one: the thread waits for a processor, or for the disk, which the thread pool may ask for several things at once.
const SLOW = 10;
const LEFT = 16; // requests that are then left to the caller

export function makeBeside(processors = availableParallelism(), slow = SLOW): Beside {
  let worker: Worker | undefined;
  let online = false;
  let failed = processors < 2;
  let asked = 0;
  let left = 0;
  let idle: NodeJS.Timeout | undefined;
  let waiting: Waiting[] = [];

  function begin(): Worker {
    const begun = new Worker(`(${inThread})()`, { eval: true, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    begun.unref();
    begun.on('online', () => {
      online = true;
    });
    begun.on('message', (numbers: BigInt64Array) => {
      const first = waiting.shift();
      first?.answered(numbers);
      if (first && performance.now() - first.since > slow) left = LEFT;
      if (waiting.length === 0) begun.unref();
    });
    begun.on('error', () => {
      failed = true;
    });
    begun.on('exit', () => {
      const all = waiting;
      waiting = [];
      worker = undefined;
      online = false;
      for (const { answered } of all) answered();
    });
    return begun;
  }

  function tryToBegin(): Worker | undefined {
    try {
      return begin();
    } catch {
      failed = true; // where the process may have no threads
      return undefined;
    }
  }

  /** A thread that is wanted has some more time. */
  function stay(): void {
    idle?.refresh();
    idle ??= setTimeout(() => {
      idle = undefined;
      asked = 0;
      void worker?.terminate();
    }, IDLE).unref();
  }

  return {
    look(place, names) {
      if (failed) return undefined;
      stay();
      asked += names.length;
      if (!worker && asked > WORTH) worker = tryToBegin();
      if (left > 0) left--;
      else if (worker && online && waiting.length < WAITING) {
        if (waiting.length === 0) worker.ref();
        // No name holds a slash, and one string is copied sooner than many.
        worker.postMessage({ place, names: names.join('/') });
        const since = performance.now();
        return new Promise((resolve) => waiting.push({ since, answered: (numbers) => resolve(numbers && looksIn(numbers)) }));
      }
      return undefined;
    },
  };
}

/** For all stores of the process. */
export const BESIDE = makeBeside();

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

/** All that the thread does, given to it as text: a file of its own would not be found by who bundles this one. It can refer to nothing that is outside. */
function inThread(): void {
  const fs = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  parentPort?.on('message', ({ place, names }: { place: string; names: string }) => {
    const all = names.split('/');
    const numbers = new BigInt64Array(all.length * 8);
    let at = 0;
    for (const name of all) {
      try {
        const stats = fs.lstatSync(`${place}/${name}`, { bigint: true, throwIfNoEntry: false });
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
    parentPort?.postMessage(numbers, [numbers.buffer]);
  });
}
