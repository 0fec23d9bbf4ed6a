// Moving a symbolic link: the link itself goes, and it leads where it led, also when it is a relative one.
import { on } from 'node:events';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, watch } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at, namesIn, put, textAt } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = temporaryFolder();
  store = filesystemStore({ folder });
  mkdirSync(`${folder}/c/d`, { recursive: true });
  await put(store, '/c/f', 'inside');
  symlinkSync('c/f', `${folder}/second`);
  symlinkSync('c/d', `${folder}/turn`); // `turn/..` is /c, not the folder
});

afterEach(() => removeFolder(folder));

test.each([
  ['c/f', '/c/sub', 'f'],
  ['c/./../c/f', '/c/sub', 'f'],
  ['second', '/c/sub', '../second'],
  ['turn/../f', '/c/sub', 'f'],
  ['ABSOLUTE', '/c/sub', 'ABSOLUTE'],
  ['c/f', '/renamed', 'c/f'],
  ['turn/../f', '/renamed', 'turn/../f'],
])('a link %s moved to %s leads where it did', async (target, to, told) => {
  const absolute = (text: string) => text.replace('ABSOLUTE', `${folder}/c/f`);
  symlinkSync(absolute(target), `${folder}/link`);
  await store.rename(at('/link'), at(to));
  expect(readlinkSync(folder + to)).toBe(absolute(told));
  expect(await textAt(store, to)).toBe('inside');
  expect(await store.stat(at('/link'))).toBeUndefined();
  await store.rename(at(to), at('/back'));
  expect(await textAt(store, '/back')).toBe('inside');
  expect(readdirSync(`${folder}/c`)).toEqual(['d', 'f']);
});

test('a link moved onto a file replaces it, aside in the staging place it still leads there', async () => {
  symlinkSync('c', `${folder}/link`);
  const staged = await store.stage(at('/link'));
  await store.rename(at('/link'), staged);
  expect(await store.stat(staged)).toMatchObject({ collection: true, link: true });
  await store.rename(staged, at('/link'));
  expect(readlinkSync(`${folder}/link`)).toBe('c');
  symlinkSync('c/f', `${folder}/file`);
  await store.makeCollection(at('/d'));
  await put(store, '/d/old', 'old');
  await store.rename(at('/file'), at('/d/old'));
  expect([await namesIn(store, '/d'), await textAt(store, '/d/old')]).toEqual([['old'], 'inside']);
});

test('a link is never under another name in a collection that is served', async () => {
  symlinkSync('c/f', `${folder}/link`);
  symlinkSync('c/f', `${folder}/over`);
  await store.makeCollection(at('/d'));
  await put(store, '/d/old', 'old');
  const watcher = watch(`${folder}/d`);
  const changes = on(watcher, 'change');
  const names = new Set<string>();
  await store.rename(at('/link'), at('/d/new'));
  await store.rename(at('/over'), at('/d/old'));
  await put(store, '/d/last', '');
  for await (const [, name] of changes) {
    names.add(String(name));
    if (name === 'last') break;
  }
  watcher.close();
  expect([...names].sort()).toEqual(['last', 'new', 'old']);
  expect([await textAt(store, '/d/new'), await textAt(store, '/d/old'), readdirSync(`${folder}/.dav207/tmp`)]).toEqual([
    'inside',
    'inside',
    [],
  ]);
});
