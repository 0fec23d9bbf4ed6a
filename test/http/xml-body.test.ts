// XML bodies over real HTTP, as PROPFIND and PROPPATCH meet them: media types, encodings, sizes, framing, what is refused (RFC 4918 §8.2, §17, §19, §20.6).
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Asking, type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  writeFileSync(join(served.folder, 'f'), 'content');
  await patch(served, '/f', set('<x:a>1</x:a>'));
});
afterAll(() => served.close());

type Body = NonNullable<Asking['body']>;

/** PROPFIND of `/f` with that body and Content-Type. */
const ask = (body: Body, type: string | undefined = 'application/xml', headers: Record<string, string> = {}) =>
  served.ask('PROPFIND', '/f', { headers: { Depth: '0', ...(type && { 'Content-Type': type }), ...headers }, body });

const QUERY = '<D:propfind xmlns:D="DAV:"><D:prop><x:a xmlns:x="urn:x"/></D:prop></D:propfind>';
const FOUND = { 200: ['{urn:x}a'] };
const answered = async (...asked: Parameters<typeof ask>) => outcomesOf(onlyRow(await ask(...asked)));

describe('what is not XML', () => {
  test.each([
    ['D-08.2-a', 'an element that does not end', '<foo>'],
    ['D-08.2-a', 'nothing but a blank', ' '],
    ['D-08.2-a', 'text', 'propfind'],
    ['D-08.2-b', 'a prefix that is not bound', '<D:propfind><D:allprop/></D:propfind>'],
    ['D-08.2-b', 'a prefix bound to nothing', '<D:propfind xmlns:D="DAV:"><D:prop><bar:foo xmlns:bar=""/></D:prop></D:propfind>'],
    [
      'D-08.2-b',
      'one attribute twice',
      '<D:propfind xmlns:D="DAV:" xmlns:a="urn:a" xmlns:b="urn:a" a:c="1" b:c="2"><D:allprop/></D:propfind>',
    ],
    ['D-08.2-a', 'two roots', `${QUERY}${QUERY}`],
    ['D-08.2-a', 'an entity that nobody declared', '<D:propfind xmlns:D="DAV:"><D:allprop/>&e;</D:propfind>'],
    ['D-08.2-a', 'a character that XML has not', '<D:propfind xmlns:D="DAV:"><D:allprop/>\u0001</D:propfind>'],
    ['D-08.2-a', 'bytes that are not UTF-8', Buffer.from('<D:propfind xmlns:D="DAV:"><D:allprop/>\xff</D:propfind>', 'latin1')],
    ['D-08.2-e', 'ten thousand elements in each other', `${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`],
  ])('%s: %s is 400, for PROPPATCH too', async (_id, _what, body) => {
    expect((await ask(body)).status).toBe(400);
    const put = { headers: { 'Content-Type': 'text/xml' }, body };
    expect((await served.ask('PROPPATCH', '/f', put)).status).toBe(400);
  });

  test('D-08.2-a: what comes before the mistake has no effect either', async () => {
    expect((await patch(served, '/f', `${set('<x:half>1</x:half>')}<oops>`)).status).toBe(400);
    expect(outcomesOf(onlyRow(await find(served, '/f', prop('<x:half/>'))))).toEqual({ 404: ['{urn:x}half'] });
  });
});

