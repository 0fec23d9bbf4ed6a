// Requests on one connection: pipelined ones, ones whose body is left over, ones no parser takes; and those about no resource.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAV_CLASSES, type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const statuses = (answers: string) => [...answers.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map((match) => Number(match[1]));
const NEXT = 'OPTIONS /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test.each([
  ['413 for XML over the limit', 'PROPFIND', 413, chunk('x'.repeat(600_000)).repeat(3)],
  ['415 for a body where none is defined', 'DELETE', 415, chunk('body').repeat(3)],
])('%s, read half: the next request on the connection is answered', async (_what, method, status, body) => {
  const head = `${method} /x HTTP/1.1\r\nHost: x\r\nDepth: 0\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answers = await served.raw(`${head}${body}0\r\n\r\n${NEXT}`);
  expect(statuses(answers)).toEqual([status, 200]);
});

test('between two requests a connection may be silent for as long as within one, and its client is told so', async () => {
  const answer = await served.raw('OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n', /\r\n\r\n/);
  expect(answer).toContain('\r\nKeep-Alive: timeout=300\r\n');
});

test('H-9.3.7-c: the asterisk is for OPTIONS alone', async () => {
  expect(await served.raw('DELETE * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /);
});

describe('RFC 9112 §9.3.2: pipelined requests', () => {
  const put = (name: string, body: string) => `PUT /${name} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const get = (name: string) => `GET /${name} HTTP/1.1\r\nHost: x\r\n\r\n`;

  test('GET finds what the PUT before it wrote, again and again', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => `${index}`);
    const answers = await served.raw(numbers.map((n) => put(`n${n}`, `<${n}>`) + get(`n${n}`)).join('') + NEXT);
    expect(statuses(answers)).toEqual([...numbers.flatMap(() => [201, 200]), 200]);
    expect([...answers.matchAll(/<(\d+)>/g)].map((match) => match[1])).toEqual(numbers);
  });

  test('one after the other waits for 100 Continue, or expects what nobody does', async () => {
    const waits = 'PUT /waited HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nyes';
    const odd = 'GET /waited HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n';
    expect(statuses(await served.raw(put('first', 'x') + waits + odd + NEXT))).toEqual([201, 100, 201, 417, 200]);
  });

  test('what may or may not be the body of one that is refused for its expectation is not taken for the next', async () => {
    const odd = 'PUT /odd HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 5\r\n\r\n';
    expect(statuses(await served.raw(odd + put('after', 'x')))).toEqual([417]);
  });

  test('after one that is answered Connection: close nothing is done', async () => {
    const closing = 'GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx';
    const answers = await served.raw(closing + put('too-late', 'x'));
    expect(statuses(answers)).toEqual([415]);
    expect(existsSync(join(served.folder, 'too-late'))).toBe(false);
  });

  test('what is no request is refused after the answers before it', async () => {
    expect(statuses(await served.raw(`${put('before', 'x') + get('before')}this is no request\r\n\r\n`))).toEqual([201, 200, 501]);
  });

  test('one whose body turns out bad while it waits is refused, not waited for', async () => {
    const bad = 'PUT /bad HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n';
    expect(statuses(await served.raw(put('big', 'x'.repeat(300_000)) + get('big') + bad))).toEqual([201, 200, 400]);
    expect(existsSync(join(served.folder, 'bad'))).toBe(false);
  });

  test('1,500 at once are too many', async () => {
    const answers = await served.raw(get('n0').repeat(1_500) + NEXT).catch((error: NodeJS.ErrnoException) => error.code ?? '');
    expect(statuses(answers).length).toBeLessThan(1_500);
    expect((await served.ask('OPTIONS', '/')).status).toBe(200);
  });
});

test.each(['gzip, chunked', 'identity, chunked'])('RFC 9112 §6.1: Transfer-Encoding: %s is 501, and nothing is stored', async (coding) => {
  const request = `PUT /coded HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${coding}\r\n\r\n${chunk('body')}0\r\n\r\n`;
  expect(statuses(await served.raw(request + NEXT))).toEqual([501, 200]);
  expect(existsSync(join(served.folder, 'coded'))).toBe(false);
});

test('Transfer-Encoding in capitals is chunked as well', async () => {
  const request = `PUT /capitals HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n${chunk('body')}0\r\n\r\n`;
  expect(statuses(await served.raw(request + NEXT))).toEqual([201, 200]);
});

test('a client that has said all it has to say hears its answer', async () => {
  const socket = connect(served.port, '127.0.0.1');
  socket.end('MKCOL /said/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const received of socket) answer += String(received);
  expect(statuses(answer)).toEqual([201]);
});

test('CONNECT is answered, and the connection closed', async () => {
  const answer = await served.raw('CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/);
  expect(answer).toMatch(/^Connection: close\r\n/m);
});

describe('a base path', () => {
  let based: Served;
  beforeAll(async () => {
    based = await serve({ base: '/dav' });
  });
  afterAll(() => based.close());

  test.each(['/DAV/', '/Dav', '/davos', '/other/x'])('beside it, at %s, is nothing, in a sentence', async (target) => {
    const { status, headers, text } = await based.ask('GET', target);
    expect({ status, type: headers['content-type'], text }).toEqual({
      status: 404,
      type: 'text/plain; charset=utf-8',
      text: 'There is nothing at this URL.\n',
    });
    expect((await based.ask('PUT', target, { body: 'x' })).status).toBe(404);
  });

  test.each(['/DAV/', '/other'])('D-10.1-e: OPTIONS %s, beside it, tells of no WebDAV', async (target) => {
    const { status, headers } = await based.ask('OPTIONS', target);
    expect([status, headers.allow, headers.dav, headers['ms-author-via']]).toEqual([200, 'OPTIONS', undefined, undefined]);
  });

  test.each(['/dav', '/dav/', '/dav/x'])('OPTIONS %s, in it, does', async (target) => {
    expect((await based.ask('OPTIONS', target)).headers.dav).toBe(DAV_CLASSES);
  });

  test('D-08.3-e, D-08.3-b: any valid spelling of it is understood, and its own is given back', async () => {
    expect((await based.ask('PUT', '/dav/a', { body: 'a' })).status).toBe(201);
    for (const spelled of ['/d%61v', '/%64%61%76', '//dav', '/dav/', '/d%61v//', 'http://public.example/da%76']) {
      expect([spelled, (await based.ask('GET', `${spelled}/a`)).text]).toEqual([spelled, 'a']);
      const found = await based.ask('PROPFIND', spelled, { headers: { Depth: '1' } });
      expect([spelled, [...found.text.matchAll(/<D:href>([^<]*)</g)].map(([, href]) => href)]).toEqual([spelled, ['/dav/', '/dav/a']]);
      const made = await based.ask('PUT', `${spelled}/new`, { body: 'new' });
      expect([spelled, made.status, made.headers.location]).toEqual([spelled, 201, '/dav/new']);
      expect((await based.ask('DELETE', `${spelled}/n%65w?x`)).status).toBe(204);
    }
    for (const target of ['/d%41v/a', '/dav%2Fa', '/d%61vos/a', '/d%2561v/a', '/%zz/a', '/%2e%2e/dav/a'])
      expect([target, (await based.ask('GET', target)).status]).toEqual([target, 404]);
  });

  test('OPTIONS * is answered', async () => {
    expect(await based.raw('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});
