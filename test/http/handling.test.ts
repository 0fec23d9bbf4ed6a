// Handling over real HTTP: what not all of a tree may follow is done in part, or, for whoever cannot read a 207, not begun.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const STRICT: readonly [string, Record<string, string>][] = [
  ['GNOME', GNOME],
  ['the Finder', FINDER],
  ['KDE', { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) KIO/5.103' }],
  ['Explorer', { 'User-Agent': 'Microsoft-WebDAV-MiniRedir/10.0.19045' }],
  ['davfs2', { 'User-Agent': 'davfs2/1.6.1 neon/0.32.2' }],
  ['rclone', { 'User-Agent': 'rclone/v1.60.1-DEV' }],
  ['whoever asks for it', { Prefer: 'handling=strict' }],
];
const unlock = (target: string, token: string) => served.ask('UNLOCK', target, { headers: { 'Lock-Token': `<${token}>` } });
const hrefsIn = ({ text }: Reply) => [...text.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href);

describe.each(STRICT)('strict for %s', (_, headers) => {
  test.each<[string, string, Record<string, string>]>([
    ['DELETE', '/c', {}],
    ['MOVE', '/c', { Destination: '/n' }],
    ['MOVE', '/c', { Destination: '/d' }],
    ['COPY', '/d', { Destination: '/c' }],
  ])('%s %s %j: a plain 423 that names each lock root, and nothing is changed', async (method, target, asked) => {
    const tokens = [await served.lock('/c/sub/x'), await served.lock('/c/sub/z')];
    const refused = await served.ask(method, target, { headers: { ...asked, ...headers } });
    expect([refused.status, hrefsIn(refused)]).toEqual([423, ['/c/sub/x', '/c/sub/z']]);
    expect(refused.text).toContain('<D:lock-token-submitted>');
    expect(treeOf(served.folder)).toEqual(BEFORE);
    const own = { If: tokens.map((token, index) => `</c/sub/${['x', 'z'][index]}> (<${token}>)`).join(' ') };
    expect([201, 204]).toContain((await served.ask(method, target, { headers: { ...asked, ...headers, ...own } })).status);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['DELETE', '/d', {}, 'd'],
    ['MOVE', '/c', { Destination: '/d' }, 'd'],
    ['COPY', '/c', { Destination: '/d' }, 'd'],
  ])('%s %s %j, where it would lose what no client can see: a plain 403 that names where, and nothing is changed', async (...asked) => {
    const [method, target, more, at207] = asked;
    mkdirSync(at(`${at207}/deep/.dav207`), { recursive: true });
    writeFileSync(at(`${at207}/deep/.dav207/state.mdb`), 'of another server');
    const refused = await served.ask(method, target, { headers: { ...more, ...headers } });
    expect([refused.status, hrefsIn(refused)]).toEqual([403, [`/${at207}/deep/`]]);
    expect(refused.text).toContain('<e:outcome>aborted</e:outcome>');
    expect(treeOf(served.folder)).toEqual({ ...BEFORE, '/d/deep/': '' });
    expect(readFileSync(at(`${at207}/deep/.dav207/state.mdb`), 'utf8')).toBe('of another server');
  });
});

test.each<[string, Record<string, string>]>([
  ['other programs', { 'User-Agent': 'curl/8' }],
  ['no name', {}],
  ['gvfs when it asks for it', { ...GNOME, Prefer: 'handling=lenient' }],
])('lenient for %s: 207, and what may go has gone', async (_, headers) => {
  const tokens = { x: await served.lock('/c/sub/x'), z: await served.lock('/c/sub/z') };
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/n', ...headers } })).status).toBe(207);
  expect(treeOf(served.folder)).toEqual({ ...IN_PART, '/d/': '', '/d/old': 'old' });
  expect((await served.ask('DELETE', '/c', { headers })).status).toBe(207);
  for (const [name, token] of Object.entries(tokens)) await unlock(`/c/sub/${name}`, token);
});

