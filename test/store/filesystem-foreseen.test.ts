// What the numbers of a directory tell of how much it holds.
import { type BigIntStats, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { filesForeseen, namesForeseen } from '../../src/store/filesystem-foreseen.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

test.each([
  ['an empty one', 40n, 2n, 1, 1],
  ['one with many names', 200_000n, 2n, 6250, 6250],
  ['one with many collections', 1000n, 52n, 31, 1031],
  ['one whose file system does not count the collections', 1000n, 1n, 31, 31],
])('%s', (_, size, nlink, names, files) => {
  const stats = { size, nlink } as BigIntStats;
  expect([namesForeseen(stats), filesForeseen(stats)]).toEqual([names, files]);
});

test('a directory of this disk has more of it the more there is in it', () => {
  const folder = temporaryFolder();
  const foreseen = () => filesForeseen(lstatSync(folder, { bigint: true }));
  const before = foreseen();
  for (let index = 0; index < 300; index++) writeFileSync(`${folder}/a file with a name ${index}`, '');
  for (let index = 0; index < 50; index++) mkdirSync(`${folder}/${index}`);
  expect(foreseen()).toBeGreaterThan(before);
  removeFolder(folder);
});
