// Calls are made on the event loop in slices, and not at all where an answer may not come.
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { oneDisk } from '../../src/store/filesystem-mounts.ts';
import { makePace, makeTurns, turn } from '../../src/store/filesystem-pace.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const later = async () => 'later';
const now = () => 'now';

/** Milliseconds. */
let time = 0;
const paced = (atOnce = () => true) =>
  makePace(
    atOnce,
    makeTurns(() => time),
  );
const long = (milliseconds: number) => () => {
  time += milliseconds;
  return 'long';
};

test('a call is made by the thread pool where the disk is not one', async () => {
  let whole = true;
  const pace = paced(() => whole);
  expect(await pace(now, later)).toBe('now');
  whole = false;
  expect(await pace(now, later)).toBe('later');
});

test('after two slow calls the next ones are left to the thread pool, and then it is tried again', async () => {
  const pace = paced();
  await pace(long(5), later);
  expect(await pace(now, later)).toBe('now');
  for (let call = 0; call < 2; call++) await pace(long(5), later);
  const ways: string[] = [];
  for (let call = 0; call < 65; call++) ways.push(await pace(now, later));
  expect(ways.slice(0, 64)).toEqual(Array(64).fill('later'));
  expect(ways[64]).toBe('now');
});

test('a failure is that of the call', async () => {
  const pace = paced();
  await expect(
    pace(() => {
      throw new Error('ENOENT');
    }, later),
  ).rejects.toThrow('ENOENT');
});

test('many long requests share the slices, and let others have a turn between them', async () => {
  const pace = paced();
  const order: string[] = [];
  const request = async (name: string) => {
    for (let step = 0; step < 6; step++) await pace(long(1), later).then(() => order.push(name));
  };
  const others = async () => {
    for (let turn = 0; turn < 12; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('.');
    }
  };
  await Promise.all([request('a'), request('b'), others()]);
  const turns = order.join('').split('.');
  // Three milliseconds are a slice that is over two, however many are at work. Before the first turn there may be two.
  expect(turns[0]?.length).toBeLessThanOrEqual(6);
  for (const turn of turns.slice(1)) expect(turn.length).toBeLessThanOrEqual(3);
  expect(
    order
      .filter((name) => name !== '.')
      .sort()
      .join(''),
  ).toBe('aaaaaabbbbbb');
  // Neither waits for the other to be done.
  expect(order.indexOf('b')).toBeLessThan(order.lastIndexOf('a'));
  expect(order.indexOf('a')).toBeLessThan(order.lastIndexOf('b'));
});

test('who comes first in a turn never waits', async () => {
  const pace = paced();
  await pace(long(1), later);
  await new Promise((resolve) => setImmediate(resolve));
  time += 1_000;
  let done = false;
  void pace(now, later).then(() => {
    done = true;
  });
  for (let tick = 0; tick < 10; tick++) await undefined;
  expect(done).toBe(true);
});

test('what must not wait is made here as long as the slice lasts, counts in it, and not at all where others would be left to the thread pool', async () => {
  let whole = true;
  const pace = paced(() => whole);
  expect(pace.here?.(long(3))).toBe('long');
  expect(pace.here?.(now)).toBe(undefined);
  await pace.turn?.();
  expect([pace.turn?.(), pace.here?.(long(3))]).toEqual([undefined, 'long']);
  whole = false;
  expect([pace.turn?.(), pace.here?.(now)]).toEqual([undefined, undefined]);
  whole = true;
  for (let call = 0; call < 2; call++) {
    await pace.turn?.();
    expect(pace.here?.(long(5))).toBe('long');
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(pace.here?.(now)).toBe(undefined);
  expect(await pace(now, later)).toBe('later');
});

let folder: string;
beforeEach(() => {
  folder = realpathSync(temporaryFolder());
});
afterEach(() => removeFolder(folder));

test('a folder is one disk as long as nothing is mounted in it', async () => {
  const place = `${folder}/a blank \\ and more`;
  mkdirSync(place);
  expect(oneDisk(folder)()).toBe(true);
  execFileSync('mount', ['-t', 'tmpfs', 'none', place]);
  try {
    expect(oneDisk(folder)()).toBe(false);
    // The mount itself can be one, and so can what is beside it.
    expect(oneDisk(place)()).toBe(true);
  } finally {
    execFileSync('umount', [place]);
  }
  expect(oneDisk(folder)()).toBe(true);
});

test('nor is it when something has come over it, or above it, since the start', async () => {
  const place = `${folder}/above/served`;
  mkdirSync(place, { recursive: true });
  for (const over of [place, `${folder}/above`]) {
    const whole = oneDisk(place);
    execFileSync('mount', ['--bind', over, over]);
    try {
      expect(whole()).toBe(false);
    } finally {
      execFileSync('umount', [over]);
    }
    expect(oneDisk(place)()).toBe(true);
  }
});

test('what takes its time without calls is done in slices too', async () => {
  const turns = makeTurns(() => time);
  const order: string[] = [];
  const rows = async () => {
    for (let step = 0; step < 9; step++) {
      await turn(turns);
      time += 1;
      order.push('r');
    }
  };
  const others = async () => {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('.');
    }
  };
  await Promise.all([others(), rows()]);
  expect(order.join('')).toMatch(/^(?:r{3}\.){3}\.$/);
});
