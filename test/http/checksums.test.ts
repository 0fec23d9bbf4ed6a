// ownCloud's properties over real HTTP: the checksums of a file for as long as they are its own, and the time that rclone sets.
import { createHash } from 'node:crypto';
import { appendFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textOf } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { onlyRow, outcomesOf, rowAt } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());
const fresh = freshFiles(() => served);
const at = (target: string) => join(served.folder, target);

const NAME = '{http://owncloud.org/ns}checksums';
const ASKED = prop('<oc:checksums xmlns:oc="http://owncloud.org/ns"/>');
const hex = (algorithm: string, content: string) => createHash(algorithm).update(content).digest('hex');
const sha1 = (content: string) => `SHA1:${hex('sha1', content)}`;
const both = (content: string) => `${sha1(content)} MD5:${hex('md5', content)}`;

/** The text of the property; undefined when the file has none. */
async function checksums(target: string): Promise<string | undefined> {
  const { propstats } = onlyRow(await find(served, target, ASKED));
  const found = propstats.find(({ status }) => status === 200)?.properties.find((each) => nameOf(each) === NAME);
  expect(propstats.map(({ status }) => status)).toEqual([found ? 200 : 404]);
  return found && textOf(found.children[0] as typeof found);
}

/** A file that was uploaded with its checksum. */
async function uploaded(content = 'content', headers: Record<string, string> = {}): Promise<string> {
  const target = fresh();
  const reply = await served.ask('PUT', target, { headers: { 'OC-Checksum': sha1(content), ...headers }, body: content });
  expect(reply.status).toBe(204);
  return target;
}

describe('Z-cksum-b: the checksum that came with an upload', () => {
  test('is a property: by name, in allprop and in propname, of the file and of a member', async () => {
    const target = await uploaded();
    const written = `checksums xmlns:oc="http://owncloud.org/ns"><oc:checksum>${both('content')}</oc:checksum></oc:checksums>`;
    expect((await find(served, target, ASKED)).text).toContain(written);
    expect((await find(served, target, '<D:allprop/>')).text).toContain(written);
    expect((await find(served, target, '<D:propname/>')).text).toContain('checksums');
    const { propstats } = rowAt(await find(served, '/', ASKED, { Depth: '1' }), target);
    expect(propstats.map(({ status }) => status)).toEqual([200]);
    expect((await find(served, target, '<D:allprop/>')).text).not.toContain('<?dav207');
  });

  test('is told with those that clients ask for, and those that were sent and checked', async () => {
    const target = fresh();
    const sent = `md5:${hex('md5', 'x')} XXH3:00 SHA256:${hex('sha256', 'x')}`;
    await served.ask('PUT', target, { headers: { 'OC-Checksum': sent }, body: 'x' });
    expect(await checksums(target)).toBe(`${both('x')} SHA256:${hex('sha256', 'x')}`);
  });

  test('never sent, never there', async () => {
    const target = fresh();
    expect(await checksums(target)).toBeUndefined();
    await served.ask('PUT', target, { body: 'x', headers: { 'OC-Checksum': 'XXH3:00' } });
    expect(await checksums(target)).toBeUndefined();
    expect((await find(served, target, '<D:propname/>')).text).not.toContain('checksums');
  });

  test('stays when an upload is refused', async () => {
    const target = await uploaded();
    await served.ask('PUT', target, { headers: { 'OC-Checksum': sha1('other') }, body: 'wrong' });
    await served.ask('PUT', target, { headers: { 'If-Match': '"stale"' }, body: 'late' });
    expect(await checksums(target)).toBe(both('content'));
  });

  test('goes along with MOVE, with the time kept or set again', async () => {
    const target = await uploaded('content', { 'X-OC-Mtime': '1000000000' });
    const to = `${target}-moved`;
    await served.ask('MOVE', target, { headers: { Destination: to, 'X-OC-Mtime': '1000000000' } });
    expect(await checksums(to)).toBe(both('content'));
    await served.ask('MOVE', to, { headers: { Destination: `${to}-again` } });
    expect(await checksums(`${to}-again`)).toBe(both('content'));
  });
});

