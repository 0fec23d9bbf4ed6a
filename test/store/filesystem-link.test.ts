// Symbolic links: followed inside the folder, not there otherwise; and nothing outside is ever touched.
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failedReading } from '../../src/store/copy-failure.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at, chunks, membersOf, namesIn, put, refusal, resourceAt, statusOf, textAt } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;
let outside: string;
let store: Store;

beforeEach(async () => {
  home = temporaryFolder();
  folder = `${home}/served`;
  outside = `${home}/served-not`; // begins like the folder: a comparison by prefix alone would let it in
  for (const made of [folder, outside, `${outside}/empty`]) mkdirSync(made);
  writeFileSync(`${outside}/secret`, 'secret');
  store = filesystemStore({ folder });
  await store.makeCollection(at('/c'));
  await put(store, '/c/f', 'inside');
});

afterEach(() => {
  const untouched = {
    names: readdirSync(outside).sort(),
    secret: readFileSync(`${outside}/secret`, 'utf8'),
    empty: readdirSync(`${outside}/empty`),
  };
  removeFolder(home);
  expect(untouched).toEqual({ names: ['empty', 'secret'], secret: 'secret', empty: [] });
});

describe('inside the folder', () => {
  test.each([
    ['relative', 'c/f'],
    ['absolute', ''],
    ['through another link', 'second'],
  ])('a %s link to a file is that file under another name', async (_kind, target) => {
    symlinkSync('c/f', `${folder}/second`);
    symlinkSync(target || `${folder}/c/f`, `${folder}/link`);
    const [file, link] = [await resourceAt(store, '/c/f'), await resourceAt(store, '/link')];
    expect(link).toEqual({ ...file, path: '/link', link: true });
    expect((await membersOf(store, '/')).find((member) => member.path === '/link')).toEqual(link);
    expect(await textAt(store, '/link')).toBe('inside');
    const content = await store.read(at('/link'));
    await content.close();
    expect(content.resource).toEqual(link);
  });

  test('a link to a collection has its members, and they are no links themselves', async () => {
    symlinkSync('c', `${folder}/link`);
    expect(await resourceAt(store, '/link')).toMatchObject({ collection: true, link: true });
    expect(await membersOf(store, '/link')).toEqual([await resourceAt(store, '/link/f')]);
    expect((await resourceAt(store, '/link/f')).link).toBe(false);
    await put(store, '/link/g', 'written through');
    expect(await textAt(store, '/c/g')).toBe('written through');
    await store.makeCollection(at('/link/d'));
    expect(await namesIn(store, '/c')).toEqual(['d', 'f', 'g']);
    expect(await store.stat(at('/link/no'))).toBeUndefined();
    expect(await statusOf(store.write(at('/link/no/f'), chunks('x')))).toBe(409);
  });

  test('a link to an ancestor shows by its identity', async () => {
    symlinkSync('..', `${folder}/c/up`);
    expect((await resourceAt(store, '/c/up')).identity).toBe((await resourceAt(store, '/')).identity);
    expect(await textAt(store, '/c/up/c/up/c/f')).toBe('inside');
    await store.makeCollection(at('/d'));
    expect(await statusOf(store.rename(at('/d'), at('/c/up')))).toBe(403);
    expect(await namesIn(store, '/')).toEqual(['c', 'd']);
  });

  test('B-2.4-a: remove and rename concern the link itself', async () => {
    symlinkSync('c', `${folder}/link`);
    await store.rename(at('/link'), at('/other'));
    expect(readlinkSync(`${folder}/other`)).toBe('c');
    await store.remove(at('/other'));
    expect(await namesIn(store, '/')).toEqual(['c']);
    expect(await textAt(store, '/c/f')).toBe('inside');
  });

  test('a rename onto a link replaces what it leads to, with its mode, and the link stays', async () => {
    symlinkSync('c/f', `${folder}/link`);
    const mode = lstatSync(`${folder}/c/f`).mode;
    const staged = await store.stage(at('/link'));
    await store.write(staged, chunks('replaced'));
    await store.rename(staged, at('/link'));
    expect(readlinkSync(`${folder}/link`)).toBe('c/f');
    expect(await textAt(store, '/c/f')).toBe('replaced');
    expect(lstatSync(`${folder}/c/f`).mode).toBe(mode);
    expect((await resourceAt(store, '/link')).etag).toBe((await resourceAt(store, '/c/f')).etag);
  });

  test.each([
    ['/link', '/c/f'],
    ['/c/f', '/link'],
    ['/link', '/second'],
  ])('a link and what it leads to never replace each other: %s to %s', async (from, to) => {
    symlinkSync('c/f', `${folder}/link`);
    symlinkSync('c/f', `${folder}/second`);
    expect(await statusOf(store.rename(at(from), at(to)))).toBe(403);
    for (const path of ['/link', '/second', '/c/f']) expect(await textAt(store, path)).toBe('inside');
  });

  test('a file cannot come in the place of a link to a collection', async () => {
    symlinkSync('c', `${folder}/link`);
    await put(store, '/g', 'x');
    expect(await statusOf(store.rename(at('/g'), at('/link')))).toBe(409);
    expect(await statusOf(store.write(at('/link'), chunks('x')))).toBe(409);
    expect(await textAt(store, '/link/f')).toBe('inside');
  });

  test('a copy of a link is a copy of the content', async () => {
    symlinkSync('c/f', `${folder}/link`);
    await store.copyFile(at('/link'), at('/copy'));
    expect(lstatSync(`${folder}/copy`).isFile()).toBe(true);
    expect(await textAt(store, '/copy')).toBe('inside');
  });

  test('setAttributes reaches what the link leads to', async () => {
    symlinkSync('c/f', `${folder}/link`);
    await store.setAttributes(at('/link'), { modified: 5000, executable: true });
    expect((await resourceAt(store, '/c/f')).modified).toBe(5000);
    symlinkSync('..', `${folder}/c/up`);
    await store.setAttributes(at('/c/up'), { modified: 7000 });
    expect((await resourceAt(store, '/')).modified).toBe(7000);
  });
});

