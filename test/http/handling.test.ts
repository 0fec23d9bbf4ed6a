// Handling over real HTTP: a MOVE that not all of a tree may follow is done in part, or, for whoever cannot read a 207, not begun.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const BEFORE = { '/c/': '', '/c/sub/': '', '/c/sub/x': 'x', '/c/sub/z': 'z', '/c/y': 'y', '/d/': '', '/d/old': 'old' };
const IN_PART = { '/c/': '', '/c/sub/': '', '/c/sub/x': 'x', '/c/sub/z': 'z', '/n/': '', '/n/sub/': '', '/n/y': 'y' };

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

beforeEach(() => {
  for (const path of Object.keys(treeOf(served.folder))) rmSync(at(path), { recursive: true, force: true });
  for (const path of ['c/sub', 'd']) mkdirSync(at(path), { recursive: true });
  for (const path of ['c/sub/x', 'c/sub/z', 'c/y', 'd/old']) writeFileSync(at(path), path.slice(path.lastIndexOf('/') + 1));
});

const GNOME = { 'User-Agent': 'gvfs/1.50.3' };
const unlock = (target: string, token: string) => served.ask('UNLOCK', target, { headers: { 'Lock-Token': `<${token}>` } });

test.each<[string, Record<string, string>]>([
  ['gvfs, which takes each 2xx for all', GNOME],
  ['whoever asks for it', { Prefer: 'handling=strict' }],
])('strict for %s: a plain 423 that names each lock root, and nothing is changed', async (_, headers) => {
  const tokens = [await served.lock('/c/sub/x'), await served.lock('/c/sub/z')];
  for (const to of ['/n', '/d']) {
    const { status, text } = await served.ask('MOVE', '/c', { headers: { Destination: to, ...headers } });
    expect(status).toBe(423);
    expect([...text.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href)).toEqual(['/c/sub/x', '/c/sub/z']);
    expect(treeOf(served.folder)).toEqual(BEFORE);
  }
  const own = { If: tokens.map((token, index) => `</c/sub/${['x', 'z'][index]}> (<${token}>)`).join(' ') };
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/n', ...headers, ...own } })).status).toBe(201);
});

test.each<[string, Record<string, string>]>([
  ['other programs', { 'User-Agent': 'curl/8' }],
  ['no name', {}],
  ['gvfs when it asks for it', { ...GNOME, Prefer: 'handling=lenient' }],
])('lenient for %s: 207, and what may go has gone', async (_, headers) => {
  const tokens = { x: await served.lock('/c/sub/x'), z: await served.lock('/c/sub/z') };
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/n', ...headers } })).status).toBe(207);
  expect(treeOf(served.folder)).toEqual({ ...IN_PART, '/d/': '', '/d/old': 'old' });
  for (const [name, token] of Object.entries(tokens)) await unlock(`/c/sub/${name}`, token);
});

test('strict makes no difference where nothing is refused', async () => {
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/d', ...GNOME } })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({ '/d/': '', '/d/sub/': '', '/d/sub/x': 'x', '/d/sub/z': 'z', '/d/y': 'y' });
});
