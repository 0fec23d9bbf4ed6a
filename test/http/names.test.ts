// Names over real HTTP: which request targets and Destinations mean a resource, which are refused, and that every name comes back.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
let kept: Record<string, string>;

beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'a'));
  writeFileSync(join(served.folder, 'a/f'), 'f');
  writeFileSync(join(served.folder, 'a:f'), 'f');
  kept = treeOf(served.folder);
});
afterAll(() => served.close());

const long = (bytes: number) => 'x'.repeat(bytes);
const deep = (bytes: number) => `/${long(200)}`.repeat(Math.ceil(bytes / 201));
const METHODS = ['GET', 'HEAD', 'PUT', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK', 'OPTIONS'];

describe('D-08.3-f, D-12.2-a: a request target that is refused on every method', () => {
  test.each<[string, string, number]>([
    ['a dot segment', '/a/../a/f', 400],
    ['a dot segment at the end', '/a/.', 400],
    ['an encoded dot segment', '/a/%2e%2e/%2e%2e/etc/passwd', 400],
    ['a half encoded one', '/a/.%2E/a/f', 400],
    ['an encoded slash', '/a%2Ff', 400],
    ['an encoded slash, lower case', '/a%2ff', 400],
    ['dots behind an encoded slash', '/a/..%2f..%2fetc%2fpasswd', 400],
    ['a NUL', '/a/f%00', 400],
    ['a NUL before an extension', '/a/f%00.txt', 400],
    ['bad UTF-8', '/a/%ff', 400],
    ['an overlong dot', '/a/%c0%ae%c0%ae/', 400],
    ['a surrogate', '/a/%ed%a0%80', 400],
    ['a cut encoding', '/a/%4', 400],
    ['a bare percent sign', '/a/100%', 400],
    ['a name of 256 bytes', `/a/${long(256)}`, 414],
    ['a name of 256 bytes in UTF-8', `/a/${'%C3%A9'.repeat(128)}`, 414],
    ['more than 4000 bytes', deep(4001), 414],
  ])('%s', async (_what, target, status) => {
    for (const method of METHODS) {
      const reply = await served.ask(method, target, { headers: { Destination: '/made', Depth: '0', 'Lock-Token': '<urn:x>' } });
      expect([method, reply.status]).toEqual([method, status]);
      expect(reply.text).not.toMatch(/outside|root:/);
    }
    expect(treeOf(served.folder)).toEqual(kept);
  });

  test.each<[string, string]>([
    ['a dot segment', '/../made'],
    ['an encoded dot segment', '/a/%2e%2e/made'],
    ['dots behind an encoded slash', '/%2e%2e%2fmade'],
    ['a NUL', '/made%00'],
    ['bad UTF-8', '/made%ff'],
    ['text that is not encoded', '/made é'],
    ['a fragment', '/made#part'],
    ['a name of 256 bytes', `/${long(256)}`],
    ['more than 4000 bytes', deep(4001)],
    ['a dot segment in an absolute URI', 'http://127.0.0.1:PORT/../made'],
  ])('D-10.3-a, D-12.2-a: %s in Destination is 400', async (_what, destination) => {
    for (const method of ['COPY', 'MOVE']) {
      const value = Buffer.from(destination.replace('PORT', String(served.port))).toString('latin1');
      expect([method, (await served.ask(method, '/a/f', { headers: { Destination: value } })).status]).toEqual([method, 400]);
    }
    expect(treeOf(served.folder)).toEqual(kept);
  });
});

describe('a request target that means a resource', () => {
  test.each([
    ['doubled slashes', '//a///f'],
    ['encoded letters', '/%61/%66'],
    ['a query', '/a/f?x=/../..'],
    ['the dot that a relative reference with a colon starts with', '/./a:f'],
  ])('%s', async (_what, target) => {
    expect((await served.ask('GET', target)).text).toBe('f');
  });

  test('D-08.3-f: names of 255 bytes and paths up to 4000 are not too long', async () => {
    for (const name of [long(255), 'é'.repeat(127)]) {
      expect((await served.ask('PUT', `/${encodeURIComponent(name)}`, { body: name })).status).toBe(201);
      expect((await served.ask('GET', `/${encodeURIComponent(name)}`)).text).toBe(name);
      expect((await served.ask('DELETE', `/${encodeURIComponent(name)}`)).status).toBe(204);
    }
    let path = '';
    while (path.length < 3900) {
      path += `/${long(180)}`;
      expect((await served.ask('MKCOL', path)).status).toBe(201);
    }
    expect((await served.ask('PUT', `${path}/f`, { body: 'deep' })).status).toBe(201);
    expect((await served.ask('GET', `${path}/f`)).text).toBe('deep');
    expect((await served.ask('DELETE', `/${long(180)}`)).status).toBe(204);
    expect(treeOf(served.folder)).toEqual(kept);
  });

  const NAMES = [
    'a b',
    'a&b<c>"d"',
    "it's",
    '100%',
    'a+b',
    'a;b=c,d',
    '#1',
    'what?',
    'back\\slash',
    '[x]{y}|^`',
    'Grüße',
    '日本語',
    '😀',
    ' lead',
    'trail ',
    '...',
    '.hidden',
    '~',
    'new\nline',
    '\u0301',
    'aux',
    'C:',
  ];
  test.each(NAMES)('D-08.3-e: %j is stored, listed, found again and moved', async (name) => {
    const url = `/a/${encodeURIComponent(name)}`;
    const put = await served.ask('PUT', url, { body: name });
    expect([put.status, treeOf(served.folder)[`/a/${name}`]]).toEqual([201, Buffer.from(name).toString('latin1')]);
    expect((await served.ask('GET', String(put.headers.location))).text).toBe(name);
    const { text } = await served.ask('PROPFIND', '/a/', { headers: { Depth: '1' } });
    const hrefs = [...text.matchAll(/<(?:\w+:)?href>([^<]*)</g)].map(([, href]) => String(href).replaceAll('&amp;', '&'));
    expect(hrefs).toContain(String(put.headers.location));
    for (const href of hrefs) expect(href).toMatch(/^\/(?:[A-Za-z0-9\-._~!$&()*+,;=:@/]|%[0-9A-F]{2})*$/);
    expect((await served.ask('MOVE', url, { headers: { Destination: `${url}2` } })).status).toBe(201);
    expect((await served.ask('DELETE', `${url}2`)).status).toBe(204);
    expect(treeOf(served.folder)).toEqual(kept);
  });
});

describe('H-17.3-a: names of the server itself', () => {
  const RESERVED = [
    '/.dav207',
    '/.dav207/',
    '/.dav207/tmp',
    '/.dav207/tmp/x',
    '/a/.dav207',
    '/a/.dav207-1',
    '/.DAV207/x',
    '/%2edav207',
    '/a/.dav207/x',
  ];
  const xml = (body: string) => ({ headers: { 'Content-Type': 'application/xml' }, body });

  beforeAll(() => {
    mkdirSync(join(served.folder, '.dav207/tmp'), { recursive: true });
    writeFileSync(join(served.folder, '.dav207/tmp/x'), 'own');
    writeFileSync(join(served.folder, 'a/.dav207-1'), 'staged');
  });

  test.each(RESERVED)('%s cannot be read, written, made, removed, copied, moved, locked or described', async (target) => {
    const before = treeOf(served.folder);
    const asked = { GET: 404, HEAD: 404, PROPFIND: 404, PUT: 403, MKCOL: 403, DELETE: 403, COPY: 403, MOVE: 403, UNLOCK: 403 };
    for (const [method, status] of Object.entries(asked)) {
      const headers = { Destination: '/made', Depth: '0', 'Lock-Token': '<urn:x>' };
      const reply = await served.ask(method, target, { headers, ...(method === 'PUT' && { body: 'x' }) });
      expect([method, reply.status]).toEqual([method, status]);
      expect(reply.text).not.toMatch(/own|staged/);
    }
    const lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
    expect((await served.ask('LOCK', target, xml(lock))).status).toBe(403);
    const patch = '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>';
    expect((await served.ask('PROPPATCH', target, xml(patch))).status).toBe(403);
    expect(treeOf(served.folder)).toEqual(before);
  });

  test.each(RESERVED)('%s is no Destination', async (destination) => {
    const before = treeOf(served.folder);
    for (const method of ['COPY', 'MOVE'])
      for (const from of ['/a/f', '/a/'])
        expect((await served.ask(method, from, { headers: { Destination: destination, Depth: 'infinity' } })).status).toBe(403);
    expect(treeOf(served.folder)).toEqual(before);
  });

  test('in an If tag they are unmapped: no state of theirs can be found out', async () => {
    for (const name of RESERVED) {
      const ask = (condition: string) => served.ask('GET', '/a/f', { headers: { If: `<${name}> (${condition})` } });
      expect([name, (await ask('["x"]')).status, (await ask('Not ["x"]')).status]).toEqual([name, 412, 200]);
    }
  });

  test('they are in no listing, and COPY leaves them out', async () => {
    for (const target of ['/', '/a/']) {
      expect((await served.ask('PROPFIND', target, { headers: { Depth: '1' } })).text).not.toMatch(/dav207-|\.dav207/);
      expect((await served.ask('GET', target)).text.replace(/<style>.*<\/style>/, '')).not.toMatch(/\.dav207/);
    }
    expect((await served.ask('COPY', '/a/', { headers: { Destination: '/copied/' } })).status).toBe(201);
    expect(treeOf(join(served.folder, 'copied'))).toEqual({ '/f': 'f' });
  });

  test('names that only look like them are ordinary', async () => {
    for (const name of ['/.dav2071', '/.dav207.txt', '/x.dav207', '/dav207', '/.DS_Store', '/._f']) {
      expect([name, (await served.ask('PUT', name, { body: 'x' })).status]).toEqual([name, 201]);
    }
  });
});