describe('D-08.3-f: out of the folder, or nowhere', () => {
  const links = [
    ['to a file outside', '../served-not/secret'],
    ['to a folder outside', '../served-not'],
    ['to an empty folder outside', '../served-not/empty'],
    ['above the folder', '..'],
    ['to an absolute place', '/etc/hostname'],
    ['through a link that leads outside', 'chain'],
    ['that dangles', 'nothing-here'],
    ['that would make a file outside', '../served-not/new'],
    ['to itself', 'link'],
    ["into the server's own folder", '.dav207/f'],
    ["to the server's own folder", '.dav207'],
  ] as const;

  beforeEach(() => {
    symlinkSync(outside, `${folder}/chain`);
    mkdirSync(`${folder}/.dav207`);
    writeFileSync(`${folder}/.dav207/f`, 'own');
  });

  test.each(links)('a link %s is not there', async (_kind, target) => {
    symlinkSync(target, `${folder}/link`);
    expect(await namesIn(store, '/')).toEqual(['c']);
    for (const path of ['/link', '/link/secret', '/link/f', '/link/no/f', '/link/served/c/f']) {
      expect(await store.stat(at(path))).toBeUndefined();
      expect(await statusOf(store.read(at(path)))).toBe(404);
      expect(await statusOf(namesIn(store, path))).toBe(404);
      expect(await statusOf(store.remove(at(path)))).toBe(404);
      expect(await statusOf(store.rename(at(path), at('/g')))).toBe(404);
      const error = await refusal(store.copyFile(at(path), at('/g')));
      expect([error.status, failedReading(error)]).toEqual([404, true]);
    }
    expect(readlinkSync(`${folder}/link`)).toBe(target);
  });

  test.each(links)('nothing is written to or through a link %s', async (_kind, target) => {
    symlinkSync(target, `${folder}/link`);
    for (const path of ['/link', '/link/secret', '/link/f', '/link/new', '/link/no/f', '/link/served/c/f', '/link/served/new']) {
      expect(await statusOf(store.write(at(path), chunks('x')))).toBe(403);
      expect(await statusOf(store.makeCollection(at(path)))).toBe(403);
      expect(await statusOf(store.rename(at('/c/f'), at(path)))).toBe(403);
      expect(await statusOf(store.setAttributes(at(path), { modified: 0 }))).toBe(403);
      expect(await statusOf(store.stage(at(path)))).toBe(403);
      const error = await refusal(store.copyFile(at('/c/f'), at(path)));
      expect([error.status, failedReading(error)]).toEqual([403, false]);
      expect(await store.space(at(path))).toBeUndefined();
      expect(await store.writable(at(path))).toBe(false);
    }
    expect(readlinkSync(`${folder}/link`)).toBe(target);
    expect(await textAt(store, '/c/f')).toBe('inside');
    expect(readFileSync(`${folder}/.dav207/f`, 'utf8')).toBe('own');
  });
});

test('a folder that is itself reached through a link is served', async () => {
  symlinkSync(folder, `${home}/alias`);
  const alias = filesystemStore({ folder: `${home}/alias` });
  expect(await textAt(alias, '/c/f')).toBe('inside');
  symlinkSync(`${home}/alias/c/f`, `${folder}/link`);
  expect(await textAt(alias, '/link')).toBe('inside');
});

test('while a collection is swapped for a link to the outside, nothing of the outside is told or changed', async () => {
  // Another program's race: the store may answer anything but what is outside.
  mkdirSync(`${folder}/swap`);
  writeFileSync(`${folder}/swap/secret`, 'inside');
  symlinkSync(outside, `${folder}/trap`);
  let running = true;
  const swapping = (async () => {
    while (running) {
      renameSync(`${folder}/swap`, `${folder}/aside`);
      renameSync(`${folder}/trap`, `${folder}/swap`);
      await new Promise(setImmediate);
      renameSync(`${folder}/swap`, `${folder}/trap`);
      renameSync(`${folder}/aside`, `${folder}/swap`);
      await new Promise(setImmediate);
    }
  })();
  try {
    for (let round = 0; round < 100; round++) {
      expect(await textAt(store, '/swap/secret').catch(() => 'inside')).toBe('inside');
      await statusOf(store.copyFile(at('/swap/secret'), at(`/c/copy${round}`))).catch(() => undefined);
      expect(await namesIn(store, '/swap').catch(() => [])).not.toContain('empty');
      await statusOf(store.write(at(`/swap/new${round}`), chunks('x'))).catch(() => undefined);
    }
    for (const name of await namesIn(store, '/c')) expect(await textAt(store, `/c/${name}`)).toBe('inside');
  } finally {
    running = false;
    await swapping;
  }
});
