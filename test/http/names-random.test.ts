// Random names over real HTTP and on the disk: every name that Linux takes and that is UTF-8 comes back byte for byte (RFC 4918 §5.2, §8.3).
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isReservedName } from '../../src/protocol/path.ts';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
});
afterAll(() => served.close());

const NAME_MAX = 255; // bytes

/** Control characters, what cannot be seen, what turns the line round, what only URLs, XML, HTML or other systems mind. */
const ODD = Array.from(
  '\u0001\b\t\n\v\f\r\u001b\u007f\u0080\u0085\u009f\u00a0\u00ad\u200b\u200e\u202e\u2028\u2060\ufeff\ufffd\ufffe\uffff\u{1fffe}\u{e0001}\u{10ffff}' +
    ' %#?&;+=:@!$\'()*,[]{}<>|\\^`"~._-\u0301é\u00e9e\u0301ÅK😀👩‍👧',
);
const character = fc.oneof(
  fc.constantFrom(...ODD),
  fc
    .integer({ min: 1, max: 0x10ffff })
    .filter((point) => (point < 0xd800 || point > 0xdfff) && point !== 0x2f)
    .map((point) => String.fromCodePoint(point)),
  fc.constantFrom('%2F', '%00', '%25', '..', '&amp;', 'a', 'A'),
);
const names = fc
  .tuple(fc.array(character, { minLength: 1, maxLength: 12 }), fc.constantFrom('as it is', 'as it is', 'filled up'))
  .map(([characters, how]) => {
    const name = characters.join('');
    return how === 'filled up' ? name + 'x'.repeat(NAME_MAX - Buffer.byteLength(name)) : name;
  })
  .filter((name) => name !== '.' && name !== '..' && !isReservedName(name));

/** The strictest way to write it: every byte that is not a letter or a digit as `%HH`. */
const urlOf = (name: string) =>
  Array.from(Buffer.from(name), (byte) =>
    /\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('');
const onDisk = (folder: string) =>
  readdirSync(join(served.folder, folder), { encoding: 'buffer' })
    .map((name) => name.toString('latin1'))
    .sort();
const asBytes = (all: readonly string[]) => all.map((name) => Buffer.from(name).toString('latin1')).sort();

async function listed(target: string): Promise<string[]> {
  const rows = rowsOf(await served.ask('PROPFIND', target, { headers: { Depth: '1' } })).slice(1);
  return rows.map(({ href }) => href).filter((href) => href !== target);
}
const segmentOf = (href: string) => decodeURIComponent(href.replace(/\/$/, '').replace(/^.*\//, ''));

const status = async (method: string, target: string, asking: { Destination?: string; body?: string } = {}) => {
  const { Destination, body } = asking;
  return (
    await served.ask(method, target, {
      ...(Destination !== undefined && { headers: { Destination } }),
      ...(body !== undefined && { body }),
    })
  ).status;
};

test('D-08.3-e, D-05.2-a: PUT, PROPFIND, GET, COPY, MOVE and DELETE of many at once: one row and one file each', async () => {
  const sets = fc.uniqueArray(names, { minLength: 1, maxLength: 12 });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(sets, async (all) => {
      count += all.length;
      for (const folder of ['c', 'copy', 'moved']) rmSync(join(served.folder, folder), { recursive: true, force: true });
      mkdirSync(join(served.folder, 'c'));
      for (const name of all) expect([name, await status('PUT', `/c/${urlOf(name)}`, { body: name })]).toEqual([name, 201]);
      expect(onDisk('c')).toEqual(asBytes(all));

      const hrefs = await listed('/c/');
      expect(asBytes(hrefs.map(segmentOf))).toEqual(asBytes(all));
      for (const href of hrefs) expect((await served.ask('GET', href)).text).toBe(segmentOf(href));
      const page = (await served.ask('GET', '/c/')).text;
      const links = [...page.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => String(href).replaceAll('&amp;', '&'));
      expect(links.slice(1).sort()).toEqual(hrefs.sort());

      expect(await status('COPY', '/c/', { Destination: '/copy/' })).toBe(201);
      mkdirSync(join(served.folder, 'moved'));
      for (const href of hrefs) {
        const there = href.replace('/c/', '/moved/');
        expect([href, await status('MOVE', href, { Destination: there })]).toEqual([href, 201]);
        expect([href, await status('COPY', there, { Destination: href })]).toEqual([href, 201]);
        expect([href, await status('DELETE', there)]).toEqual([href, 204]);
      }
      expect([onDisk('c'), onDisk('copy'), onDisk('moved')]).toEqual([asBytes(all), asBytes(all), []]);
      for (const name of all) expect(readFileSync(join(served.folder, 'c', name), 'utf8')).toBe(name);
    }),
    { numRuns: 20 },
  );
  expect(count).toBeGreaterThan(30);
});

test('D-08.3-e: the same as a collection: made, locked through a tag, described and removed', async () => {
  // Of what the test before has left, one may have the same name.
  rmSync(join(served.folder, 'c'), { recursive: true, force: true });
  mkdirSync(join(served.folder, 'c'));
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const url = `/c/${urlOf(name)}`;
      expect(await status('MKCOL', url)).toBe(201);
      const [href = '', ...more] = (await listed('/c/')).filter((each) => segmentOf(each) === name);
      expect([more, href.endsWith('/')]).toEqual([[], true]);
      const token = await served.lock(url);
      expect((await served.ask('PROPFIND', href, { headers: { Depth: '0' } })).text).toContain(
        `<D:lockroot><D:href>${href.replaceAll('&', '&amp;')}</D:href>`,
      );
      const removed = await served.ask('DELETE', href, { headers: { If: `<${href}> (<${token}>)` } });
      expect([name, removed.status]).toEqual([name, 204]);
    }),
    { numRuns: 60 },
  );
});

describe('D-05.2-f: one spelling for all that are equivalent', () => {
  test('however a name is encoded, with or without the slash of a collection', async () => {
    mkdirSync(join(served.folder, 'n/Col'), { recursive: true });
    expect(await status('PUT', '/n/%41~%c3%a9', { body: 'x' })).toBe(201);
    for (const target of ['/n/A~%C3%A9', '/n/%41%7E%C3%a9', '//n///A~%c3%A9']) {
      expect((await served.ask('GET', target)).text).toBe('x');
      expect(rowsOf(await served.ask('PROPFIND', target, { headers: { Depth: '0' } })).map(({ href }) => href)).toEqual(['/n/A~%C3%A9']);
    }
    for (const target of ['/n/Col', '/n/Col/', '/n/%43ol'])
      expect(rowsOf(await served.ask('PROPFIND', target, { headers: { Depth: '0' } })).map(({ href }) => href)).toEqual(['/n/Col/']);
    for (let again = 0; again < 3; again++) expect((await listed('/n/')).sort()).toEqual(['/n/A~%C3%A9', '/n/Col/']);
  });

  test('what differs in case or normalisation is not equivalent on this disk, and stays apart', async () => {
    mkdirSync(join(served.folder, 'apart'));
    const all = ['a', 'A', 'é', 'e\u0301', 'K', '\u212a', 'ﬁ', 'fi'];
    for (const name of all) expect(await status('PUT', `/apart/${urlOf(name)}`, { body: name })).toBe(201);
    for (const name of all) expect((await served.ask('GET', `/apart/${urlOf(name)}`)).text).toBe(name);
    expect((await listed('/apart/')).map(segmentOf).sort()).toEqual([...all].sort());
  });
});
