// PROPFIND over real HTTP: which rows there are, and which properties with which status (RFC 4918 §9.1).
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { infoset, onlyRow, outcomesOf, propertyIn, rowAt, rowsOf } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

const TREE = ['/p/', '/p/a%20b&c%25%C3%A9.txt', '/p/doc.txt', '/p/sub/'];

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'p/sub/deeper'), { recursive: true });
  for (const name of ['p/doc.txt', 'p/a b&c%é.txt', 'p/sub/deep.txt']) writeFileSync(join(served.folder, name), name);
  await patch(served, '/p/doc.txt', set('<x:dead>value</x:dead><D:displayname>Doc</D:displayname>'));
});
afterAll(() => served.close());

const hrefsOf = async (target: string, headers: Record<string, string>, body?: string) =>
  rowsOf(await find(served, target, body, headers))
    .map(({ href }) => href)
    .sort();

describe('Depth', () => {
  test('D-09.1-a: 0 is the resource alone, 1 adds its members, no deeper', async () => {
    expect(await hrefsOf('/p/', { Depth: '0' })).toEqual(['/p/']);
    expect(await hrefsOf('/p/', { Depth: '1' })).toEqual(TREE);
    expect(await hrefsOf('/p/doc.txt', { Depth: '1' })).toEqual(['/p/doc.txt']);
  });

  test('D-09.1-m: the row of the Request-URI comes first', async () => {
    expect(rowsOf(await find(served, '/p/', undefined, { Depth: '1' }))[0]?.href).toBe('/p/');
  });

  test.each([{ Depth: 'infinity' }, { Depth: 'Infinity' }, {}])(
    'D-09.1.1-a, D-09.1-c: infinity on a collection is refused: %j',
    async (headers) => {
      const { status, headers: got, text } = await served.ask('PROPFIND', '/p/', { headers });
      expect([status, got['content-type']]).toEqual([403, 'application/xml; charset="utf-8"']);
      expect(text).toMatch(/<D:error xmlns:D="DAV:"><D:propfind-finite-depth\/><\/D:error>$/);
      expect(rowsOf(await served.ask('PROPFIND', '/p/doc.txt', { headers }))).toHaveLength(1);
    },
  );

  test.each(['2', '1,noroot', '', '-1', '01', 'infinite', '0, 1'])('D-09.1-d, Z-depthnoroot-a: Depth "%s" is 400', async (depth) => {
    expect((await find(served, '/p/', undefined, { Depth: depth })).status).toBe(400);
    expect((await find(served, '/p/doc.txt', undefined, { Depth: depth })).status).toBe(400);
  });
});

describe('the Request-URI', () => {
  test.each(['/nothing', '/p/nothing/', '/nothing/below', '/p/doc.txt/', '/p/doc.txt/below', '/.dav207', '/.dav207/'])(
    'D-09.1-n, D-05.2-g: %s is 404',
    async (target) => {
      expect((await find(served, target)).status).toBe(404);
    },
  );

  test('D-05.2-c: a collection without its slash says where it is; with it, or a file, says nothing', async () => {
    const bare = await find(served, '/p/sub', undefined, { Depth: '1' });
    expect(bare.headers['content-location']).toBe('/p/sub/');
    expect(rowsOf(bare).map(({ href }) => href)).toEqual(expect.arrayContaining(['/p/sub/', '/p/sub/deep.txt', '/p/sub/deeper/']));
    expect((await find(served, '/p/sub/')).headers['content-location']).toBeUndefined();
    expect((await find(served, '/p/doc.txt')).headers['content-location']).toBeUndefined();
  });

  test('D-05.2-d, D-08.3-c: an href ends in a slash exactly for a collection, and each answers again as itself', async () => {
    for (const row of rowsOf(await find(served, '/p/', prop('<D:resourcetype/>'), { Depth: '1' }))) {
      const isCollection = propertyIn(row, 'DAV:', 'resourcetype').children.length > 0;
      expect([row.href, row.href.endsWith('/')]).toEqual([row.href, isCollection]);
      expect(onlyRow(await find(served, row.href)).href).toBe(row.href);
    }
  });

  test('D-08.3-c: an href is percent-encoded, then XML-escaped', async () => {
    const { text } = await find(served, '/p', undefined, { Depth: '1' });
    expect(text).toContain('<D:href>/p/a%20b&amp;c%25%C3%A9.txt</D:href>');
  });

  test('D-08.3-e: any valid spelling is understood, and one is given back', async () => {
    expect(onlyRow(await find(served, '/%70//a%20b%26c%25%c3%a9.txt?query')).href).toBe('/p/a%20b&c%25%C3%A9.txt');
  });
});

