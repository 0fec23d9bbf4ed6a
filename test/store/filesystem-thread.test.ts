// A thread of the store ends when it has been idle for a while, and not before what was asked of it is told.
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeThread } from '../../src/store/filesystem-thread.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const UNTIL = '({ flag }) => { Atomics.wait(flag, 0, 0); return { flag: flag[0] }; }';

test('a call that takes longer than a thread stays idle is told of', async () => {
  const thread = makeThread<{ readonly flag: Int32Array }, { readonly flag: number }>(UNTIL, 0, 2);
  expect(thread.expect(1)).toBe(true);
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const told = thread.ask({ flag });
  jest.advanceTimersByTime(75_000);
  Atomics.store(flag, 0, 207);
  Atomics.notify(flag, 0);
  expect(await told).toEqual({ flag: 207 });
  expect(thread.ready).toBe(true);
  jest.advanceTimersByTime(30_000);
  while (thread.ready) await setImmediate();
});

test('it stays for half a minute in which it is asked nothing', async () => {
  const thread = makeThread<{ readonly flag: number }, { readonly flag: number }>('({ flag }) => ({ flag })', 0, 2);
  expect(thread.expect(1)).toBe(true);
  expect(await thread.ask({ flag: 1 })).toEqual({ flag: 1 });
  jest.advanceTimersByTime(29_999);
  expect(await thread.ask({ flag: 2 })).toEqual({ flag: 2 });
  jest.advanceTimersByTime(1);
  expect(await thread.ask({ flag: 3 })).toBeUndefined();
});
