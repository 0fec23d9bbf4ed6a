// Handling over real HTTP: a MOVE that not all of a tree may follow is done in part, or, for whoever cannot read a 207, not begun.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Reply, type Served, serve } from './serve.ts';
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
const FINDER = { 'User-Agent': 'WebDAVFS/3.0.0 (03008000) Darwin/22.6.0 (x86_64)' };
const unlock = (target: string, token: string) => served.ask('UNLOCK', target, { headers: { 'Lock-Token': `<${token}>` } });

test.each<[string, Record<string, string>]>([
  ['gvfs, which takes each 2xx for all', GNOME],
  ['the Finder, which never reads what a 207 of a MOVE says', FINDER],
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

test.each<[string, Record<string, string>]>([
  ['gvfs', GNOME],
  ['the Finder', FINDER],
  ['whoever asks for it', { Prefer: 'handling=strict' }],
])('strict for %s where the destination holds what may not be lost: a plain 403, and nothing is changed', async (_, headers) => {
  mkdirSync(at('d/deep/.dav207'), { recursive: true });
  writeFileSync(at('d/deep/.dav207/state.mdb'), 'of another server');
  const { status, text } = await served.ask('MOVE', '/c', { headers: { Destination: '/d', ...headers } });
  expect([status, text]).toEqual([403, expect.stringMatching(/^Nothing was changed/)]);
  expect(treeOf(served.folder)).toEqual({ ...BEFORE, '/d/deep/': '' });
  expect(readFileSync(at('d/deep/.dav207/state.mdb'), 'utf8')).toBe('of another server');
});

describe('a handling that was asked for and applied is told', () => {
  const move = (prefer: string, headers: Record<string, string> = {}) =>
    served.ask('MOVE', '/c', { headers: { Destination: '/n', Prefer: prefer, ...headers } });
  const told = ({ status, headers }: Reply) => [status, headers['preference-applied']];

  test.each([
    ['handling=strict', 423, 'handling=strict'],
    ['handling=lenient', 207, 'handling=lenient'],
    ['handling=lenient, return=minimal', 207, 'return=minimal, handling=lenient'],
    ['handling=quick', 207, undefined],
  ])('%s, where something is refused: %d', async (prefer, status, applied) => {
    const token = await served.lock('/c/sub/x');
    expect(told(await move(prefer))).toEqual([status, applied]);
    await unlock('/c/sub/x', token);
  });

  test.each(['strict', 'lenient'])('%s, where nothing is, and where nothing is begun', async (handling) => {
    expect(told(await move(`handling=${handling}`, { 'If-Match': '"other"' }))).toEqual([412, `handling=${handling}`]);
    expect(told(await move(`handling=${handling}`))).toEqual([201, `handling=${handling}`]);
  });

  test('not for what was chosen for a program, nor for DELETE and COPY, which do not offer it', async () => {
    expect(told(await served.ask('COPY', '/c', { headers: { Destination: '/n', Prefer: 'handling=strict' } }))).toEqual([201, undefined]);
    expect(told(await served.ask('DELETE', '/n', { headers: { Prefer: 'handling=lenient' } }))).toEqual([204, undefined]);
    expect(told(await served.ask('MOVE', '/c', { headers: { Destination: '/n', ...FINDER } }))).toEqual([201, undefined]);
  });
});

test('strict makes no difference where nothing is refused', async () => {
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/d', ...GNOME } })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({ '/d/': '', '/d/sub/': '', '/d/sub/x': 'x', '/d/sub/z': 'z', '/d/y': 'y' });
});
