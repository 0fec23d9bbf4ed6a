// GET and HEAD over real HTTP: a file with its metadata, a collection as a page, and a request target in each of its forms.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Reply, type Served, serve } from './serve.ts';

let served: Served;
const write = (path: string, content: string | Buffer) => writeFileSync(join(served.folder, path), content);

beforeAll(async () => {
  served = await serve();
  write('f.txt', 'Grüße');
  mkdirSync(join(served.folder, 'col'));
  mkdirSync(join(served.folder, 'empty'));
  write('col/a b&c%é.txt', 'odd');
  write('col/<img src=x onerror=alert(1)>"\'.html', 'xss');
  write('col/Ünï', '');
  mkdirSync(join(served.folder, 'col/sub'));
});
afterAll(() => served.close());

/** What a HEAD must repeat. */
function fields({ headers }: Reply): Record<string, unknown> {
  const { date: _date, connection: _connection, 'transfer-encoding': _framing, ...rest } = headers;
  return rest;
}

async function propfind(target: string): Promise<string> {
  return (await served.ask('PROPFIND', target, { headers: { Depth: '0' } })).text;
}

const within = (xml: string, name: string) => new RegExp(`<(?:\\w+:)?${name}[^>]*>([^<]*)<`).exec(xml)?.[1]?.replaceAll('&quot;', '"');

describe('a file', () => {
  test('H-9.3.1-a, Z-range-a: comes with everything that describes it, as PROPFIND says it', async () => {
    const got = await served.ask('GET', '/f.txt');
    expect([got.status, got.text]).toEqual([200, 'Grüße']);
    expect(fields(got)).toEqual({
      'content-length': '7',
      'content-type': 'text/plain; charset=utf-8',
      etag: expect.stringMatching(/^"[^"\\ ]+"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    const said = await propfind('/f.txt');
    expect({
      etag: within(said, 'getetag'),
      modified: within(said, 'getlastmodified'),
      length: within(said, 'getcontentlength'),
      type: within(said, 'getcontenttype'),
    }).toEqual({
      etag: got.headers.etag,
      modified: got.headers['last-modified'],
      length: got.headers['content-length'],
      type: got.headers['content-type'],
    });
  });

  test.each(['/f.txt', '/col/', '/col', '/empty/'])('H-9.3.2-a: HEAD %s is GET without content', async (target) => {
    const [got, head] = [await served.ask('GET', target), await served.ask('HEAD', target)];
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    expect(fields(head)).toEqual(fields(got));
  });

  test('D-09.10.4-c: a locked empty one is an empty 200', async () => {
    await served.lock('/locked-empty', { Timeout: 'Second-60' });
    const { status, headers, bytes } = await served.ask('GET', '/locked-empty');
    expect([status, headers['content-length'], bytes.length]).toEqual([200, '0', 0]);
  });

  test.each([
    ['/nope', 404],
    ['/f.txt/', 404],
    ['/f.txt/child', 404],
    ['/nope/child', 404],
  ])('D-05.2-g: GET and HEAD %s are %d', async (target, status) => {
    const [got, head] = [await served.ask('GET', target), await served.ask('HEAD', target)];
    expect([got.status, head.status, head.bytes.length]).toEqual([status, status, 0]);
    expect(got.text).not.toContain(served.folder);
  });

  test.each([
    ['page.html', 'text/html; charset=utf-8'],
    ['none', 'application/octet-stream'],
    ['.png', 'application/octet-stream'],
    ['what.xyzzy', 'application/octet-stream'],
  ])('H-8.3-a: the type of %s is %s and nothing is sniffed', async (name, type) => {
    write(name, '<html><script>alert(1)</script>');
    const { headers } = await served.ask('GET', `/${name}`);
    expect([headers['content-type'], headers['x-content-type-options']]).toEqual([type, 'nosniff']);
  });

  test('H-6.6.1-a, H-8246-a: Date in IMF-fixdate on success and failure, immutable never', async () => {
    for (const target of ['/f.txt', '/nope', '/col', '/a%2Fb']) {
      const { headers } = await served.ask('GET', target);
      expect(headers.date).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      expect(headers['cache-control']).not.toContain('immutable');
    }
  });

  test('H-8.8.2-a: Last-Modified is never later than Date', async () => {
    const { now } = Date;
    let ahead = 0; // milliseconds, of which Node's own clock for the answers learns nothing
    Date.now = () => now() + ahead;
    const own = await serve();
    try {
      writeFileSync(join(own.folder, 'future'), 'x');
      utimesSync(join(own.folder, 'future'), 4e9, 4e9);
      for (ahead of [0, 2_000]) {
        const { headers } = await own.ask('GET', '/future');
        expect(Date.parse(String(headers['last-modified']))).toBeLessThanOrEqual(Date.parse(String(headers.date)));
      }
    } finally {
      Date.now = now;
      await own.close();
    }
  });

  test('H-8.8.3-a, D-08.8-a, D-08.6-b: content of the same size written at once has another tag, and a strong one', async () => {
    const tags = new Set<unknown>();
    for (const body of ['one', 'two', 'six']) {
      await served.ask('PUT', '/tagged', { body });
      tags.add((await served.ask('HEAD', '/tagged')).headers.etag);
      if (body === 'two') await served.ask('DELETE', '/tagged');
    }
    expect(tags.size).toBe(3);
    for (const tag of tags) expect(tag).toMatch(/^"/);
  });

  test.each(['f', 'F', 't', 'x'])('Z-trans-a: Translate: %s changes nothing', async (value) => {
    const [plain, translated] = [await served.ask('GET', '/f.txt'), await served.ask('GET', '/f.txt', { headers: { Translate: value } })];
    expect([translated.status, translated.text, fields(translated)]).toEqual([200, plain.text, fields(plain)]);
  });

  test('D-08.4-a: a body is refused, never ignored', async () => {
    expect((await served.ask('GET', '/f.txt', { body: 'x' })).status).toBe(415);
  });

  test('a megabyte arrives byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, index) => (index * 31) % 251));
    write('big', bytes);
    expect((await served.ask('GET', '/big')).bytes.equals(bytes)).toBe(true);
  });
});

describe('a collection', () => {
  test('D-09.4-a, D-08.3-c: is a page of its members, encoded as URLs and escaped as text', async () => {
    const { status, headers, text } = await served.ask('GET', '/col/');
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, 'text/html; charset=utf-8', 'nosniff']);
    expect([...text.matchAll(/href="([^"]*)">([^<]*)</g)].map(([, href, name]) => [href, name])).toEqual([
      ['/', '..'],
      ['/col/sub/', 'sub/'],
      ['/col/%3Cimg%20src=x%20onerror=alert(1)%3E%22%27.html', expect.stringMatching(/^&lt;img .*&gt;/)],
      ['/col/a%20b&amp;c%25%C3%A9.txt', 'a b&amp;c%é.txt'],
      ['/col/%C3%9Cn%C3%AF', 'Ünï'],
    ]);
    expect(text).not.toContain('<img');
    expect((await served.ask('GET', '/empty/')).status).toBe(200);
  });

  test('D-08.3-e: every link of the page leads to what it names', async () => {
    const { text } = await served.ask('GET', '/col/');
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&'));
    expect(links.length).toBe(5);
    for (const link of links) expect([link, (await served.ask('GET', link)).status]).toEqual([link, 200]);
  });

  test('D-05.2-c: without its slash it says where it is, and is not redirected', async () => {
    const { status, headers } = await served.ask('GET', '/col');
    expect([status, headers['content-location']]).toEqual([200, '/col/']);
    expect((await served.ask('GET', '/col/')).headers['content-location']).toBeUndefined();
  });
});

