// Where a rename is made: one that replaces a large file, or a file by a large one, takes the disk long, and holds nobody up.
import fs, { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeEtags } from '../../src/store/etag.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { LARGE } from '../../src/store/filesystem-handle.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import { renameResource } from '../../src/store/filesystem-rename.ts';
import { at } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const calls = makeCalls(async (now) => now());
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(`${folder}/c`);
});
afterEach(() => {
  jest.restoreAllMocks();
  removeFolder(folder);
});

test.each([
  ['a small file by a small one', 1, 1, true],
  ['a large file by a small one', 1, LARGE + 1, false],
  ['a small file by a large one', LARGE + 1, 1, false],
  ['nothing by a large one', LARGE + 1, undefined, true],
])('what replaces %s', async (_what, size, replaced, here) => {
  const large = (name: string, bytes: number) => {
    writeFileSync(`${folder}/c/${name}`, name);
    truncateSync(`${folder}/c/${name}`, bytes);
  };
  large('f', size);
  if (replaced !== undefined) large('g', replaced);
  const onTheLoop = jest.spyOn(fs, 'renameSync');
  const disk = { calls, paths: diskPaths(folder, calls), etags: makeEtags(), flush: flushBy(calls, undefined) };
  await renameResource(disk, at('/c/f'), at('/c/g'));
  expect(onTheLoop).toHaveBeenCalledTimes(here ? 1 : 0);
  expect(readFileSync(`${folder}/c/g`, 'latin1')).toMatch(/^f/);
});
