// Extended MKCOL (RFC 5689) over real HTTP: a collection with its properties, or nothing at all.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseXml } from '../../src/protocol/xml.ts';
import { elementsOf, isDav, textOf } from '../../src/protocol/xml-element.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

let count = 0;
const fresh = () => `/c${++count}/`;
const COLLECTION = '<D:resourcetype><D:collection/></D:resourcetype>';

function make(target: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return served.ask('MKCOL', target, {
    headers: { 'Content-Type': 'application/xml', ...headers },
    body: `<?xml version="1.0"?><D:mkcol xmlns:D="DAV:" xmlns:x="urn:x">${body}</D:mkcol>`,
  });
}

/** `{ 403: ['resourcetype'], 424: ['displayname'] }`; throws unless the body is an `mkcol-response` of propstats without an href. */
function failures(reply: Reply): Record<string, string[]> {
  const root = parseXml(reply.bytes);
  if (!isDav(root, 'mkcol-response')) throw new Error(`Not an mkcol-response: ${reply.text}`);
  expect(reply.text).not.toContain('href');
  return Object.fromEntries(
    elementsOf(root).map((propstat) => {
      const [names, status] = elementsOf(propstat);
      if (!names || !status || !isDav(names, 'prop') || !isDav(status, 'status')) throw new Error(`Not a propstat: ${reply.text}`);
      return [/^HTTP\/1\.1 (\d+) /.exec(textOf(status))?.[1] ?? '', elementsOf(names).map(({ name }) => name)];
    }),
  );
}

describe('with properties', () => {
  test('E-3.1-a: OPTIONS announces it', async () => {
    expect((await served.ask('OPTIONS', '/')).headers.dav?.toString().split(', ')).toContain('extended-mkcol');
  });

  test('E-3-a, E-3-e: they are set when the answer, 201 and empty, is out', async () => {
    const target = fresh();
    const reply = await make(target, set(`${COLLECTION}<D:displayname>Übersicht</D:displayname><x:a b="c">1<x:d/></x:a>`));
    expect([reply.status, reply.headers.location, reply.headers['cache-control'], reply.text]).toEqual([201, target, 'no-cache', '']);
    const row = onlyRow(await find(served, target, prop('<D:displayname/><D:resourcetype/><x:a/>')));
    expect(outcomesOf(row)).toEqual({ 200: ['{DAV:}displayname', '{DAV:}resourcetype', '{urn:x}a'] });
    expect(textOf(propertyIn(row, 'DAV:', 'displayname'))).toBe('Übersicht');
    expect(propertyIn(row, 'urn:x', 'a').children).toMatchObject(['1', { name: 'd' }]);
    expect(statSync(join(served.folder, target)).isDirectory()).toBe(true);
  });

  test('E-3-a: without a resourcetype it is a plain collection', async () => {
    const target = fresh();
    expect((await make(target, set('<x:a>1</x:a>'))).status).toBe(201);
    expect(treeOf(served.folder)).toHaveProperty([target], '');
  });

  test('E-3-a: another document element is 415, no set is 400, and bad XML is 400', async () => {
    const target = fresh();
    const other = await served.ask('MKCOL', target, { headers: { 'Content-Type': 'text/xml' }, body: '<x:mkcol xmlns:x="urn:x"/>' });
    expect([other.status, (await make(target, '<x:unknown/>')).status, (await make(target, '<D:set>')).status]).toEqual([415, 400, 400]);
    expect(treeOf(served.folder)).not.toHaveProperty([target]);
  });

  test('E-3-c: of two values for one property the last one in the document stays', async () => {
    const target = fresh();
    await make(target, set('<x:a>1</x:a>') + set('<x:a>2</x:a>'));
    expect(textOf(propertyIn(onlyRow(await find(served, target, prop('<x:a/>'))), 'urn:x', 'a'))).toBe('2');
  });

  test('F-8144-2.3-a: return=minimal is honoured with the empty body it asks for', async () => {
    const { status, headers, text } = await make(fresh(), set('<x:a/>'), { Prefer: 'return=minimal' });
    expect([status, headers['preference-applied'], text]).toEqual([201, 'return=minimal', '']);
  });

  test("the times of Explorer's properties are the collection's own", async () => {
    const target = fresh();
    const time = 'Sat, 08 Mar 2008 10:09:08 GMT';
    await make(target, set(`<z:Win32LastModifiedTime xmlns:z="urn:schemas-microsoft-com:">${time}</z:Win32LastModifiedTime>`));
    expect(statSync(join(served.folder, target)).mtime.toUTCString()).toBe(time);
  });
});

