// PROPPATCH over real HTTP: what stops the whole request, what it leaves alone, and `return=minimal` (RFC 4918 §9.2, RFC 8144 §2.2).
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { onlyRow, outcomesOf } from './multistatus-reader.ts';
import { find, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  for (const folder of ['locked', 'shallow', 'c']) {
    mkdirSync(join(served.folder, folder));
    writeFileSync(join(served.folder, folder, 'f'), 'content');
  }
  writeFileSync(join(served.folder, 'f'), 'content');
});
afterAll(() => served.close());

const statusOf = async (target: string, body: string, headers: Record<string, string> = {}) =>
  (await patch(served, target, body, headers)).status;
const outcomeAt = async (target: string) => outcomesOf(onlyRow(await find(served, target, prop('<x:a/>'))));
const ABSENT = { 404: ['{urn:x}a'] };
const PRESENT = { 200: ['{urn:x}a'] };
const A = set('<x:a>1</x:a>');

describe('refused as a whole', () => {
  test('D-09.2-a: without a body, or any set or remove, it is 400', async () => {
    expect((await served.ask('PROPPATCH', '/f')).status).toBe(400);
    expect((await served.ask('PROPPATCH', '/f', { headers: { 'Content-Type': 'text/xml' }, body: [] })).status).toBe(400);
    expect(await statusOf('/f', '')).toBe(400);
    expect(await statusOf('/f', '<D:prop><x:a/></D:prop><x:set><D:prop><x:a/></D:prop></x:set>')).toBe(400);
    const wrongRoot = '<D:propfind xmlns:D="DAV:"><D:set><D:prop><a/></D:prop></D:set></D:propfind>';
    expect((await served.ask('PROPPATCH', '/f', { body: wrongRoot })).status).toBe(400);
    expect(await outcomeAt('/f')).toEqual(ABSENT);
  });

  test('D-08.2-e: a name too long to be repeated in every answer is 400', async () => {
    const long = (length: number) => `<y:a xmlns:y="urn:${'y'.repeat(length - 'urn:a'.length)}"/>`;
    expect(await statusOf('/f', set(long(1025)) + A)).toBe(400);
    expect(await statusOf('/f', remove(long(1025)) + A)).toBe(400);
    expect((await find(served, '/f', prop(long(1025)))).status).toBe(400);
    expect(await outcomeAt('/f')).toEqual(ABSENT);
    expect(await statusOf('/f', set(long(1024)))).toBe(207);
    expect((await find(served, '/f', prop(long(1024)))).status).toBe(207);
  });

  test.each(['/none', '/none/', '/f/', '/f/below', '/none/below'])('D-09.2-k: %s is 404 and stays unmapped', async (target) => {
    expect(await statusOf(target, A)).toBe(404);
    expect((await find(served, target)).status).toBe(404);
    expect(readdirSync(served.folder)).not.toContain('none');
  });

  test('H-17.3-a: the names of the server are refused', async () => {
    expect(await statusOf('/.dav207', A)).toBe(403);
    expect(await statusOf('/c/.dav207-x', A)).toBe(403);
  });

  test('H-13.1.1-b, D-10.4-a: a condition that does not hold is 412, and nothing is stored', async () => {
    expect(await statusOf('/c/f', A, { 'If-Match': '"x"' })).toBe(412);
    expect(await statusOf('/c/f', A, { 'If-None-Match': '*' })).toBe(412);
    expect(await statusOf('/c/f', A, { If: '(["x"])' })).toBe(412);
    expect(await statusOf('/c/f', A, { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(412);
    expect(await outcomeAt('/c/f')).toEqual(ABSENT);
    expect(await statusOf('/none', A, { 'If-Match': '"x"' })).toBe(404);
    expect(await statusOf('/c/f', A, { 'If-Match': '*', If: '(Not ["x"])' })).toBe(207);
    expect(await outcomeAt('/c/f')).toEqual(PRESENT);
  });
});

describe('locks', () => {
  test('D-09.2-j: below an infinite lock its token is needed; the 423 names the lock root', async () => {
    const token = await served.lock('/locked/');
    for (const target of ['/locked/f', '/locked/']) {
      const refused = await patch(served, target, A);
      expect(refused.status).toBe(423);
      expect(refused.text).toContain('<D:lock-token-submitted><D:href>/locked/</D:href></D:lock-token-submitted>');
      expect(await statusOf(target, set('<D:getetag/>'))).toBe(423);
      expect(await statusOf(target, A, { If: '(<urn:uuid:00000000-0000-0000-0000-000000000000>)' })).toBe(412);
      expect(await outcomeAt(target)).toEqual(ABSENT);
      expect(await statusOf(target, A, { If: `(<${token}>)` })).toBe(207);
      expect(await outcomeAt(target)).toEqual(PRESENT);
    }
  });

  test('D-09.2-j: a Depth 0 lock on the collection does not protect a member', async () => {
    const token = await served.lock('/shallow/', { Depth: '0' });
    expect(await statusOf('/shallow/', A)).toBe(423);
    expect(await statusOf('/shallow/f', A)).toBe(207);
    expect(await statusOf('/shallow/', A, { If: `</shallow/> (<${token}>)` })).toBe(207);
    expect(await outcomeAt('/shallow/')).toEqual(PRESENT);
  });
});

describe('what stays', () => {
  test('D-09.2-m, D-08.6-a, D-15.7: ETag, Last-Modified and content are as before', async () => {
    for (const target of ['/f', '/c/']) {
      const names = prop('<D:getetag/><D:getlastmodified/><D:creationdate/>');
      const before = await find(served, target, names);
      expect(await statusOf(target, set('<x:m>1</x:m><D:displayname>M</D:displayname>'))).toBe(207);
      expect((await find(served, target, names)).text).toBe(before.text);
    }
    const { headers, text } = await served.ask('GET', '/f');
    const row = onlyRow(await find(served, '/f', prop('<D:getetag/>')));
    expect([text, row.propstats[0]?.properties[0]?.children]).toEqual(['content', [headers.etag]]);
  });

  test('D-09.2-h: a property belongs to its resource alone', async () => {
    await patch(served, '/c/', set('<x:own>1</x:own>'));
    expect(outcomesOf(onlyRow(await find(served, '/c/f', prop('<x:own/>'))))).toEqual({ 404: ['{urn:x}own'] });
    expect(outcomesOf(onlyRow(await find(served, '/', prop('<x:own/>'))))).toEqual({ 404: ['{urn:x}own'] });
  });
});

describe('Prefer', () => {
  test.each([{ Prefer: 'return=minimal' }, { Brief: 't' }])(
    'D-09.2-n, F-8144-2.2-a, Z-brief-a: after a full success %j is answered 204',
    async (prefer) => {
      const target = `/minimal-${Object.keys(prefer)[0]}`;
      writeFileSync(join(served.folder, target), '');
      const done = await patch(served, target, A, prefer);
      expect([done.status, done.text, done.headers['preference-applied']]).toEqual([204, '', 'return=minimal']);
      expect(await outcomeAt(target)).toEqual(PRESENT);
      const failed = await patch(served, target, remove('<x:a/><D:getetag/>'), prefer);
      expect([outcomesOf(onlyRow(failed)), failed.headers['preference-applied']]).toEqual([
        { 403: ['{DAV:}getetag'], 424: ['{urn:x}a'] },
        undefined,
      ]);
      expect(await outcomeAt(target)).toEqual(PRESENT);
    },
  );
});
