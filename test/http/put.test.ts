// PUT over real HTTP: what is stored, what is refused before a byte is read, and what an upload that breaks off leaves: nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const staged = () => (existsSync(at('.dav207/tmp')) ? readdirSync(at('.dav207/tmp')) : []);

beforeAll(async () => {
  served = await serve();
  mkdirSync(at('col'));
});
afterAll(() => served.close());

/** Turns of the event loop until `done`; fails after too many, however fast they go. */
async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000_000; turn++) {
    if (done()) return;
    await new Promise(setImmediate);
  }
  throw new Error('it never came');
}

describe('a whole file', () => {
  test('H-9.3.4-a, H-15.3.2-a: 201 with Location when it creates, 204 when it replaces', async () => {
    const made = await served.ask('PUT', '/%23new%20', { body: 'one' });
    expect([made.status, made.headers.location, made.text]).toEqual([201, '/%23new%20', '']);
    const replaced = await served.ask('PUT', '/%23new%20', { body: 'two!' });
    expect([replaced.status, replaced.headers.location, replaced.text]).toEqual([204, undefined, '']);
    expect(treeOf(served.folder)['/#new ']).toBe('two!');
  });

  test('H-9.3.4-b: answers with the validators that GET, HEAD and PROPFIND give', async () => {
    for (const body of ['first', 'second']) {
      const put = await served.ask('PUT', '/tagged', { body });
      const [get, head] = [await served.ask('GET', '/tagged'), await served.ask('HEAD', '/tagged')];
      const { text } = await served.ask('PROPFIND', '/tagged', { headers: { Depth: '0' } });
      const tag = /getetag>([^<]+)</.exec(text)?.[1]?.replaceAll('&quot;', '"');
      expect([put.headers.etag, tag, head.headers.etag]).toEqual([get.headers.etag, get.headers.etag, get.headers.etag]);
      expect(put.headers['last-modified']).toBe(get.headers['last-modified']);
      expect(get.text).toBe(body);
    }
  });

  test('H-9.3.4-b: a tag answered to one of many at once is never that of another', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `content ${index}`);
    const replies = await Promise.all(bodies.map((body) => served.ask('PUT', '/raced', { body })));
    const { headers, text } = await served.ask('GET', '/raced');
    for (const [index, reply] of replies.entries()) if (reply.headers.etag === headers.etag) expect(bodies[index]).toBe(text);
    const tags = replies.map((reply) => reply.headers.etag).filter((tag) => tag !== undefined);
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('chunked, empty and binary content is stored bit for bit', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect((await served.ask('PUT', '/chunked', { body: [bytes, bytes, ''] })).status).toBe(201);
    expect(readFileSync(at('chunked')).equals(Buffer.concat([bytes, bytes]))).toBe(true);
    expect((await served.ask('PUT', '/empty')).status).toBe(201);
    expect(readFileSync(at('empty')).length).toBe(0);
  });

  test('D-09.7.1-b: dead properties stay', async () => {
    await served.ask('PUT', '/named', { body: 'one' });
    const body = '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:x">kept</p></prop></set></propertyupdate>';
    await served.ask('PROPPATCH', '/named', { headers: { 'Content-Type': 'application/xml' }, body });
    expect((await served.ask('PUT', '/named', { body: 'two' })).status).toBe(204);
    expect((await served.ask('PROPFIND', '/named', { headers: { Depth: '0' } })).text).toContain('>kept<');
  });

  test('D-09.7.1-c: the type that is sent is not kept; the name tells it', async () => {
    for (const [target, type] of [
      ['/typed.txt', 'text/plain; charset=utf-8'],
      ['/typed', 'application/octet-stream'],
    ] as const) {
      expect((await served.ask('PUT', target, { headers: { 'Content-Type': 'image/png' }, body: 'x' })).status).toBe(201);
      expect((await served.ask('GET', target)).headers['content-type']).toBe(type);
      expect((await served.ask('PROPFIND', target, { headers: { Depth: '0' } })).text).toContain(`getcontenttype>${type}<`);
    }
  });

  test('H-9.3.4-d: unknown headers change nothing', async () => {
    expect((await served.ask('PUT', '/headers', { headers: { 'X-Whatever': 'x', Depth: 'y' }, body: 'x' })).status).toBe(201);
  });
});

describe('refused, and the tree is as before', () => {
  test.each<[string, string, Record<string, string>, number]>([
    ['D-09.7.1-a', '/no/where', {}, 409],
    ['D-05.2-b', '/kept/child', {}, 409],
    ['D-05.2-g', '/unmapped/', {}, 409],
    ['D-09.7.2-a', '/col', {}, 405],
    ['D-09.7.2-a', '/col/', {}, 405],
    ['D-09.7.2-a', '/', {}, 405],
    ['H-14.5-a', '/kept', { 'Content-Range': 'bytes */2' }, 400],
    ['H-8.4-a', '/kept', { 'Content-Encoding': 'gzip' }, 415],
  ])('%s: %s with %j is %d', async (_id, target, headers, status) => {
    writeFileSync(at('kept'), 'kept');
    const before = treeOf(served.folder);
    const reply = await served.ask('PUT', target, { headers, body: 'xx' });
    expect(reply.status).toBe(status);
    if (status === 405) expect(reply.headers.allow).toContain('PROPFIND');
    if (status === 415) expect(reply.headers['accept-encoding']).toBe('identity');
    expect([treeOf(served.folder), staged()]).toEqual([before, []]);
  });

  test.each([
    ['identity', 201],
    ['', 201],
    [' Identity , ', 201],
    ['identity, gzip', 415],
    ['identity-not', 415],
  ])('H-8.4-a: Content-Encoding: %j is %d', async (coding, status) => {
    const { headers, ...reply } = await served.ask('PUT', '/coded', { headers: { 'Content-Encoding': coding }, body: 'x' });
    expect([reply.status, headers['accept-encoding']]).toEqual([status, status === 415 ? 'identity' : undefined]);
    expect((await served.ask('DELETE', '/coded')).status).toBe(status === 201 ? 204 : 404);
  });
});