describe('where the operator says strict', () => {
  let strict: Served;
  beforeAll(async () => {
    strict = await serve({ handling: 'strict', rows: 'minimal' });
  });
  afterAll(() => strict.close());

  test('it is strict for everybody who says nothing, and minimal rows for who is lenient', async () => {
    await strict.ask('MKCOL', '/c');
    await strict.ask('PUT', '/c/x', { body: 'x' });
    await strict.ask('PUT', '/c/y', { body: 'y' });
    await strict.lock('/c/x');
    expect((await strict.ask('DELETE', '/c')).status).toBe(423);
    expect(treeOf(strict.folder)).toEqual({ '/c/': '', '/c/x': 'x', '/c/y': 'y' });
    const lenient = await strict.ask('DELETE', '/c', { headers: { Prefer: 'handling=lenient, return=representation' } });
    expect([lenient.status, lenient.headers['preference-applied'], hrefsIn(lenient)[0]]).toEqual([
      207,
      'return=representation, handling=lenient',
      '/c/',
    ]);
    await strict.ask('PUT', '/c/y', { body: 'y' });
    // Raw: the shape of each answer is held against what its request asks for, and this one asks for no minimal rows.
    const minimal = await strict.raw('DELETE /c HTTP/1.1\r\nHost: a\r\nPrefer: handling=lenient\r\nConnection: close\r\n\r\n');
    expect(minimal).toMatch(/^HTTP\/1\.1 207 .*\r\nPreference-Applied: handling=lenient\r\n.*\/c\/x/s);
    expect(minimal).not.toContain('424');
  });
});

describe('a handling that was asked for and applied is told', () => {
  const told = ({ status, headers }: Reply) => [status, headers['preference-applied']];
  const asking = (method: string, prefer: string, headers: Record<string, string> = {}) => {
    const [target, destination] = method === 'COPY' ? ['/d', '/c'] : ['/c', '/n'];
    return served.ask(method, target, {
      headers: { ...(method !== 'DELETE' && { Destination: destination }), Prefer: prefer, ...headers },
    });
  };

  describe.each(['DELETE', 'COPY', 'MOVE'])('%s', (method) => {
    test.each([
      ['handling=strict', 423, 'handling=strict'],
      ['handling=lenient', 207, 'handling=lenient'],
      ['handling=lenient, return=minimal', 207, 'return=minimal, handling=lenient'],
      ['handling=quick', 207, undefined],
    ])('%s, where something is refused: %d', async (prefer, status, applied) => {
      const token = await served.lock('/c/sub/x');
      expect(told(await asking(method, prefer))).toEqual([status, applied]);
      await unlock('/c/sub/x', token);
    });

    test.each(['strict', 'lenient'])('%s, where nothing is, and where nothing is begun', async (handling) => {
      expect(told(await asking(method, `handling=${handling}`, { 'If-Match': '"other"' }))).toEqual([412, `handling=${handling}`]);
      expect(told(await asking(method, `handling=${handling}`))).toEqual([method === 'MOVE' ? 201 : 204, `handling=${handling}`]);
    });
  });

  test('not for what was chosen for a program', async () => {
    expect(told(await served.ask('MOVE', '/c', { headers: { Destination: '/n', ...FINDER } }))).toEqual([201, undefined]);
  });
});

test.each(STRICT)('strict for %s makes no difference where nothing is refused', async (_, headers) => {
  const whole = { '/d/': '', '/d/sub/': '', '/d/sub/x': 'x', '/d/sub/z': 'z', '/d/y': 'y' };
  expect((await served.ask('COPY', '/c', { headers: { Destination: '/d', ...headers } })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({ ...whole, '/c/': '', '/c/sub/': '', '/c/sub/x': 'x', '/c/sub/z': 'z', '/c/y': 'y' });
  expect((await served.ask('MOVE', '/c', { headers: { Destination: '/d', ...headers } })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual(whole);
  expect((await served.ask('DELETE', '/d', { headers })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({});
  expect(readdirSync(at('.dav207/tmp'))).toEqual([]);
});
