// A small file is read whole where it is one, and nothing else is: no link, no pipe, no file of a directory that is elsewhere now.
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { holdAnew } from '../../src/store/filesystem-hold.ts';
import { readWhole } from '../../src/store/filesystem-whole.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let now: number;

beforeEach(() => {
  home = temporaryFolder();
  for (const directory of ['c', 'outside']) {
    mkdirSync(`${home}/${directory}`);
    writeFileSync(`${home}/${directory}/f`, directory);
  }
  now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  removeFolder(home);
});

/** As at the beginning of a turn of the event loop. */
function read(name = 'c/f'): string | undefined {
  holdAnew();
  const whole = readWhole(`${home}/${name}`);
  return whole && Buffer.from(whole.bytes).toString();
}

function becomes(make: () => void): void {
  renameSync(`${home}/c/f`, `${home}/was`);
  make();
}

const OTHERS: [string, () => void][] = [
  ['a pipe', () => void execFileSync('mkfifo', [`${home}/c/f`])],
  ['a link', () => symlinkSync('../outside/f', `${home}/c/f`)],
  ['a collection', () => mkdirSync(`${home}/c/f`)],
  ['a large file', () => writeFileSync(`${home}/c/f`, Buffer.alloc(64 * 1024 + 1))],
  ['nothing', () => {}],
];

/** Whether it is opened: a pipe's writer would go on. */
function isOpened(): boolean {
  const open = jest.spyOn(fs, 'openSync');
  expect(read()).toBe(undefined);
  const opened = open.mock.calls.some(([place]) => String(place).endsWith('/f'));
  open.mockRestore();
  return opened;
}

test('with what it is', () => {
  expect(read()).toBe('c');
  expect(readWhole(`${home}/c/f`)?.stats.size).toBe(1n);
});

test.each(OTHERS)('but not %s', (_what, make) => {
  becomes(make);
  expect([read(), isOpened()]).toEqual([undefined, false]);
});

test.each(OTHERS)('nor, in the moment after it came in the place of the file, %s, which is not opened after that', (_what, make) => {
  read();
  now += 249;
  becomes(make);
  expect(read()).toBe(undefined);
  now += 1;
  expect(isOpened()).toBe(false);
});

test('nor through a link in the place of its collection, whether it comes before or in the same turn', () => {
  read();
  renameSync(`${home}/c`, `${home}/aside`);
  symlinkSync('outside', `${home}/c`);
  expect(Buffer.from(readWhole(`${home}/c/f`)?.bytes ?? []).toString()).toBe('c');
  expect(read()).toBe(undefined);
});