describe('Z-cksum-b: never stale', () => {
  const stale: [string, (target: string) => unknown][] = [
    ['a PUT without one', (target) => served.ask('PUT', target, { body: 'CONTENT' })],
    [
      'a PUT without one that keeps the time',
      (target) => served.ask('PUT', target, { body: 'CONTENT', headers: { 'X-OC-Mtime': '1000000000' } }),
    ],
    ['a part', (target) => served.ask('PUT', target, { body: 'C', headers: { 'Content-Range': 'bytes 0-0/*', 'OC-Checksum': sha1('C') } })],
    ['another program that writes it', (target) => writeFileSync(at(target), 'CONTENT')],
    [
      'another program that adds to it and puts the time back',
      (target) => {
        appendFileSync(at(target), '!');
        utimesSync(at(target), 1e9, 1e9);
      },
    ],
    [
      'another program that puts a file of the same size and time in its place',
      (target) => {
        writeFileSync(at(`${target}~`), 'CONTENT');
        utimesSync(at(`${target}~`), 1e9, 1e9);
        renameSync(at(`${target}~`), at(target));
      },
    ],
    [
      'a DELETE and a new file',
      async (target) => {
        await served.ask('DELETE', target);
        await served.ask('PUT', target, { body: 'CONTENT', headers: { 'X-OC-Mtime': '1000000000' } });
      },
    ],
    ['a MOVE of another file onto it', async (target) => served.ask('MOVE', fresh(), { headers: { Destination: target } })],
    ['a COPY of another file onto it', async (target) => served.ask('COPY', fresh(), { headers: { Destination: target } })],
  ];
  test.each(stale)('gone after %s', async (_what, change) => {
    const target = await uploaded('content', { 'X-OC-Mtime': '1000000000' });
    expect(await checksums(target)).toBe(both('content'));
    await change(target);
    expect(await checksums(target)).toBeUndefined();
    expect((await find(served, target, '<D:allprop/>')).text).not.toContain('checksums');
  });

  test('a PUT with another takes its place', async () => {
    const target = await uploaded();
    await served.ask('PUT', target, { headers: { 'OC-Checksum': sha1('other') }, body: 'other' });
    expect(await checksums(target)).toBe(both('other'));
  });

  test('inodes are used again: ten uploads in turn, of one size and time', async () => {
    const target = fresh();
    for (let turn = 0; turn < 10; turn++) {
      const headers = { 'X-OC-Mtime': '1000000000', ...(turn % 3 === 0 && { 'OC-Checksum': sha1(`turn ${turn}`) }) };
      await served.ask('PUT', target, { headers, body: `turn ${turn}` });
      expect(await checksums(target)).toBe(turn % 3 === 0 ? both(`turn ${turn}`) : undefined);
    }
  });
});

const seconds = (target: string) => Math.floor(statSync(at(target)).mtimeMs) / 1000;
const lastmodified = (value: string) => `<D:lastmodified>${value}</D:lastmodified>`;

describe('Z-mtime-c: PROPPATCH of lastmodified', () => {
  test('sets the time, reads back as the time, and leaves the checksum true', async () => {
    const target = await uploaded();
    expect(outcomesOf(onlyRow(await patch(served, target, set(lastmodified('1000000000')))))).toEqual({ 200: ['{DAV:}lastmodified'] });
    expect([seconds(target), await checksums(target)]).toEqual([1e9, both('content')]);
    expect((await find(served, target, prop('<D:lastmodified/>'))).text).toContain('>1000000000<');
    utimesSync(at(target), 1, 981_173_106.789);
    expect((await find(served, target, prop('<D:lastmodified/>'))).text).toContain('>981173106<');
    expect(await checksums(target)).toBeUndefined();
  });

  test.each(['soon', '', '1e9', 'Sun, 09 Sep 2001 01:46:40 GMT'])('%j is stored and sets nothing', async (value) => {
    const target = fresh();
    const before = seconds(target);
    expect((await patch(served, target, set(lastmodified(value)))).text).toContain('200 OK');
    expect([seconds(target), (await find(served, target, prop('<D:lastmodified/>'))).text.includes('200 OK')]).toEqual([before, true]);
  });

  test('with the checksums beside it, as rclone sends them: those of the file as it is', async () => {
    const target = fresh();
    const given = '<oc:checksums xmlns:oc="http://owncloud.org/ns"><oc:checksum>SHA1:abc</oc:checksum></oc:checksums>';
    await patch(served, target, set(lastmodified('1000000000') + given));
    expect([seconds(target), await checksums(target)]).toEqual([1e9, 'SHA1:abc']);
    await served.ask('PUT', target, { body: 'CONTENT', headers: { 'X-OC-Mtime': '1000000000' } });
    expect(await checksums(target)).toBeUndefined();
  });

  test.each(['PROPPATCH', 'MKCOL'])('of a collection, by %s, they are as any property: there until they are removed', async (method) => {
    const target = `/${method}/`;
    const given = '<oc:checksums xmlns:oc="http://owncloud.org/ns"><oc:checksum>SHA1:abc</oc:checksum></oc:checksums>';
    const body = method === 'MKCOL' ? `<D:mkcol xmlns:D="DAV:">${set(given)}</D:mkcol>` : '';
    expect((await served.ask('MKCOL', target, { headers: { 'Content-Type': 'application/xml' }, body })).status).toBe(201);
    if (method === 'PROPPATCH') await patch(served, target, set(given));
    expect(await checksums(target)).toBe('SHA1:abc');
    await served.ask('PUT', `${target}member`, { body: 'x' });
    await patch(served, target, set(lastmodified('1000000000')));
    expect(await checksums(target)).toBe('SHA1:abc');
    await patch(served, target, remove('<oc:checksums xmlns:oc="http://owncloud.org/ns"/>'));
    expect(await checksums(target)).toBeUndefined();
  });

  test('checksums are removed as any property', async () => {
    const target = await uploaded();
    const gone = remove('<oc:checksums xmlns:oc="http://owncloud.org/ns"/>');
    expect((await patch(served, target, gone + set(lastmodified('1000000000')))).text).toContain('200 OK');
    expect([await checksums(target), seconds(target)]).toEqual([undefined, 1e9]);
  });
});

