// PROPPATCH over real HTTP: in order, all or nothing, and what each property is told (RFC 4918 §9.2).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { davChildren, elementsOf } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const fresh = freshFiles(() => served);

const outcome = async (target: string, body: string, headers: Record<string, string> = {}) =>
  outcomesOf(onlyRow(await patch(served, target, body, headers)));

/** The values of `x:a`, `x:b` and so on; null for one that is absent. */
async function valuesOf(target: string, ...names: string[]) {
  const reply = await find(served, target, prop(names.map((name) => `<x:${name}/>`).join('')));
  const { 200: there = [] } = outcomesOf(onlyRow(reply));
  return names.map((name) => (there.includes(`{urn:x}${name}`) ? propertyIn(onlyRow(reply), 'urn:x', name).children.join('') : null));
}

describe('the instructions', () => {
  test('D-09.2-d, D-09.2-l: the answer is a 207 with names only, not to be stored', async () => {
    const target = fresh();
    const reply = await patch(served, target, set('<x:a>1</x:a><x:b><x:deep/></x:b>'));
    const row = onlyRow(reply);
    expect([row.href, outcomesOf(row)]).toEqual([target, { 200: ['{urn:x}a', '{urn:x}b'] }]);
    expect(row.propstats.flatMap(({ properties }) => properties.flatMap(({ children }) => children))).toEqual([]);
    expect([reply.headers['cache-control'], reply.headers.location]).toEqual(['no-cache', undefined]);
    expect(await valuesOf(target, 'a')).toEqual(['1']);
  });

  test.each([
    [remove('<x:a/>') + set('<x:a>new</x:a>'), 'new'],
    [set('<x:a>new</x:a>') + remove('<x:a/>'), null],
    [set('<x:a>1</x:a><x:a>2</x:a>') + set('<x:a>3</x:a>'), '3'],
    [set('<x:a>1</x:a>') + remove('<x:a/>') + set('<x:a>2</x:a>') + remove('<x:b/>'), '2'],
    [`<D:set><D:prop><x:a>1</x:a></D:prop><D:prop><x:a>2</x:a></D:prop></D:set>`, '2'],
  ])('D-09.2-b, D-09.2-i: document order decides: %s', async (body, value) => {
    const target = fresh();
    await patch(served, target, set('<x:a>old</x:a>'));
    const { 200: done, ...others } = await outcome(target, body);
    expect([done?.filter((name) => name === '{urn:x}a'), others]).toEqual([['{urn:x}a'], {}]);
    expect(await valuesOf(target, 'a')).toEqual([value]);
  });

  test('D-09.2-e, D-09.2-f: removing what is not there succeeds, again and again, whatever stands inside', async () => {
    const target = fresh();
    await patch(served, target, set('<x:a>1</x:a><x:b>2</x:b>'));
    for (let round = 0; round < 2; round++) {
      expect(await outcome(target, remove('<x:a>not<x:this/></x:a><x:none/>'))).toEqual({ 200: ['{urn:x}a', '{urn:x}none'] });
      expect(await valuesOf(target, 'a', 'b')).toEqual([null, '2']);
    }
  });

  test('D-09.2-h, Z-mtime-c, Z-win-b: on collections too, and in DAV: what is not known is dead', async () => {
    mkdirSync(join(served.folder, 'c'));
    const body = set(
      '<D:lastmodified>1700000000</D:lastmodified><D:checksum/>' +
        '<Z:Win32FileAttributes xmlns:Z="urn:schemas-microsoft-com:">00000020</Z:Win32FileAttributes>',
    );
    const names = ['{DAV:}checksum', '{DAV:}lastmodified', '{urn:schemas-microsoft-com:}Win32FileAttributes'];
    const bare = await patch(served, '/c', body);
    expect([bare.headers['content-location'], onlyRow(bare).href]).toEqual(['/c/', '/c/']);
    for (const target of ['/c/', fresh()]) {
      expect(await outcome(target, body)).toEqual({ 200: names });
      const row = onlyRow(await find(served, target, '<D:allprop/>'));
      expect(outcomesOf(row)[200]).toEqual(expect.arrayContaining(names));
      expect(propertyIn(row, 'DAV:', 'lastmodified').children).toEqual(['1700000000']);
    }
  });

  test('D-09.2-b: twenty thousand instructions are carried out in one go', async () => {
    const target = fresh();
    const names = Array.from({ length: 20_000 }, (_, index) => `<x:p${index}/>`);
    expect((await outcome(target, set(names.join(''))))[200]).toHaveLength(20_000);
    expect(outcomesOf(onlyRow(await find(served, target, prop(`${names.join('')}<x:none/>`))))).toEqual({
      200: names.map((name) => `{urn:x}${name.slice(3, -2)}`).sort(),
      404: ['{urn:x}none'],
    });
    expect(Object.keys(await outcome(target, remove(names.join(''))))).toEqual(['200']);
    expect(await valuesOf(target, 'p0', 'p19999')).toEqual([null, null]);
  });
});

