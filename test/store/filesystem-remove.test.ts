// Removing a collection that is empty as far as anybody can see: what goes with it, what keeps it, and what is never touched.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at, refusal, statusOf } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;
let store: Store;
const bytesOf = (name: string) => Buffer.concat([Buffer.from(`${folder}/c/`), Buffer.from(name, 'latin1')]);
const inside = () => readdirSync(`${folder}/c`, { encoding: 'latin1' }).sort();

beforeEach(() => {
  home = temporaryFolder();
  folder = `${home}/served`;
  mkdirSync(`${folder}/c`, { recursive: true });
  mkdirSync(`${home}/outside`);
  writeFileSync(`${home}/outside/secret`, 'secret');
  store = filesystemStore({ folder });
});

afterEach(() => {
  const secret = readFileSync(`${home}/outside/secret`, 'utf8');
  removeFolder(home);
  expect(secret).toBe('secret');
});

describe('goes with its collection', () => {
  test.each<[string, () => unknown]>([
    ['a dangling link', () => symlinkSync('nothing', `${folder}/c/x`)],
    ['a link to itself', () => symlinkSync('x', `${folder}/c/x`)],
    ['a link to a folder outside', () => symlinkSync(`${home}/outside`, `${folder}/c/x`)],
    ['a link to a file outside', () => symlinkSync('../../outside/secret', `${folder}/c/x`)],
    ['a link whose name is not UTF-8', () => symlinkSync(`${home}/outside`, bytesOf('caf\xe9'))],
    ['a fifo', () => execFileSync('mkfifo', [`${folder}/c/x`])],
    ['a link to a fifo', () => execFileSync('sh', ['-c', 'mkfifo pipe && ln -s ../pipe c/x'], { cwd: folder })],
    ['three of them', () => execFileSync('sh', ['-c', 'ln -s no 1; ln -s no 2; mkfifo 3'], { cwd: `${folder}/c` })],
  ])('%s', async (_what, make) => {
    make();
    await store.remove(at('/c'));
    expect(existsSync(`${folder}/c`)).toBe(false);
  });

  test('a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${folder}/c/x`, resolve));
    try {
      await store.remove(at('/c'));
      expect(existsSync(`${folder}/c`)).toBe(false);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('keeps its collection, and everything in it', () => {
  test.each<[string, string, () => unknown]>([
    ['a reserved folder', '.dav207', () => mkdirSync(`${folder}/c/.dav207`)],
    ['a reserved file', '.dav207-x', () => writeFileSync(`${folder}/c/.dav207-x`, 'x')],
    ['a reserved link', '.dav207-x', () => symlinkSync('nothing', `${folder}/c/.dav207-x`)],
    ['a file whose name is not UTF-8', 'caf\xe9', () => writeFileSync(bytesOf('caf\xe9'), 'x')],
    ['a folder whose name is not UTF-8', '\xff', () => mkdirSync(bytesOf('\xff'))],
  ])('%s: 403', async (_what, name, make) => {
    make();
    symlinkSync('nothing', `${folder}/c/dangling`);
    const error = await refusal(store.remove(at('/c')));
    expect([error.status, error.message]).toEqual([403, expect.stringContaining('does not manage')]);
    expect(inside()).toEqual([name, 'dangling'].sort());
  });

  test.each<[string, string, () => unknown]>([
    ['a file', 'x', () => writeFileSync(`${folder}/c/x`, 'x')],
    ['a collection', 'x', () => mkdirSync(`${folder}/c/x`)],
    ['a link to something inside', 'x', () => symlinkSync('..', `${folder}/c/x`)],
  ])('%s: 409', async (_what, name, make) => {
    make();
    symlinkSync('nothing', `${folder}/c/dangling`);
    expect(await statusOf(store.remove(at('/c')))).toBe(409);
    expect(inside()).toEqual(['dangling', name]);
  });
});

test('what nobody can see is not removed for its own sake', async () => {
  symlinkSync('nothing', `${folder}/c/x`);
  expect(await statusOf(store.remove(at('/c/x')))).toBe(404);
  expect(lstatSync(`${folder}/c/x`).isSymbolicLink()).toBe(true);
});

test('a link to a collection with such things is removed, the collection is not', async () => {
  symlinkSync('nothing', `${folder}/c/x`);
  symlinkSync('c', `${folder}/link`);
  await store.remove(at('/link'));
  expect([existsSync(`${folder}/link`), inside()]).toEqual([false, ['x']]);
});

test('a server that only reads leaves all of it', async () => {
  symlinkSync('nothing', `${folder}/c/x`);
  expect(await statusOf(filesystemStore({ folder, readOnly: true }).remove(at('/c')))).toBe(403);
  expect(inside()).toEqual(['x']);
});
