// Where bytes wait: in the common place on the same device, else beside the target, and never outside the folder.
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parentOf, ROOT } from '../../src/protocol/path.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { stagingPath } from '../../src/store/filesystem-stage.ts';
import type { Store } from '../../src/store/store.ts';
import { at } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = temporaryFolder();
  store = filesystemStore({ folder });
});

afterEach(() => removeFolder(folder));

test.each([
  [7n, 7n, '/c', '/.dav207/tmp/id'],
  [7n, 8n, '/c/d', '/c/d/.dav207-id'],
  [7n, 8n, '/', '/.dav207-id'],
  [undefined, 7n, '/c', '/c/.dav207-id'],
])('staging on device %s for device %s at %s: %s', (staging, device, parent, expected) => {
  expect(stagingPath(staging, device, at(parent), 'id')).toBe(expected);
});

test('the common place is made once, for its owner only', async () => {
  mkdirSync(`${folder}/c`);
  expect(parentOf(await store.stage(at('/c/f')))).toBe('/.dav207/tmp');
  expect(parentOf(await store.stage(ROOT))).toBe('/.dav207/tmp');
  for (const made of ['.dav207', '.dav207/tmp']) expect(statSync(`${folder}/${made}`).mode & 0o777).toBe(0o700);
  expect(readdirSync(`${folder}/.dav207/tmp`)).toEqual([]);
});

test('many at once', async () => {
  const staged = await Promise.all(Array.from({ length: 20 }, () => store.stage(at('/f'))));
  expect(new Set(staged).size).toBe(20);
  for (const path of staged) expect(parentOf(path)).toBe('/.dav207/tmp');
});

test.each([
  ['a file', (place: string) => writeFileSync(place, '')],
  ['a link out of the folder', (place: string) => symlinkSync('/', place)],
])('where %s has the name of the common place, it is beside the target', async (_what, make) => {
  mkdirSync(`${folder}/c`);
  make(`${folder}/.dav207`);
  expect(await store.stage(at('/c/f'))).toMatch(/^\/c\/\.dav207-[0-9a-f-]{36}$/);
});

test('for a link, it is where the link leads', async () => {
  mkdirSync(`${folder}/c/d`, { recursive: true });
  writeFileSync(`${folder}/c/d/f`, '');
  symlinkSync('c/d/f', `${folder}/link`);
  writeFileSync(`${folder}/.dav207`, ''); // no common place
  expect(parentOf(await store.stage(at('/link')))).toBe('/c/d');
  symlinkSync('.', `${folder}/root`);
  expect(parentOf(await store.stage(at('/root')))).toBe('/');
});
