// What the server says it can, over real HTTP, and that it can what it says (RFC 4918 §10.1, §18).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { activeLocks } from './locking.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, prop } from './properties.ts';
import { LOCKINFO, type Reply, type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  writeFileSync(join(served.folder, 'f'), 'content');
});
afterAll(() => served.close());

const classesOf = ({ headers }: Reply) => String(headers.dav).split(/\s*,\s*/);
const XML = { 'Content-Type': 'application/xml' };

describe('DAV', () => {
  const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/;
  const CODED_URL = /^<[a-z][a-z\d+.-]*:[^\s<>"]+>$/i;
  /** RFC 3744, 5842 and 3253 want more of who says these; RFC 4331, 5323, 5995 and 6578 define none. */
  const NOT_OFFERED =
    /^(?:access-control|bind|version-control|quota|search|add-member|sync-collection|calendar-access|addressbook|redirectrefs)$/;

  test.each(['/', '/f', '/unmapped'])(
    'D-10.1-c, D-10.1-d, D-10.1-f: at %s is a list of classes and URIs, 1, 2 and 3 among them',
    async (target) => {
      const classes = classesOf(await served.ask('OPTIONS', target));
      expect(classes).toEqual(expect.arrayContaining(['1', '2', '3', 'extended-mkcol']));
      for (const each of classes) expect(each).toMatch(each.startsWith('<') ? CODED_URL : TOKEN);
      expect([new Set(classes).size, classes.filter((each) => NOT_OFFERED.test(each))]).toEqual([classes.length, []]);
    },
  );

  test('D-10.1-f: of a read-only server is 1 and 3', async () => {
    const reader = await serve({ readOnly: true });
    try {
      expect(classesOf(await reader.ask('OPTIONS', '/'))).toEqual(['1', '3']);
    } finally {
      await reader.close();
    }
  });

  test('D-10.1-b: 2 is all that locks need: LOCK with its owner and Timeout, both properties, UNLOCK', async () => {
    expect(classesOf(await served.ask('OPTIONS', '/f'))).toContain('2');
    const body = LOCKINFO.replace('</D:lockinfo>', '<D:owner>me</D:owner></D:lockinfo>');
    const taken = await served.ask('LOCK', '/f', { headers: { ...XML, Timeout: 'Second-600' }, body });
    const token = String(taken.headers['lock-token']);
    expect([taken.status, activeLocks(taken.text)[0]?.timeout]).toEqual([200, 'Second-600']);
    const row = onlyRow(await find(served, '/f', prop('<D:supportedlock/><D:lockdiscovery/>')));
    expect(propertyIn(row, 'DAV:', 'supportedlock').children.length).toBe(2);
    const { text } = await find(served, '/f', prop('<D:lockdiscovery/>'));
    expect(activeLocks(text)).toEqual([
      {
        scope: 'exclusive',
        depth: 'infinity',
        timeout: expect.stringMatching(/^Second-(600|59\d)$/),
        token: token.slice(1, -1),
        root: '/f',
      },
    ]);
    expect(text).toMatch(/<D:owner[^>]*>me<\/D:owner>/);
    expect((await served.ask('PUT', '/f', { body: 'x' })).status).toBe(423);
    expect((await served.ask('UNLOCK', '/f', { headers: { 'Lock-Token': token } })).status).toBe(204);
    expect((await served.ask('PUT', '/f', { body: 'content' })).status).toBe(204);
  });
});

describe('OPTIONS', () => {
  test.each(['/', '/f', '/unmapped'])('H-9.3.7-b: at %s ignores preconditions, and its answer is not kept', async (target) => {
    const plain = await served.ask('OPTIONS', target);
    expect([plain.status, plain.headers['cache-control'], plain.text]).toEqual([200, 'no-cache', '']);
    const conditions: Record<string, string>[] = [
      { 'If-Match': '"x"' },
      { 'If-None-Match': '*' },
      { 'If-Unmodified-Since': 'Sun, 09 Sep 2001 01:46:40 GMT' },
      { If: '(["x"])' },
      { If: 'nonsense' },
    ];
    for (const headers of conditions) {
      const reply = await served.ask('OPTIONS', target, { headers });
      expect([headers, reply.status, reply.headers.allow]).toEqual([headers, 200, plain.headers.allow]);
    }
  });

  test('Z-ms-a, Z-ms-b: has MS-Author-Via, on files, collections and what is not there', async () => {
    for (const target of ['/', '/f', '/unmapped']) expect((await served.ask('OPTIONS', target)).headers['ms-author-via']).toBe('DAV');
  });

  test('Z-msdav-a: the extensions of Microsoft are not offered, and what asks for them is not heard', async () => {
    const { headers } = await served.ask('OPTIONS', '/', { headers: { 'X-MSDAVEXT': 'PROPFIND' } });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([]);
    const asked = { 'X-MSDAVEXTLockTimeout': 'Second-3600', 'X-MSDAVEXT': 'PROPFIND', 'X-MSDAVEXT_Error': '1' };
    for (const [method, asking] of [
      ['PUT', { headers: asked, body: 'content' }],
      ['GET', { headers: asked }],
      ['HEAD', { headers: { ...asked, 'X-MSDAVEXTLockTimeout': 'nonsense' } }],
    ] as const) {
      const reply = await served.ask(method, '/f', asking);
      expect([method, reply.status, reply.headers['lock-token']]).toEqual([method, method === 'PUT' ? 204 : 200, undefined]);
      expect(Object.keys(reply.headers).filter((name) => name.includes('msdav'))).toEqual([]);
    }
    expect(activeLocks((await find(served, '/f', prop('<D:lockdiscovery/>'))).text)).toEqual([]);
  });
});

test('what is not offered is not half there: REPORT and SEARCH, the properties of versioning and bindings, CORS, OC-ETag, X-OC-CTime', async () => {
  for (const method of ['REPORT', 'SEARCH', 'BIND', 'VERSION-CONTROL', 'ACL']) {
    const reply = await served.ask(method, '/', { headers: XML, body: '<sync-collection xmlns="DAV:"/>' });
    expect([method, reply.status]).toEqual([method, 501]);
    expect(String((await served.ask('OPTIONS', '/')).headers.allow).split(', ')).not.toContain(method);
  }
  const names = ['supported-method-set', 'supported-live-property-set', 'supported-report-set', 'sync-token', 'resource-id'];
  const row = onlyRow(await find(served, '/', prop(names.map((name) => `<D:${name}/>`).join(''))));
  expect(outcomesOf(row)).toEqual({ 404: names.map((name) => `{DAV:}${name}`).sort() });
  const origin = { Origin: 'http://other.example', 'Access-Control-Request-Method': 'PUT', 'X-OC-CTime': '1000000000' };
  for (const reply of [
    await served.ask('OPTIONS', '/f', { headers: origin }),
    await served.ask('PUT', '/f', { headers: origin, body: 'content' }),
  ])
    expect(Object.keys(reply.headers).filter((name) => /^access-control-|^oc-|^x-oc-/.test(name))).toEqual([]);
});

test('D-08.5-a: who asks is settled before any condition: 401, and neither 304 nor 412', async () => {
  const guarded = await serve({ users: [{ name: 'ann', password: 'a' }] });
  try {
    writeFileSync(join(guarded.folder, 'f'), 'content');
    const known = { Authorization: `Basic ${Buffer.from('ann:a').toString('base64')}` };
    const { etag, 'last-modified': modified } = (await guarded.ask('GET', '/f', { headers: known })).headers;
    const conditions: readonly [Record<string, string>, number][] = [
      [{ 'If-None-Match': '*' }, 304],
      [{ 'If-None-Match': String(etag) }, 304],
      [{ 'If-Modified-Since': String(modified) }, 304],
      [{ 'If-Match': '"x"' }, 412],
      [{ 'If-Unmodified-Since': 'Sun, 09 Sep 2001 01:46:40 GMT' }, 412],
      [{ If: '(["x"])' }, 412],
    ];
    for (const [condition, otherwise] of conditions) {
      for (const authorization of [{}, { Authorization: `Basic ${Buffer.from('ann:b').toString('base64')}` }]) {
        const refused = await guarded.ask('GET', '/f', { headers: { ...condition, ...authorization } });
        expect([condition, refused.status, refused.headers.etag]).toEqual([condition, 401, undefined]);
      }
      expect([condition, (await guarded.ask('GET', '/f', { headers: { ...condition, ...known } })).status]).toEqual([condition, otherwise]);
    }
  } finally {
    await guarded.close();
  }
});
