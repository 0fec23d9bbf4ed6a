// COPY and MOVE over real HTTP, without locks: the grid of their statuses, and the tree that each of them leaves.
import { linkSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const GROWN = { '/a/': '', '/a/x': 'x', '/b/': '', '/b/old': 'old', '/f': 'f' };
const METHODS = ['COPY', 'MOVE'];

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

/** `/a/` with `x`, `/b/` with `old`, and `/f`. */
beforeEach(() => {
  for (const path of Object.keys(treeOf(served.folder))) rmSync(at(path), { recursive: true, force: true });
  for (const name of ['a', 'b']) mkdirSync(at(name));
  for (const [path, content] of [
    ['a/x', 'x'],
    ['b/old', 'old'],
    ['f', 'f'],
  ] as const)
    writeFileSync(at(path), content);
});

type Headers = Record<string, string>;
const ask = (method: string, from: string, to: string, headers: Headers = {}) =>
  served.ask(method, from, { headers: { Destination: to, ...headers } });
const without = (...gone: string[]) => Object.fromEntries(Object.entries(GROWN).filter(([path]) => !gone.includes(path)));

describe('17.6: done', () => {
  const F: Headers = { Overwrite: 'F' };
  test.each<[string, string, string, string, Headers, number, Record<string, string>]>([
    ['D-09.8.5-a', 'COPY', '/f', '/g', {}, 201, { ...GROWN, '/g': 'f' }],
    ['D-09.8.5-a', 'MOVE', '/f', '/g', {}, 201, { ...without('/f'), '/g': 'f' }],
    ['D-10.6-a', 'COPY', '/f', '/g', F, 201, { ...GROWN, '/g': 'f' }],
    ['D-10.6-a', 'MOVE', '/f', '/g', F, 201, { ...without('/f'), '/g': 'f' }],
    ['D-09.8.5-a', 'COPY', '/f', '/a/x', {}, 204, { ...GROWN, '/a/x': 'f' }],
    ['D-09.8.5-a', 'MOVE', '/f', '/a/x', { Overwrite: 't' }, 204, { ...without('/f'), '/a/x': 'f' }],
    ['D-05.2-g', 'COPY', '/f', '/g/', {}, 201, { ...GROWN, '/g': 'f' }],
    ['D-09.8.4-c', 'COPY', '/f', '/b/', { Overwrite: 'T' }, 204, { ...without('/b/', '/b/old'), '/b': 'f' }],
    ['D-09.8.4-c', 'MOVE', '/f', '/b/', {}, 204, { ...without('/b/', '/b/old', '/f'), '/b': 'f' }],
    ['D-09.8.4-c', 'COPY', '/a/', '/f', {}, 204, { ...without('/f'), '/f/': '', '/f/x': 'x' }],
    ['D-09.8.4-c', 'MOVE', '/a', '/f', {}, 204, { ...without('/a/', '/a/x', '/f'), '/f/': '', '/f/x': 'x' }],
    ['D-09.8.4-a', 'COPY', '/a/', '/b/', {}, 204, { ...without('/b/old'), '/b/x': 'x' }],
    ['D-09.9.3-a', 'MOVE', '/a/', '/b/', {}, 204, { ...without('/a/', '/a/x', '/b/old'), '/b/x': 'x' }],
    ['D-09.8.5-a', 'COPY', '/a', '/c', {}, 201, { ...GROWN, '/c/': '', '/c/x': 'x' }],
    ['D-09.9.2-a', 'MOVE', '/a/', '/c/', { Depth: 'infinity' }, 201, { ...without('/a/', '/a/x'), '/c/': '', '/c/x': 'x' }],
    ['D-09.8.3-b', 'COPY', '/a/', '/c/', { Depth: '0' }, 201, { ...GROWN, '/c/': '' }],
    ['D-09.8.3-b', 'COPY', '/a/', '/b/', { Depth: '0' }, 204, without('/b/old')],
    ['D-09.8.3-b', 'COPY', '/a/', '/f', { Depth: '0' }, 204, { ...without('/f'), '/f/': '' }],
    ['D-09.8.3-j', 'COPY', '/a/', '/a/n/', { Depth: '0' }, 201, { ...GROWN, '/a/n/': '' }],
    ['D-09.8.3-a', 'COPY', '/f', '/g', { Depth: '1' }, 201, { ...GROWN, '/g': 'f' }],
    ['D-09.9.2-a', 'MOVE', '/f', '/g', { Depth: '0' }, 201, { ...without('/f'), '/g': 'f' }],
    ['D-09.9-a', 'MOVE', '/a/x', '/b/old', {}, 204, { ...without('/a/x'), '/b/old': 'x' }],
    ['D-08.3-e', 'MOVE', '/%66', '/%c3%89%20', {}, 201, { ...without('/f'), '/É ': 'f' }],
    ['case-only', 'MOVE', '/a', '/A', {}, 201, { ...without('/a/', '/a/x'), '/A/': '', '/A/x': 'x' }],
    ['case-only', 'MOVE', '/f', '/F', { Overwrite: 'F' }, 201, { ...without('/f'), '/F': 'f' }],
  ])('%s: %s %s to %s %j is %d', async (_id, method, from, to, headers, status, tree) => {
    const reply = await ask(method, from, to, headers);
    const name = decodeURIComponent(to.replace(/\?.*|\/$/g, ''));
    const href = `${encodeURI(name)}${`${name}/` in tree ? '/' : ''}`;
    expect([reply.status, reply.headers.location, reply.text]).toEqual([status, status === 201 ? href : undefined, '']);
    expect(reply.headers['cache-control']).toBe('no-cache');
    expect(treeOf(served.folder)).toEqual(tree);
    if (method === 'MOVE') expect((await served.ask('GET', from)).status).toBe(404);
  });
});

describe('17.6: refused, and the tree is as before', () => {
  const both = <T>(...row: [string, string, string, Headers, T]) => METHODS.map((method) => [row[0], method, ...row.slice(1)] as const);
  test.each([
    ...both('D-10.6-a', '/a/', '/b/', { Overwrite: 'F' }, 412),
    ...both('D-10.6-a', '/f', '/a/x', { Overwrite: 'f' }, 412),
    ...both('D-10.6-a', '/f', '/b', { Overwrite: 'F' }, 412),
    ...both('D-10.6-a', '/f', '/', { Overwrite: 'F' }, 412),
    ...both('D-10.6-a', '/f', '/g', { Overwrite: 'yes' }, 400),
    ...both('D-10.6-a', '/f', '/g', { Overwrite: '' }, 400),
    ...both('D-09.8.5-b', '/f', '/f', {}, 403),
    ...both('D-09.8.5-b', '/f', '/f', { Overwrite: 'F' }, 403),
    ...both('D-09.8.5-b', '/f', '/%66', {}, 403),
    ...both('D-09.8.5-b', '/a/', '/a', {}, 403),
    ...both('D-09.8.3-j', '/a/', '/a/n/', {}, 403),
    ...both('D-09.8.3-j', '/a/', '/a/x', {}, 403),
    ...both('D-09.8.3-k', '/a/x', '/a/', {}, 403),
    ...both('D-09.8.3-k', '/a/x', '/', {}, 403),
    ...both('D-09.8.3-k', '/a/x', '/a/', { Overwrite: 'F' }, 412),
    ...both('D-09.8.5-c', '/f', '/no/where', {}, 409),
    ...both('D-09.8.5-c', '/a/', '/no/where/', {}, 409),
    ...both('D-09.8.5-c', '/a/', '/f/child', {}, 409),
    ...both('D-09.8.5-d', '/nope', '/g', {}, 404),
    ...both('D-09.8.5-d', '/f/', '/g', {}, 404),
    ...both('D-09.8.3-a', '/a/', '/c/', { Depth: '1' }, 400),
    ...both('D-09.8.3-a', '/a/', '/c/', { Depth: '2' }, 400),
    ...both('D-10.3-a', '/f', 'a b', {}, 400),
    ...both('D-10.3-a', '/f', '/b/?.odt', {}, 400),
    ...both('D-10.3-a', '/f', 'g', {}, 400),
    ...both('D-10.3-a', '/f', '', {}, 400),
    ...both('D-10.3-b', '/f', 'http://other.example/g', {}, 502),
    ['D-09.9.2-a', 'MOVE', '/a/', '/c/', { Depth: '0' }, 400],
    ['D-09.9-b', 'MOVE', '/', '/c/', {}, 403],
    ['D-09.8.3-j', 'COPY', '/', '/c/', {}, 403],
  ] as [string, string, string, string, Headers, number][])('%s: %s %s to %j %j is %d', async (_id, method, from, to, headers, status) => {
    expect((await ask(method, from, to, headers)).status).toBe(status);
    expect(treeOf(served.folder)).toEqual(GROWN);
  });

  test.each(METHODS)('D-09.8-a: %s without Destination, or with two, is 400', async (method) => {
    expect((await served.ask(method, '/f')).status).toBe(400);
    const twice = await served.raw(`${method} /f HTTP/1.1\r\nHost: x\r\nDestination: /g\r\nDestination: /h\r\nConnection: close\r\n\r\n`);
    expect(twice).toMatch(/^HTTP\/1\.1 400 /);
    expect(treeOf(served.folder)).toEqual(GROWN);
  });

  test.each(METHODS)('D-09.8.5-b: %s of one hard link onto the other is 403, also where only the case differs', async (method) => {
    for (const name of ['same', 'F']) linkSync(at('f'), at(name));
    for (const name of ['/same', '/F']) expect([name, (await ask(method, '/f', name)).status]).toEqual([name, 403]);
    expect(treeOf(served.folder)).toEqual({ ...GROWN, '/same': 'f', '/F': 'f' });
  });
});

describe('D-10.3-b: whose Destination it is', () => {
  test.each<[string, string, Headers, number]>([
    ['its own address', 'http://127.0.0.1:PORT/g', {}, 201],
    ['another scheme', 'https://127.0.0.1:PORT/g', {}, 201],
    ['another case', 'HTTP://Files.Example/g', { Host: 'files.example' }, 201],
    ['the default port', 'http://files.example:80/g', { Host: 'files.example' }, 201],
    ['the default port of https', 'https://files.example:443/g', { Host: 'files.example' }, 201],
    ['no port for the default one', 'https://files.example/g', { Host: 'files.example:443' }, 201],
    ['a user', 'http://ann@files.example/g', { Host: 'files.example' }, 201],
    ['a path alone', '/g', { Host: 'files.example' }, 201],
    ['what the proxy forwarded', 'https://public.example/g', { 'X-Forwarded-Host': 'public.example, inner' }, 201],
    ['the inner host behind a proxy', 'http://127.0.0.1:PORT/g', { 'X-Forwarded-Host': 'public.example' }, 201],
    ['another port', 'http://127.0.0.1:1/g', {}, 502],
    ['another host', 'http://files.example.evil/g', { Host: 'files.example' }, 502],
    ['another kind of scheme', 'ftp://127.0.0.1:PORT/g', {}, 502],
    ['a network path', '//127.0.0.1:PORT/g', {}, 400],
    ['no host', 'http:///g', {}, 400],
  ])('%s: %s %j is %d', async (_what, to, headers, status) => {
    const reply = await ask('COPY', '/f', to.replace('PORT', String(served.port)), headers);
    expect([reply.status, reply.headers.location]).toEqual([status, status === 201 ? '/g' : undefined]);
    expect(treeOf(served.folder)).toEqual(status === 201 ? { ...GROWN, '/g': 'f' } : GROWN);
    if (status === 502) expect(reply.text).toMatch(/\(on .*\) is outside/);
  });
});

describe('what comes along', () => {
  const patch = (target: string, value: string) =>
    served.ask('PROPPATCH', target, {
      headers: { 'Content-Type': 'application/xml' },
      body: `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:x">${value}</p></prop></set></propertyupdate>`,
    });
  const dead = async (target: string) =>
    /<[^<>]*p\b[^<>]*urn:x[^<>]*>([^<]*)</.exec((await served.ask('PROPFIND', target, { headers: { Depth: '0' } })).text)?.[1];

  test.each(METHODS)(
    'D-09.8.2-a, D-09.9.1-a: dead properties with %s, the collection and its member; those replaced go',
    async (method) => {
      for (const [target, value] of [
        ['/a/', 'collection'],
        ['/a/x', 'member'],
        ['/b/', 'replaced'],
        ['/b/old', 'gone'],
      ] as const)
        expect((await patch(target, value)).status).toBe(207);
      expect((await ask(method, '/a/', '/b/')).status).toBe(204);
      expect([await dead('/b/'), await dead('/b/x')]).toEqual(['collection', 'member']);
      writeFileSync(at('b/old'), 'again');
      expect(await dead('/b/old')).toBeUndefined();
      if (method === 'COPY') expect([await dead('/a/'), await dead('/a/x')]).toEqual(['collection', 'member']);
      mkdirSync(at('a'), { recursive: true });
      if (method === 'MOVE') expect(await dead('/a/')).toBeUndefined();
    },
  );

  test.each(METHODS)('D-09.8.2-a, D-09.9.1-a: those of a whole tree with %s to where nothing was', async (method) => {
    mkdirSync(at('a/n'));
    writeFileSync(at('a/n/y'), 'y');
    for (const name of ['', 'x', 'n/', 'n/y']) expect((await patch(`/a/${name}`, `of ${name}`)).status).toBe(207);
    expect((await ask(method, '/a/', '/c/')).status).toBe(201);
    for (const name of ['', 'x', 'n/', 'n/y']) {
      expect([name, await dead(`/c/${name}`)]).toEqual([name, `of ${name}`]);
      if (method === 'COPY') expect([name, await dead(`/a/${name}`)]).toEqual([name, `of ${name}`]);
    }
  });

  test('D-09.8.1-a, D-08.8-c: a copy is independent, with its own tag; T7: COPY is modified now, MOVE keeps the time', async () => {
    utimesSync(at('f'), 1e9, 1e9);
    await ask('COPY', '/f', '/copy');
    await served.ask('PUT', '/copy', { body: 'changed' });
    await ask('COPY', '/f', '/second');
    const tags = await Promise.all(['/f', '/copy', '/second'].map(async (path) => (await served.ask('HEAD', path)).headers.etag));
    expect(new Set(tags).size).toBe(3);
    await ask('MOVE', '/f', '/moved');
    expect([statSync(at('moved')).mtimeMs, statSync(at('second')).mtimeMs > 1.7e12, treeOf(served.folder)['/moved']]).toEqual([
      1e12,
      true,
      'f',
    ]);
  });

  test.each(METHODS)('Z-mtime-a: X-OC-Mtime with %s of a file is set; of a collection it is not, and not said to be', async (method) => {
    const headers = { 'X-OC-Mtime': '1234567890' };
    const file = await ask(method, '/f', '/timed', headers);
    expect([file.headers['x-oc-mtime'], Math.floor(statSync(at('timed')).mtimeMs)]).toEqual(['accepted', 1234567890_000]);
    utimesSync(at('a'), 1234567890, 1234567890);
    const tree = await ask(method, '/a/', '/b/', headers);
    expect([tree.status, tree.headers['x-oc-mtime'], statSync(at('b/x')).mtimeMs > 1.7e12]).toEqual([204, undefined, true]);
    writeFileSync(at('g'), 'g');
    expect((await ask(method, '/g', '/h', { 'X-OC-Mtime': 'soon' })).headers['x-oc-mtime']).toBeUndefined();
  });

  // Most disks end before the year 9999.
  test.each(METHODS)('Z-mtime-a: with %s it is accepted only where the disk has it', async (method) => {
    const reply = await ask(method, '/f', '/far', { 'X-OC-Mtime': '253402300799' });
    const has = Math.floor(statSync(at('far')).mtimeMs) === 253402300799_000;
    expect([reply.status, reply.headers['x-oc-mtime']]).toEqual([201, has ? 'accepted' : undefined]);
  });

  test.each(METHODS)('D-09.8.4-a: %s of 300 members onto 300 others', async (method) => {
    for (let index = 0; index < 300; index++) {
      writeFileSync(at(`a/${index}`), `${index}`);
      writeFileSync(at(`b/${index + 150}`), 'old');
    }
    const members = Object.fromEntries(Object.entries(treeOf(at('a'))).map(([path, content]) => [`/b${path}`, content]));
    expect((await ask(method, '/a/', '/b/')).status).toBe(204);
    expect(Object.fromEntries(Object.entries(treeOf(served.folder)).filter(([path]) => /^\/b\/./.test(path)))).toEqual(members);
    expect((await served.ask('GET', '/a/7')).status).toBe(method === 'COPY' ? 200 : 404);
  });
});