describe('X-Recalculate-Hash, which rclone sends where the upload had no checksum', () => {
  const recalculate = (target: string, name: string, more: Record<string, string> = {}) =>
    served.ask('PATCH', target, { headers: { 'X-Recalculate-Hash': name, ...more } });

  test.each([
    ['sha1', 'SHA1', 'sha1', ''],
    ['MD5', 'MD5', 'md5', ''],
    [' Sha256', 'SHA256', 'sha256', ' SHA256'],
  ])('%s: the one that is asked for is answered, and all that clients ask for are a property', async (asked, name, hash, more) => {
    const target = fresh();
    const stamps = prop('<D:getetag/><D:getlastmodified/>');
    const before = (await find(served, target, stamps)).text;
    const reply = await recalculate(target, asked);
    const told = `${name}:${hex(hash, 'content')}`;
    expect([reply.status, reply.headers['oc-checksum'], reply.text]).toEqual([204, told, '']);
    expect(await checksums(target)).toBe(both('content') + (more && ` ${told}`));
    expect([(await find(served, target, stamps)).text, (await served.ask('GET', target)).text]).toEqual([before, 'content']);
  });

  test('of a file that has been written since by another program it is the new one', async () => {
    const target = await uploaded();
    writeFileSync(at(target), 'CONTENT');
    expect((await recalculate(target, 'SHA1')).headers['oc-checksum']).toBe(sha1('CONTENT'));
    expect(await checksums(target)).toBe(both('CONTENT'));
  });

  test.each(['XXH3', '', 'SHA1,MD5', 'constructor'])('%j is 400', async (name) => {
    const target = fresh();
    expect((await recalculate(target, name)).status).toBe(400);
    expect(await checksums(target)).toBeUndefined();
  });

  test('405 for a collection, 404 where nothing is, 412 when it is another file, 415 with a body', async () => {
    const target = fresh();
    expect((await recalculate('/', 'SHA1')).status).toBe(405);
    expect((await recalculate('/none', 'SHA1')).status).toBe(404);
    expect((await recalculate(target, 'SHA1', { 'If-Match': '"x"' })).status).toBe(412);
    expect((await served.ask('PATCH', target, { headers: { 'X-Recalculate-Hash': 'SHA1' }, body: 'x' })).status).toBe(415);
    expect(await checksums(target)).toBeUndefined();
  });

  test('a locked file needs its token', async () => {
    const target = fresh();
    const token = await served.lock(target);
    expect((await recalculate(target, 'SHA1')).status).toBe(423);
    expect(await checksums(target)).toBeUndefined();
    expect((await recalculate(target, 'SHA1', { If: `(<${token}>)` })).status).toBe(204);
    expect(await checksums(target)).toBe(both('content'));
  });
});