describe('the query', () => {
  test('D-09.1-k: a named property that is missing has a 404 in its row, beside what is there', async () => {
    const names = prop('<D:getcontentlength/><D:displayname/><x:dead/><x:none/><none xmlns=""/>');
    const reply = await find(served, '/p/', names, { Depth: '1' });
    expect(outcomesOf(rowAt(reply, '/p/doc.txt'))).toEqual({
      200: ['{DAV:}displayname', '{DAV:}getcontentlength', '{urn:x}dead'],
      404: ['{urn:x}none', '{}none'],
    });
    expect(outcomesOf(rowAt(reply, '/p/'))).toEqual({
      404: ['{DAV:}displayname', '{DAV:}getcontentlength', '{urn:x}dead', '{urn:x}none', '{}none'],
    });
  });

  test('D-09.1-o: a name asked for twice is answered once, found or not', async () => {
    const reply = await find(served, '/p/doc.txt', prop('<x:dead/><x:none/><x:dead/><y:none xmlns:y="urn:x"/><D:getetag/><D:getetag/>'));
    expect(outcomesOf(onlyRow(reply))).toEqual({ 200: ['{DAV:}getetag', '{urn:x}dead'], 404: ['{urn:x}none'] });
  });

  test('D-09.1-q: an empty prop gives an empty prop', async () => {
    expect(onlyRow(await find(served, '/p/doc.txt', '<D:prop/>')).propstats).toEqual([
      { status: 200, properties: [], error: undefined, description: undefined },
    ]);
  });

  test('D-09.1-r: what stands inside a name is ignored', async () => {
    const reply = await find(served, '/p/doc.txt', prop('<x:dead>no<x:none/></x:dead>'));
    expect(outcomesOf(onlyRow(reply))).toEqual({ 200: ['{urn:x}dead'] });
    expect(propertyIn(onlyRow(reply), 'urn:x', 'dead').children).toEqual(['value']);
  });

  const ALL = ['resourcetype', 'creationdate', 'getlastmodified', 'getetag', 'lockdiscovery', 'supportedlock'].map(
    (name) => `{DAV:}${name}`,
  );
  const OF_FILE = [...ALL, '{DAV:}getcontentlength', '{DAV:}getcontenttype'];
  const DEAD = ['{DAV:}displayname', '{urn:x}dead'];

  test('D-09.1-g, D-09.1-h, Q-2-a: allprop gives what RFC 4918 defines and the dead ones, no quota', async () => {
    const reply = await find(served, '/p/', '<D:allprop/>', { Depth: '1' });
    expect(outcomesOf(rowAt(reply, '/p/doc.txt'))).toEqual({ 200: [...OF_FILE, ...DEAD].sort() });
    expect(outcomesOf(rowAt(reply, '/p/sub/'))).toEqual({ 200: [...ALL].sort() });
  });

  test('D-09.1-e: no body asks for allprop, row for row', async () => {
    const bare = await find(served, '/p/', undefined, { Depth: '1' });
    expect(bare.text).toBe((await find(served, '/p/', '<D:allprop/>', { Depth: '1' })).text);
    expect(rowsOf(bare)).toHaveLength(4);
  });

  test('D-09.1-i: include adds what is named, tells what is missing, and repeats nothing', async () => {
    const include = '<D:include><D:quota-available-bytes/><D:getetag/><x:dead/><x:none/></D:include>';
    for (const body of [`<D:allprop/>${include}`, `${include}<D:allprop/>`]) {
      const reply = await find(served, '/p/', body, { Depth: '1' });
      expect(outcomesOf(rowAt(reply, '/p/sub/'))).toEqual({
        200: [...ALL, '{DAV:}quota-available-bytes'].sort(),
        404: ['{urn:x}dead', '{urn:x}none'],
      });
      expect(outcomesOf(rowAt(reply, '/p/doc.txt'))).toEqual({
        200: [...OF_FILE, ...DEAD].sort(),
        404: ['{DAV:}quota-available-bytes', '{urn:x}none'],
      });
    }
  });

  test('D-09.1-j, Q-2-a: propname gives every name, quota too, and no value', async () => {
    const reply = await find(served, '/p/', '<D:propname/>', { Depth: '1' });
    const people = ['{DAV:}current-user-principal', '{DAV:}owner'];
    expect(outcomesOf(rowAt(reply, '/p/doc.txt'))).toEqual({
      200: [...OF_FILE, ...DEAD, ...people, '{http://apache.org/dav/props/}executable'].sort(),
    });
    const quota = ['{DAV:}quota-available-bytes', '{DAV:}quota-used-bytes'];
    expect(outcomesOf(rowAt(reply, '/p/sub/'))).toEqual({ 200: [...ALL, ...quota, ...people].sort() });
    const elements = rowsOf(reply).flatMap(({ propstats }) => propstats.flatMap(({ properties }) => properties));
    expect(elements.filter(({ children, attributes }) => children.length + attributes.length > 0).map(infoset)).toEqual([]);
  });
});

