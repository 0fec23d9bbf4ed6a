// What a look or two here and now can tell is told, and nothing else: what may lead elsewhere is left to who looks at it in full.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { holdAnew } from '../../src/store/filesystem-hold.ts';
import { makePace, makeTurns } from '../../src/store/filesystem-pace.ts';
import { type DiskPaths, diskPaths } from '../../src/store/filesystem-path.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;
let paths: DiskPaths;
let atOnce: boolean;

beforeEach(() => {
  home = temporaryFolder();
  folder = `${home}/served`;
  mkdirSync(`${folder}/c/inner`, { recursive: true });
  mkdirSync(`${home}/outside`);
  for (const file of [`${folder}/c/f`, `${home}/outside/f`]) writeFileSync(file, 'content');
  symlinkSync('f', `${folder}/c/link`);
  execFileSync('mkfifo', [`${folder}/c/pipe`]);
  atOnce = true;
  // A slice without an end, and a moment ago is always.
  jest.spyOn(performance, 'now').mockReturnValue(0);
  const turns = makeTurns(() => 0);
  paths = diskPaths(folder, makeCalls(makePace(() => atOnce, turns)));
});

afterEach(() => {
  jest.restoreAllMocks();
  removeFolder(home);
});

/** As at the end of a turn of the event loop. */
function told(path: string): string | undefined {
  holdAnew();
  return paths.now(path as Path)?.state;
}

test('what is no link in a collection that was seen a moment ago is told', async () => {
  expect(told('/c/f')).toBe(undefined);
  await paths.resolve('/c/f' as Path);
  expect(['/', '/c', '/c/f', '/c/inner', '/c/none'].map(told)).toEqual(['taken', 'taken', 'taken', 'taken', 'free']);
  expect(paths.now('/c/f' as Path)).toEqual(await paths.member(`${folder}/c`, '/c/f' as Path));
});

test('a link that comes in the place of a collection in the same turn is not followed', async () => {
  writeFileSync(`${home}/outside/only`, 'content');
  await paths.resolve('/c/f' as Path);
  expect(told('/c/f')).toBe('taken');
  renameSync(`${folder}/c`, `${home}/aside`);
  symlinkSync(`${home}/outside`, `${folder}/c`);
  expect(['/c/only', '/c/f'].map((path) => paths.now(path as Path)?.state)).toEqual(['free', 'taken']);
});

test('a link, and what is neither file nor collection, is not', async () => {
  await paths.resolve('/c/f' as Path);
  expect(['/c/link', '/c/pipe', '/c/inner/f', '/c/f/below', `/c/${'n'.repeat(300)}`].map(told)).toEqual(Array(5).fill(undefined));
});

test('nor is anything behind a link that has come in the place of a collection', async () => {
  await paths.resolve('/c/f' as Path);
  expect(told('/c/f')).toBe('taken');
  renameSync(`${folder}/c`, `${folder}/was`);
  symlinkSync('../outside', `${folder}/c`);
  expect(told('/c/f')).toBe(undefined);
  expect((await paths.resolve('/c/f' as Path)).state).toBe('unreachable');
});

test('nor anything where calls are left to the thread pool', async () => {
  await paths.resolve('/c/f' as Path);
  atOnce = false;
  expect(['/', '/c/f', '/c/none'].map(told)).toEqual([undefined, undefined, undefined]);
});

test('that the folder itself is gone is told at once', () => {
  renameSync(folder, `${home}/was`);
  expect(() => told('/')).toThrow('The folder');
});