describe('H-10.1.1-a: Expect', () => {
  const head = (target: string, more: string) => `PUT ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n${more}\r\n`;
  const expecting = 'Expect: 100-continue\r\n';

  test.each([
    ['/no/where', '', 409],
    ['/col', '', 405],
    ['/fresh', 'If-Match: *\r\n', 412],
    ['/fresh', 'Content-Range: bytes 0-3/5\r\n', 400],
    ['/fresh', 'Content-Encoding: br\r\n', 415],
    ['/.dav207/x', '', 403],
    ['/fresh%2F', '', 400],
    ['/locked', '', 423],
  ])('PUT %s %j is %d before the body, and the connection is not used again', async (target, more, status) => {
    if (status === 423) await served.lock('/locked', { Timeout: 'Second-60' });
    // No body ever comes: without an answer at once this would wait for ever.
    const answer = await served.raw(head(target, expecting + more));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n`));
    expect(answer).not.toContain('100 Continue');
    expect(existsSync(at('fresh'))).toBe(false);
  });

  test('100 when the body is wanted, then the real answer on a connection that stays', async () => {
    const socket = connect(served.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.write(head('/continued', expecting));
    await until(() => received.includes('\r\n\r\n'));
    expect(received).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('hello');
    await until(() => received.includes(' 201 Created'));
    expect(received).not.toContain('Connection: close');
    socket.write('GET /continued HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await until(() => received.endsWith('hello'));
    socket.destroy();
  });

  test('417 for any other expectation', async () => {
    expect(await served.raw(head('/fresh', 'Expect: a-miracle\r\nConnection: close\r\n'))).toMatch(/^HTTP\/1\.1 417 /);
    expect(existsSync(at('fresh'))).toBe(false);
  });
});

describe('H-9.3.4-c: an upload that is not whole', () => {
  test.each([
    ['with Content-Length', 'Content-Length: 1000\r\n\r\nhalf'],
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('%s, broken off: the old content stays and nothing is left', async (_how, rest) => {
    writeFileSync(at('whole'), 'the old content');
    const { ino } = statSync(at('whole'));
    for (const target of ['/whole', '/col/half-new']) {
      const socket = connect(served.port, '127.0.0.1');
      socket.write(`PUT ${target} HTTP/1.1\r\nHost: x\r\n${rest}`);
      await until(() => staged().length > 0);
      socket.destroy();
      await until(() => staged().length === 0);
    }
    expect([readFileSync(at('whole'), 'utf8'), statSync(at('whole')).ino, existsSync(at('col/half-new'))]).toEqual([
      'the old content',
      ino,
      false,
    ]);
    expect((await served.ask('GET', '/whole')).text).toBe('the old content');
  });

  test('a body that is no chunked encoding is 400', async () => {
    const answer = await served.raw('PUT /garbled HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await until(() => staged().length === 0);
    expect(existsSync(at('garbled'))).toBe(false);
  });

  test('Content-Length beside Transfer-Encoding is 400: nobody may guess where the body ends', async () => {
    const answer = await served.raw(
      'PUT /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(existsSync(at('smuggled'))).toBe(false);
  });

  test.each<[string, string[], number]>([
    ['6', ['abc', 'def'], 201],
    ['7', ['abc', 'def'], 400],
    ['5', ['abc', 'def'], 400],
    ['0', [''], 201],
    ['many', ['abc'], 201],
  ])('Z-explen-a: X-Expected-Entity-Length: %s of chunks %j is %d', async (length, body, status) => {
    const target = `/expected-${length}`;
    const reply = await served.ask('PUT', target, { headers: { 'X-Expected-Entity-Length': length }, body });
    expect([reply.status, treeOf(served.folder)[target], staged()]).toEqual([status, status === 201 ? body.join('') : undefined, []]);
  });

  test('Z-explen-a: the wrong length keeps the old content, and never frames the body', async () => {
    await served.ask('PUT', '/expected', { body: 'old' });
    expect((await served.ask('PUT', '/expected', { headers: { 'X-Expected-Entity-Length': '2' }, body: ['new'] })).status).toBe(400);
    expect(readFileSync(at('expected'), 'utf8')).toBe('old');
    expect((await served.ask('PUT', '/expected', { headers: { 'X-Expected-Entity-Length': '1' }, body: 'new' })).status).toBe(204);
  });
});