describe('refused as a whole', () => {
  test.each([
    ['a type that is not known here', '<D:resourcetype><D:collection/><x:calendar/></D:resourcetype>'],
    ['a type without collection', '<D:resourcetype/>'],
  ])('E-3-b, E-3.3-a, E-3-d: %s is 403 with valid-resourcetype, and 424 for the rest', async (_what, type) => {
    const target = fresh();
    const reply = await make(target, set(`<D:displayname>x</D:displayname>${type}`));
    expect(reply.status).toBe(403);
    expect(reply.headers['content-type']).toBe('application/xml; charset="utf-8"');
    expect(failures(reply)).toEqual({ 403: ['resourcetype'], 424: ['displayname'] });
    expect(reply.text).toContain('<D:error><D:valid-resourcetype/></D:error>');
    expect(treeOf(served.folder)).not.toHaveProperty([target]);
    expect((await find(served, target)).status).toBe(404);
  });

  test.each([
    [403, '<D:getetag>"x"</D:getetag>', 'getetag', 'cannot-modify-protected-property'],
    [409, '<D:displayname><x:y/></D:displayname>', 'displayname', 'must be text'],
    [507, `<x:big>${'x'.repeat(65_536)}</x:big>`, 'big', '65536 bytes at most'],
  ])('E-3-c, E-3-d: %i for a property that cannot be set, and no collection', async (status, property, name, says) => {
    const target = fresh();
    const reply = await make(target, set(`<x:a/>${property}`));
    expect([reply.status, failures(reply)]).toEqual([status, { [status]: [name], 424: ['a'] }]);
    expect(reply.text).toContain(says);
    expect(treeOf(served.folder)).not.toHaveProperty([target]);
    // Nothing is kept for whoever makes it next.
    expect((await served.ask('MKCOL', target)).status).toBe(201);
    expect(outcomesOf(onlyRow(await find(served, target, prop('<x:a/>'))))).toEqual({ 404: ['{urn:x}a'] });
  });

  test('E-3-d: every property has its row, the resourcetype that would have been made too', async () => {
    const target = fresh();
    const reply = await make(target, set(`${COLLECTION}<x:a/><D:getetag>"x"</D:getetag>`));
    expect([reply.status, failures(reply)]).toEqual([403, { 403: ['getetag'], 424: ['resourcetype', 'a'] }]);
    expect(treeOf(served.folder)).not.toHaveProperty([target]);
  });

  test('the state of the resource is told first: 405, 409 and 423 stay plain', async () => {
    mkdirSync(join(served.folder, 'there'));
    const body = set('<D:getetag>x</D:getetag>');
    expect([(await make('/there/', body)).status, (await make('/no/parent/', body)).status]).toEqual([405, 409]);
    await served.lock('/there/');
    const locked = await make('/there/new/', body);
    expect([locked.status, locked.text]).toEqual([423, expect.stringContaining('lock-token-submitted')]);
    expect(existsSync(join(served.folder, 'there/new'))).toBe(false);
  });
});

test('a collection that was made so can be changed, moved and removed like any other', async () => {
  const target = fresh();
  await make(target, set('<x:a>1</x:a>'));
  expect((await patch(served, target, set('<x:b>2</x:b>'))).status).toBe(207);
  expect((await served.ask('MOVE', target, { headers: { Destination: '/moved/' } })).status).toBe(201);
  expect(outcomesOf(onlyRow(await find(served, '/moved/', prop('<x:a/><x:b/>'))))).toEqual({ 200: ['{urn:x}a', '{urn:x}b'] });
  expect((await served.ask('DELETE', '/moved/')).status).toBe(204);
});
