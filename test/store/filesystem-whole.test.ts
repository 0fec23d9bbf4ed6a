// A small file is read whole where it is one, and nothing else is: no link, no pipe, no file of a directory that is elsewhere now.
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { arrive } from '../../src/store/filesystem-arrivals.ts';
import { readWhole } from '../../src/store/filesystem-whole.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;

beforeEach(() => {
  home = temporaryFolder();
  for (const directory of ['c', 'outside']) {
    mkdirSync(`${home}/${directory}`);
    writeFileSync(`${home}/${directory}/f`, directory);
  }
});

afterEach(() => {
  jest.restoreAllMocks();
  removeFolder(home);
});

const longAfter = () => jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);

/** As for a request that has come just now. */
function read(name = 'c/f'): string | undefined {
  arrive();
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

const looks = () => jest.spyOn(fs, 'lstatSync');

test('with what it is, and nothing of it stays open', () => {
  expect(read()).toBe('c');
  expect(readWhole(`${home}/c/f`)?.stats.size).toBe(1n);
  const open = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // of the reading itself
    }
  });
  expect(open.filter((place) => place.startsWith(`${home}/c/`))).toEqual([]);
});

test('but not one that became shorter meanwhile', () => {
  jest.spyOn(fs, 'readSync').mockReturnValue(0);
  expect(read()).toBe(undefined);
});

test.each(OTHERS)('but not %s', (_what, make) => {
  becomes(make);
  expect([read(), isOpened()]).toEqual([undefined, false]);
});

test.each(OTHERS)('nor %s that has come in the place of a file, be that in a directory which did not change for long', (_what, make) => {
  longAfter();
  read();
  becomes(make);
  expect([isOpened(), isOpened()]).toEqual([false, false]);
});

test('as long as its directory does not change it is not looked at before it is opened', () => {
  longAfter();
  read();
  const look = looks();
  expect([read(), look.mock.calls.length]).toEqual(['c', 0]);
  writeFileSync(`${home}/c/other`, '');
  expect([read(), look.mock.calls.length]).toEqual(['c', 1]);
});

test('where the directory changed a moment ago it is: some disks count in seconds', () => {
  read();
  const look = looks();
  expect([read(), look.mock.calls.length]).toEqual(['c', 1]);
});

test('nor through a link in the place of its collection, whatever another request has held before this one came', () => {
  read();
  renameSync(`${home}/c`, `${home}/aside`);
  symlinkSync('outside', `${home}/c`);
  expect(Buffer.from(readWhole(`${home}/c/f`)?.bytes ?? []).toString()).toBe('c');
  expect(read()).toBe(undefined);
});
