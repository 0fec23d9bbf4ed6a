// What of a tree is copied by two threads, and what one by one, comes to the same as all of it one by one.
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from '../../src/operations/build.ts';
import type { Path } from '../../src/protocol/path.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

/** How much was copied, and what was not. */
async function copy(store: Store, from: string): Promise<string[]> {
  const source = await store.stat(at(from));
  if (!source) throw new Error('nothing to copy');
  const file = (member: { path: Path }, to: Path) => store.copyFile(member.path, to);
  const { done, failures } = await build(source, at('/u'), at('/v'), { store, file, members: store.bulk?.copyMembers });
  return [`${done}`, ...failures.map(({ ref, side, error }) => `${side} ${ref.path} ${error.status}`)];
}

test('a link to a collection that the copied one is in is gone into until it comes back', async () => {
  for (const name of ['t/a', 't/b', 'k/m', 'l/m']) mkdirSync(`${folder}/s/${name}`, { recursive: true });
  symlinkSync('../..', `${folder}/s/t/a/up`);
  const store = filesystemStore({ folder });
  const told = await copy(store, '/s/t');
  const tree = readdirSync(`${folder}/u`, { recursive: true }).sort();
  removeFolder(`${folder}/u`);
  expect([await copy({ ...store, bulk: undefined }, '/s/t'), readdirSync(`${folder}/u`, { recursive: true }).sort()]).toEqual([told, tree]);
  expect(told).toEqual(['8', 'source /s/t/a/up/t 508']);
});

test('names that are not UTF-8 are told of wherever they are', async () => {
  for (const name of ['a', 'b/c']) mkdirSync(`${folder}/t/${name}`, { recursive: true });
  for (const name of ['t', 't/b/c']) writeFileSync(Buffer.from(`${folder}/${name}/\xff`, 'latin1'), '');
  const told: string[] = [];
  const store = filesystemStore({ folder, unnamed: (collection, count) => told.push(`${collection} ${count}`) });
  expect([await copy(store, '/t'), told]).toEqual([['4'], ['/t/b/c 1', '/t 1']]);
});

test('what is moved away in the midst of it is named, and all else is copied', async () => {
  for (const name of ['a/in', 'b']) mkdirSync(`${folder}/t/${name}`, { recursive: true });
  for (const name of ['a', 'b']) writeFileSync(`${folder}/t/${name}/f`, '');
  writeFileSync(Buffer.from(`${folder}/t/a/in/\xff`, 'latin1'), '');
  symlinkSync('../f', `${folder}/t/a/in/link`);
  const unnamed = (collection: string) => {
    if (collection === '/t/a/in') renameSync(`${folder}/t/a/in`, `${folder}/aside`);
  };
  expect(await copy(filesystemStore({ folder, unnamed }), '/t')).toEqual(['6', 'source /t/a/in/link 404']);
  expect(readdirSync(`${folder}/u`, { recursive: true }).sort()).toEqual(['a', 'a/f', 'a/in', 'b', 'b/f']);
});
