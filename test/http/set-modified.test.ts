// `getlastmodified` set by PROPPATCH, over real HTTP: where the operator lets clients, and nowhere else (RFC 4918 §15.7).
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { elementsOf, textOf } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({ setModified: true });
});
afterAll(() => served.close());

const fresh = freshFiles(() => served);
const NAME = '{DAV:}getlastmodified';
const DATE = 'Sat, 08 Mar 2008 10:09:08 GMT';
const date = (text: string) => set(`<D:getlastmodified>${text}</D:getlastmodified>`);
const outcome = async (target: string, body: string, headers: Record<string, string> = {}) =>
  outcomesOf(onlyRow(await patch(served, target, body, headers)));
const modified = (target: string) => Math.floor(statSync(join(served.folder, target)).mtimeMs);
const said = async (target: string, query = prop('<D:getlastmodified/>')) =>
  textOf(propertyIn(onlyRow(await find(served, target, query)), 'DAV:', 'getlastmodified'));

describe('D-15.7: with the right to', () => {
  test.each([DATE, `\n ${DATE} `, 'Sat,  8 Mar 2008 10:09:08 GMT', 'Saturday, 08-Mar-08 10:09:08 GMT'])(
    '%j is the time of the file from then on, once',
    async (text) => {
      const target = fresh();
      expect(await outcome(target, date(text))).toEqual({ 200: [NAME] });
      expect([modified(target), await said(target), await said(target, '<D:allprop/>')]).toEqual([Date.parse(DATE), DATE, DATE]);
      const { headers, text: content } = await served.ask('GET', target);
      expect([headers['last-modified'], content]).toEqual([DATE, 'content']);
      expect((await find(served, target, '<D:allprop/>')).text.split('getlastmodified>')).toHaveLength(3);
    },
  );

  test('a collection has it too, from the beginning if it is made so', async () => {
    mkdirSync(join(served.folder, 'c'));
    expect(await outcome('/c/', date(DATE))).toEqual({ 200: [NAME] });
    const body = `<D:mkcol xmlns:D="DAV:">${date(DATE)}</D:mkcol>`;
    expect((await served.ask('MKCOL', '/new', { headers: { 'Content-Type': 'text/xml' }, body })).status).toBe(201);
    expect([await said('/c/'), await said('/new/')]).toEqual([DATE, DATE]);
  });

  test('nothing is stored: after a PUT it is the time of the PUT', async () => {
    const target = fresh();
    await outcome(target, date(DATE));
    expect((await served.ask('PUT', target, { body: 'new' })).status).toBe(204);
    expect(await said(target)).not.toBe(DATE);
  });

  test.each(['yesterday', '', '1204970948', '2008-03-08T10:09:08Z', `<D:x/>${DATE}`])(
    'D-09.2.1-d: %j is 409, the rest 424',
    async (text) => {
      const target = fresh();
      const before = modified(target);
      const row = onlyRow(await patch(served, target, date(text) + set('<x:a/>')));
      expect(outcomesOf(row)).toEqual({ 409: [NAME], 424: ['{urn:x}a'] });
      expect([row.propstats[0]?.description, modified(target)]).toEqual(['The value must be an HTTP date.', before]);
    },
  );

  test('D-09.2.1-c: it is not removed', async () => {
    const [refused] = onlyRow(await patch(served, fresh(), remove('<D:getlastmodified/>'))).propstats;
    expect([refused?.status, refused?.error && elementsOf(refused.error).map(nameOf)]).toEqual([
      403,
      ['{DAV:}cannot-modify-protected-property'],
    ]);
  });

  test('D-09.2-c: with something that may not be set, it is not', async () => {
    const target = fresh();
    const before = modified(target);
    expect(await outcome(target, date(DATE) + set('<D:creationdate/>'))).toEqual({ 403: ['{DAV:}creationdate'], 424: [NAME] });
    expect(modified(target)).toBe(before);
  });

  test('Z-cksum-b: checksums that came with the file stay true', async () => {
    const target = fresh();
    const checksum = { 'OC-Checksum': 'MD5:9a0364b9e99bb480dd25e1f0284c8555' };
    expect((await served.ask('PUT', target, { body: 'content', headers: checksum })).status).toBe(204);
    await outcome(target, date(DATE));
    const asked = await find(served, target, prop('<oc:checksums xmlns:oc="http://owncloud.org/ns"/>'));
    expect(asked.text).toContain(checksum['OC-Checksum']);
  });
});

test('D-15.7, D-09.2.1-c: without, it is protected', async () => {
  const strict = await serve();
  try {
    await strict.ask('PUT', '/f', { body: 'x' });
    const [refused] = onlyRow(await patch(strict, '/f', date(DATE))).propstats;
    expect([refused?.status, refused?.error && elementsOf(refused.error).map(nameOf)]).toEqual([
      403,
      ['{DAV:}cannot-modify-protected-property'],
    ]);
  } finally {
    await strict.close();
  }
});