describe('all or nothing', () => {
  test('D-09.2-c, D-09.2.1-a, D-09.2.1-b, D-09.2.1-c: a protected property stops the rest, which names it', async () => {
    const target = fresh();
    await patch(served, target, set('<x:kept>1</x:kept><x:gone>2</x:gone>'));
    const body = set('<x:kept>9</x:kept><x:a>1</x:a>') + set('<D:getetag>"x"</D:getetag>') + remove('<x:gone/>');
    const row = onlyRow(await patch(served, target, body));
    expect(outcomesOf(row)).toEqual({ 403: ['{DAV:}getetag'], 424: ['{urn:x}a', '{urn:x}gone', '{urn:x}kept'] });
    const [refused, dependent] = row.propstats;
    expect(refused?.error && elementsOf(refused.error).map(nameOf)).toEqual(['{DAV:}cannot-modify-protected-property']);
    const causes =
      dependent?.error &&
      elementsOf(dependent.error)
        .flatMap(elementsOf)
        .flatMap((cause) => davChildren(cause, 'prop'));
    expect(dependent?.error && elementsOf(dependent.error).map(nameOf)).toEqual(['{urn:dav207}failed-dependency']);
    expect(causes?.flatMap(elementsOf).map(nameOf)).toEqual(['{DAV:}getetag']);
    expect(await valuesOf(target, 'kept', 'gone', 'a')).toEqual(['1', '2', null]);
  });

  const PROTECTED = [
    ...['creationdate', 'getcontentlength', 'getcontenttype', 'getetag', 'getlastmodified', 'lockdiscovery', 'resourcetype'],
    ...['supportedlock', 'quota-available-bytes', 'quota-used-bytes'],
  ];
  test.each(PROTECTED)('D-09.2.1-c, Q-3-b: DAV:%s is neither set nor removed', async (name) => {
    const target = fresh();
    const before = (await find(served, target, '<D:allprop/>')).text;
    for (const body of [set(`<D:${name}>x</D:${name}>`), remove(`<D:${name}/>`)]) {
      expect(await outcome(target, body)).toEqual({ 403: [`{DAV:}${name}`] });
    }
    expect((await find(served, target, '<D:allprop/>')).text).toBe(before);
    expect(await outcome(target, set(`<${name} xmlns="urn:x">mine</${name}>`))).toEqual({ 200: [`{urn:x}${name}`] });
  });

  test('D-09.2-i: what is asked several times has one entry, with the worst it got', async () => {
    const target = fresh();
    const mixed = '<D:displayname>not<x:text/></D:displayname>';
    const large = `<D:displayname>${'x'.repeat(65_536)}</D:displayname>`;
    const body = set(`<D:displayname>fine</D:displayname>${mixed}${large}${mixed}`) + remove('<D:displayname/>');
    expect(await outcome(target, body + set('<D:getetag/>') + remove('<D:getetag/>'))).toEqual({
      403: ['{DAV:}getetag'],
      507: ['{DAV:}displayname'],
    });
    expect(outcomesOf(onlyRow(await find(served, target, prop('<D:displayname/>'))))).toEqual({ 404: ['{DAV:}displayname'] });
  });

  test('D-09.2.1-d, D-15.2: displayname is text; a value with elements is 409 and changes nothing', async () => {
    const target = fresh();
    expect(await outcome(target, set('<D:displayname>A &amp; B</D:displayname>'))).toEqual({ 200: ['{DAV:}displayname'] });
    expect(await outcome(target, set('<D:displayname>A <b/></D:displayname><x:a/>'))).toEqual({
      409: ['{DAV:}displayname'],
      424: ['{urn:x}a'],
    });
    expect(propertyIn(onlyRow(await find(served, target, prop('<D:displayname/>'))), 'DAV:', 'displayname').children).toEqual(['A & B']);
    expect(await outcome(target, set('<displayname xmlns="urn:x"><b/></displayname>'))).toEqual({ 200: ['{urn:x}displayname'] });
    expect(await outcome(target, remove('<D:displayname><b/></D:displayname>'))).toEqual({ 200: ['{DAV:}displayname'] });
  });

  test('D-09.2.1-e: a value over 64 KiB is 507, one byte less is stored', async () => {
    const target = fresh();
    const frame = Buffer.byteLength('<x:a xmlns:x="urn:x"></x:a>');
    const most = 65_536 - frame;
    const row = onlyRow(await patch(served, target, set(`<x:a>${'é'.repeat(most / 2 + 1)}</x:a><x:b>1</x:b>`)));
    expect(outcomesOf(row)).toEqual({ 424: ['{urn:x}b'], 507: ['{urn:x}a'] });
    expect(row.propstats[0]?.description).toBe('A property may have 65536 bytes at most.');
    expect(await valuesOf(target, 'a', 'b')).toEqual([null, null]);
    expect(await outcome(target, set(`<x:a>${'x'.repeat(most)}</x:a>`))).toEqual({ 200: ['{urn:x}a'] });
    expect((await valuesOf(target, 'a'))[0]).toHaveLength(most);
  });
});