describe('document types', () => {
  test.each([
    ['an external general entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
    ['an external parameter entity', '<!DOCTYPE x [<!ENTITY % e PUBLIC "-//x" "http://127.0.0.1:9/x.dtd"> %e;]>'],
    ['an external subset', '<!DOCTYPE propfind SYSTEM "http://127.0.0.1:9/x.dtd">'],
  ])('D-20.6-a: %s is 403 no-external-entities', async (_, doctype) => {
    for (const reply of [await ask(doctype + QUERY), await served.ask('PROPPATCH', '/f', { body: doctype + QUERY })]) {
      expect([reply.status, reply.headers['content-type']]).toEqual([403, 'application/xml; charset="utf-8"']);
      expect(reply.text).toBe('<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"><D:no-external-entities/></D:error>');
    }
  });

  test('D-20.6-a: what it names is not fetched', async () => {
    const asked: string[] = [];
    const other = createServer((request, response) => {
      asked.push(String(request.url));
      response.end('<!ENTITY e "fetched">');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/x.dtd`;
      for (const doctype of [
        `<!DOCTYPE x SYSTEM "${url}">`,
        `<!DOCTYPE x [<!ENTITY % e SYSTEM "${url}"> %e;]>`,
        `<!DOCTYPE x [<!ENTITY e SYSTEM "${url}">]>`,
      ])
        expect((await ask(doctype + QUERY.replace('<D:prop>', '<D:prop>&e;'))).status).toBe(403);
      await fetch(url); // so that an earlier one has come
      expect(asked).toEqual(['/x.dtd']);
    } finally {
      other.close();
    }
  });

  const BOMB = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`).join('');
  test.each([
    ['a billion laughs', `<!DOCTYPE x [<!ENTITY e0 "ha">${BOMB}]>`],
    ['an internal entity', '<!DOCTYPE x [<!ENTITY e "1">]>'],
    ['no subset at all', '<!DOCTYPE propfind>'],
  ])('D-20.6-b, D-14-c: %s is 400', async (_, doctype) => {
    expect((await ask(doctype + QUERY.replace('<D:prop>', '<D:prop>&e9;'))).status).toBe(400);
    expect((await ask(doctype + QUERY)).status).toBe(400);
  });
});

describe('the media type', () => {
  test.each([
    'application/xml',
    'text/xml',
    'TEXT/XML; charset=utf-8',
    'application/xml;charset="UTF-8"',
    'application/dav+xml',
    undefined,
  ])('D-08.2-c, D-08.2-d: %s is read', async (type) => {
    expect(await answered(QUERY, type ?? '')).toEqual(FOUND);
  });

  test.each(['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'application/octet-stream', 'xml', 'text/xmlx'])(
    'D-08.2-d: %s is 415 with Accept',
    async (type) => {
      for (const body of [QUERY, [QUERY]]) {
        const reply = await ask(body, type);
        expect([reply.status, reply.headers.accept]).toEqual([415, 'application/xml, text/xml']);
      }
      expect((await served.ask('PROPPATCH', '/f', { headers: { 'Content-Type': type }, body: QUERY })).status).toBe(415);
    },
  );

  test('RFC 9110 §12.5.3: a compressed body is 415 with Accept-Encoding', async () => {
    const reply = await ask(gzipSync(QUERY), 'application/xml', { 'Content-Encoding': 'gzip' });
    expect([reply.status, reply.headers['accept-encoding']]).toEqual([415, 'identity']);
    expect(await answered(QUERY, 'application/xml', { 'Content-Encoding': 'identity' })).toEqual(FOUND);
  });

  test('D-08.2-d: a wrong type is refused before the body is asked for; a right one is asked for', async () => {
    const head = (type: string) =>
      `PROPFIND /f HTTP/1.1\r\nHost: x\r\nDepth: 0\r\nContent-Type: ${type}\r\nContent-Length: ${QUERY.length}\r\nExpect: 100-continue\r\n\r\n`;
    expect(await served.raw(head('text/plain'), /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 415 /);
    expect(await served.raw(head('text/xml'), /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100 /);
  });
});

describe('encodings', () => {
  const utf16le = (text: string) => Buffer.from(text, 'utf16le');
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const VALUE =
    '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x:e xmlns:x="urn:x">é €\u{1F600}</x:e></D:prop></D:set></D:propertyupdate>';
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;

  test.each([
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${declared('utf-8')}${VALUE}`), undefined],
    ['UTF-16LE with a mark', utf16le(`\uFEFF${declared('UTF-16')}${VALUE}`), undefined],
    ['UTF-16BE with a mark', utf16be(`\uFEFF${VALUE}`), undefined],
    ['UTF-16 by its charset', utf16be(VALUE), 'application/xml; charset=utf-16'],
    ['UTF-16LE by its charset', utf16le(VALUE), 'text/xml; charset="UTF-16LE"'],
  ])('D-19-a: %s is read, and UTF-8 is written', async (name, body, type) => {
    const target = `/${encodeURIComponent(name)}`;
    writeFileSync(join(served.folder, name), '');
    const headers = type === undefined ? {} : { 'Content-Type': type };
    expect(outcomesOf(onlyRow(await served.ask('PROPPATCH', target, { headers, body })))).toEqual({ 200: ['{urn:x}e'] });
    const back = await find(served, target, prop('<x:e/>'));
    expect(propertyIn(onlyRow(back), 'urn:x', 'e').children).toEqual(['é €\u{1F600}']);
    expect(back.bytes.includes(Buffer.from('é €\u{1F600}'))).toBe(true);
  });

  test('D-19-b: ISO-8859-1 is read too; what nobody speaks is 415', async () => {
    const latin = Buffer.from(`${declared('iso-8859-1')}${VALUE.replace(/ €\u{1F600}/u, '')}`, 'latin1');
    await served.ask('PROPPATCH', '/f', { body: latin });
    expect(propertyIn(onlyRow(await find(served, '/f', prop('<x:e/>'))), 'urn:x', 'e').children).toEqual(['é']);
    expect((await ask(declared('EBCDIC-CP-US') + QUERY)).status).toBe(415);
    expect((await ask(QUERY, 'application/xml; charset=windows-1251')).status).toBe(415);
  });
});

describe('size and framing', () => {
  const padded = (length: number) => QUERY + ' '.repeat(length - QUERY.length);

  test('D-08.2-e, H-15.5.14-a: over 1 MiB is 413, announced or not; 1 MiB is read', async () => {
    expect((await ask(padded(1_048_577))).status).toBe(413);
    expect((await ask([padded(1_048_576), ' '])).status).toBe(413);
    expect(await answered(padded(1_048_576))).toEqual(FOUND);
    expect(await answered([padded(600_000), ' '.repeat(400_000)])).toEqual(FOUND);
  });

  test('D-08.4-a: chunks may fall anywhere, inside a character too', async () => {
    const body = Buffer.from('<D:propfind xmlns:D="DAV:"><D:prop><ü xmlns="urn:ü"/></D:prop></D:propfind>');
    expect(await answered([...body].map((byte) => Buffer.from([byte])))).toEqual({ 404: ['{urn:ü}ü'] });
  });

  test.each([[[]], ['']])('D-08.4-a: an empty body is none, whatever its type', async (body) => {
    const all = await ask(body as Body, 'text/plain', { 'Content-Encoding': 'gzip' });
    expect(outcomesOf(onlyRow(all))[200]).toContain('{DAV:}resourcetype');
  });
});

describe('what is ignored', () => {
  test.each([
    ['D-14-a', 'elements of others beside', '<E:more xmlns:E="urn:e"><D:propname/></E:more><D:prop><x:a/></D:prop><E:x xmlns:E="urn:e"/>'],
    ['D-14-b', 'elements of DAV: where they mean nothing', '<D:set><D:allprop/></D:set><D:prop><x:a/></D:prop><D:href>/</D:href>'],
    ['D-14-a', 'attributes', '<D:prop D:a="1" b="2"><x:a c="3"/></D:prop>'],
    ['D-14-f', 'text between elements', 'one <D:prop> two <x:a/> three </D:prop> four'],
    ['D-14-d', 'comments and instructions', '<?x y?><D:prop><!-- <x:b/> --><?x <y>?><x:a/></D:prop><!-- -->'],
    ['D-14-f', 'how an empty element is written', '<D:prop\n><x:a\t></x:a ></D:prop >'],
  ])('%s: %s', async (_id, _what, body) => {
    expect(outcomesOf(onlyRow(await find(served, '/f', body)))).toEqual(FOUND);
  });

  test.each([
    ['D-14-g', 'allprop and propname', '<D:allprop/><D:propname/>'],
    ['D-14-g', 'allprop and prop', '<D:allprop/><D:prop/>'],
    ['D-09.1-f', 'prop twice', '<D:prop/><D:prop/>'],
    ['D-09.1-f', 'allprop twice', '<D:allprop/><D:allprop/>'],
    ['D-09.1-f', 'include alone', '<D:include><x:a/></D:include>'],
    ['D-09.1-f', 'include with prop', '<D:prop><x:a/></D:prop><D:include><x:a/></D:include>'],
    ['D-09.1-f', 'include with propname', '<D:propname/><D:include><x:a/></D:include>'],
    ['D-14-h', 'nothing', ''],
    ['D-14-h', 'nothing known', '<E:expired-props xmlns:E="urn:e"/><prop xmlns="dav:"/>'],
  ])('%s: %s is 400', async (_id, _what, body) => {
    expect((await find(served, '/f', body)).status).toBe(400);
  });

  test('D-14-a, D-14-b, D-14-d: in LOCK and PROPPATCH as well', async () => {
    const odd = '<?x y?><E:o xmlns:E="urn:e"><D:prop><x:no xmlns:x="urn:x"/></D:prop></E:o>text<D:href a="b">/</D:href>';
    const target = '/odd';
    writeFileSync(join(served.folder, 'odd'), '');
    const lock =
      `<D:lockinfo xmlns:D="DAV:" a="b">${odd}<D:lockscope>${odd}<D:shared c="d"/></D:lockscope>` +
      `<D:locktype>${odd}<D:write>${odd}</D:write></D:locktype></D:lockinfo>`;
    const locked = await served.ask('LOCK', target, { body: lock });
    expect([locked.status, locked.text.includes('<D:lockscope><D:shared/></D:lockscope>')]).toEqual([200, true]);
    const headers = { If: `(${locked.headers['lock-token']})` };
    const update = `<D:propertyupdate xmlns:D="DAV:" a="b">${odd}<D:set c="d">${odd}<D:prop e="f"><x:yes xmlns:x="urn:x"/></D:prop></D:set></D:propertyupdate>`;
    expect(outcomesOf(onlyRow(await served.ask('PROPPATCH', target, { headers, body: update })))).toEqual({ 200: ['{urn:x}yes'] });
    expect(outcomesOf(onlyRow(await find(served, target, prop('<x:yes/><x:no/>'))))).toEqual({ 200: ['{urn:x}yes'], 404: ['{urn:x}no'] });
  });

  test('D-14-h, D-09.1-f: propname beside what is unknown is enough; another root is 400', async () => {
    expect((await find(served, '/f', '<E:expired-props xmlns:E="urn:e"/><D:propname/>')).status).toBe(207);
    expect((await ask('<D:propertyupdate xmlns:D="DAV:"><D:allprop/></D:propertyupdate>')).status).toBe(400);
    expect((await ask('<propfind><allprop xmlns="DAV:"/></propfind>')).status).toBe(400);
  });
});
