// A disk that tells with a name nothing of what bears it: all is listed and removed as elsewhere.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import type { Pace } from '../../src/store/filesystem-pace.ts';
import { at } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;

/** An ext2 of old, as CDs and NFS are too. */
beforeEach(() => {
  home = temporaryFolder();
  folder = `${home}/disk`;
  mkdirSync(folder);
  writeFileSync(`${home}/image`, '');
  truncateSync(`${home}/image`, 4 * 1024 * 1024);
  execFileSync('/sbin/mke2fs', ['-q', '-t', 'ext2', '-N', '1024', '-O', '^filetype', `${home}/image`]);
  execFileSync('mount', ['-o', 'loop', `${home}/image`, folder]);
  execFileSync('rmdir', [`${folder}/lost+found`]);
  mkdirSync(`${folder}/c/Ünter/tief`, { recursive: true });
  for (let index = 0; index < 300; index++) writeFileSync(`${folder}/c/ü${index}`, `${index}`);
  symlinkSync('nowhere', `${folder}/c/link`);
});

afterEach(() => {
  execFileSync('umount', ['-l', folder]); // what is held is let go of when the turn is over
  removeFolder(home);
});

test('all is listed, in batches', async () => {
  const batches: number[] = [];
  const names: string[] = [];
  for await (const members of filesystemStore({ folder }).list(at('/c'))) {
    batches.push(members.length);
    for (const { path, collection } of members) names.push(`${path} ${collection}`);
  }
  const files = Array.from({ length: 300 }, (_, index) => `/c/ü${index} false`);
  expect(names.sort()).toEqual([...files, '/c/Ünter true'].sort());
  expect(Math.max(...batches)).toBeLessThanOrEqual(256);
});

const here: Pace = async (now) => now();
const pooled: Pace = (_now, later) => later();

describe.each([
  ['here and now', here],
  ['by the thread pool', pooled],
])('%s', (_way, pace) => {
  test('each name is told what bears it', async () => {
    const told: string[] = [];
    for await (const batch of makeCalls(pace).entries(`${folder}/c`))
      for (const entry of batch) if (!entry.isFile()) told.push(`${Buffer.from(entry.name, 'latin1')} ${entry.isDirectory()}`);
    expect(told.sort()).toEqual(['link false', 'Ünter true'].sort());
  });
});

test('a tree has no obstacles, and is removed', async () => {
  const store = filesystemStore({ folder });
  expect(await store.obstacles(at('/c'))).toEqual([]);
  const removed: string[] = [];
  expect(await store.bulk?.removeTree(at('/c'), { one: ({ path }) => removed.push(path) })).toEqual([]);
  expect(removed).toHaveLength(303);
  expect(readdirSync(folder)).toEqual([]);
});