describe('headers and the state', () => {
  test('D-09.1-u, F-7240-2-b, D-13-b: not to be reused, varies on what it depends on, has no Location', async () => {
    const { headers } = await find(served, '/p/', '<D:allprop/>');
    expect([headers['cache-control'], headers.vary, headers.location]).toEqual(['no-cache', 'Prefer, Brief, Depth', undefined]);
  });

  test('H-13.1.1-b, H-13.1.2-a: preconditions hold, after 404', async () => {
    const ask = async (target: string, headers: Record<string, string>) => (await find(served, target, undefined, headers)).status;
    expect(await ask('/p/doc.txt', { 'If-Match': '"x"' })).toBe(412);
    expect(await ask('/p/doc.txt', { 'If-None-Match': '*' })).toBe(412);
    expect(await ask('/p/doc.txt', { If: '(["x"])' })).toBe(412);
    expect(await ask('/p/doc.txt', { If: '(Not ["x"])', 'If-Match': '*' })).toBe(207);
    expect(await ask('/p/doc.txt', { If: 'nonsense' })).toBe(400);
    expect(await ask('/p/none.txt', { 'If-Match': '"x"' })).toBe(404);
  });

  test('D-09.1-s: a lock does not stand in the way, and reading changes nothing', async () => {
    await served.lock('/p/sub/deep.txt');
    const first = await find(served, '/p/sub/', prop('<D:getetag/><D:getlastmodified/>'), { Depth: '1' });
    expect(rowsOf(first)).toHaveLength(3);
    expect((await find(served, '/p/sub/', prop('<D:getetag/><D:getlastmodified/>'), { Depth: '1' })).text).toBe(first.text);
  });

  test('H-17.3-a: the folder of the server itself is no member', async () => {
    expect(readdirSync(served.folder)).toContain('.dav207');
    const hrefs = await hrefsOf('/', { Depth: '1' });
    expect(hrefs).toEqual(expect.arrayContaining(['/', '/p/']));
    expect(hrefs.filter((href) => href.includes('dav207'))).toEqual([]);
  });

  test('D-09.1-t: members that lead nowhere or outside have no row and spoil nothing', async () => {
    mkdirSync(join(served.folder, 'odd'));
    symlinkSync('nowhere', join(served.folder, 'odd/dangling'));
    symlinkSync('/etc/passwd', join(served.folder, 'odd/outside'));
    symlinkSync('self', join(served.folder, 'odd/self'));
    writeFileSync(Buffer.concat([Buffer.from(join(served.folder, 'odd/')), Buffer.from([0x66, 0xff])]), 'not UTF-8');
    writeFileSync(join(served.folder, 'odd/\u0001<]]>'), 'no character of XML');
    expect(await hrefsOf('/odd/', { Depth: '1' })).toEqual(['/odd/', '/odd/%01%3C%5D%5D%3E']);
  });
});