describe('the page and conditions', () => {
  const METHODS = ['GET', 'HEAD'];
  const ask = async (method: string, target: string, headers: Record<string, string>) => {
    const reply = await served.ask(method, target, { headers });
    return [reply.status, reply.headers['content-location'], reply.bytes.length > 0];
  };

  test.each(METHODS)('H-13.1.2-a, H-15.4.5-a: %s with If-None-Match: * is 304, since there is a page', async (method) => {
    expect(await ask(method, '/col/', { 'If-None-Match': '*' })).toEqual([304, undefined, false]);
    expect(await ask(method, '/col', { 'If-None-Match': '*' })).toEqual([304, '/col/', false]);
  });

  // It tells the sizes and times of the members, which change without the collection: what is remembered of it proves nothing.
  test.each(METHODS)('H-13.1.3-a: %s has no validator, so no tag and no date makes it 304', async (method) => {
    const tag = within(await propfind('/col/'), 'getetag');
    expect(tag).toMatch(/^"/);
    const { headers } = await served.ask(method, '/col/');
    expect([headers.etag, headers['last-modified']]).toEqual([undefined, undefined]);
    for (const header of [{ 'If-None-Match': String(tag) }, { 'If-Modified-Since': String(headers.date) }])
      expect((await ask(method, '/col/', header as Record<string, string>))[0]).toBe(200);
  });
});

describe('D-09.5-a: POST', () => {
  test.each(['/f.txt', '/col/'])('means nothing on %s', async (target) => {
    const { status, headers } = await served.ask('POST', target, { body: 'x' });
    expect([status, headers.allow]).toEqual([405, expect.stringContaining('PROPFIND')]);
  });
});

describe('a request target in absolute form', () => {
  test.each(['http', 'https'])('RFC 9112 3.2.2: %s, and its host counts instead of Host', async (scheme) => {
    const request = (method: string, more = '') =>
      served.raw(`${method} ${scheme}://public.example/f.txt HTTP/1.1\r\nHost: other\r\n${more}Connection: close\r\n\r\n`);
    expect(await request('GET')).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nGrüße$/);
    const destination = (host: string) => `Destination: http://${host}/${scheme}-copy\r\n`;
    expect(await request('COPY', destination('other'))).toMatch(/^HTTP\/1\.1 502 /);
    expect(await request('COPY', destination('public.example'))).toMatch(/^HTTP\/1\.1 201 /);
  });

  test('a query belongs to no resource; a fragment is refused', async () => {
    expect((await served.ask('GET', '/f.txt?download=1')).status).toBe(200);
    expect(await served.raw('DELETE /f.txt#part HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await served.ask('GET', '/f.txt')).status).toBe(200);
  });
});
