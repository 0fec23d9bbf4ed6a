// A thread beside the event loop, for the system calls of many files. It begins when there are many, and ends when there are none.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export interface Thread<Asked, Told> {
  /**
   * Tell how many files there are to do something with, of which the thread may be asked to do a part. Gives whether it can be:
   * it is not for a few, not beside a single processor, and never again when it has failed.
   */
  expect(files: number): boolean;
  /** So many may be to come: it begins now, where it would for these alone, and not when half of them are done. */
  foresee(files: number): void;
  /** Whether what it is asked is done at once: it takes some time to begin. */
  readonly ready: boolean;
  /** How many have asked and were not answered yet. */
  readonly waiting: number;
  /** In the order of asking; undefined where it ends before. */
  ask(asked: Asked): Promise<Told | undefined>;
}

const IDLE = 30_000; // milliseconds after which it ends: it takes some MB, and who has just cleared one folder goes to the next

/**
 * `work` is a function without anything from outside, as text: a file of its own would not be found by who bundles this one. It is
 * given what is asked, and gives what is told, of which a buffer is handed over, or undefined. `worth`: files that are done sooner than a
 * thread begins.
 */
export function makeThread<Asked, Told extends object | undefined>(
  work: string,
  worth: number,
  processors = availableParallelism(),
): Thread<Asked, Told> {
  let worker: Worker | undefined;
  let ready = false;
  let failed = processors < 2;
  let expected = 0;
  let idle: NodeJS.Timeout | undefined;
  let waiting: ((told?: Told) => void)[] = [];

  function begin(): Worker | undefined {
    try {
      // What an app loads first is not for it. It keeps nothing, and a small heap for what is new is soon cleared.
      const begun = new Worker(textOf(work), { eval: true, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
      begun.unref();
      begun.on('online', () => {
        ready = true;
      });
      begun.on('message', (told: Told) => {
        waiting.shift()?.(told);
        if (waiting.length === 0) begun.unref();
      });
      begun.on('error', () => {
        failed = true;
      });
      begun.on('exit', () => {
        const all = waiting;
        waiting = [];
        worker = undefined;
        ready = false;
        for (const answer of all) answer();
      });
      return begun;
    } catch {
      failed = true; // where the process may have no threads
      return undefined;
    }
  }

  function stay(): void {
    idle?.refresh();
    idle ??= setTimeout(() => {
      idle = undefined;
      if (waiting.length > 0) return stay(); // a disk may take that long for one call
      expected = 0;
      void worker?.terminate();
    }, IDLE).unref();
  }

  function expect(files: number): boolean {
    if (failed) return false;
    stay();
    expected += files;
    if (expected > worth) worker ??= begin();
    return worker !== undefined;
  }

  return {
    get ready() {
      return ready;
    },
    get waiting() {
      return waiting.length;
    },
    expect,
    foresee(files) {
      if (files > worth) expect(files);
    },
    ask(asked) {
      const asking = worker;
      if (!asking || failed) return Promise.resolve(undefined);
      asking.ref();
      return new Promise((resolve) => {
        waiting.push(resolve);
        asking.postMessage(asked);
      });
    },
  };
}

function textOf(work: string): string {
  return `
const { parentPort } = require('node:worker_threads');
const work = (${work});
parentPort.on('message', (asked) => {
  const told = work(asked);
  parentPort.postMessage(told, told?.buffer ? [told.buffer] : []);
});`;
}
