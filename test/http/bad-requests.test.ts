// Requests that leave open where they end, or that are longer than anybody needs: refused as a whole, and what is hidden in them is not done.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { State } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { badClient, remembered } from './bad-client.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
afterEach(() => served.close());

const HIDDEN = 'DELETE /victim HTTP/1.1\r\nHost: x\r\n\r\n';
const LENGTH = `Content-Length: ${HIDDEN.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';

describe('RFC 9112 §6.3, §11.2: a body of which two servers may think differently', () => {
  let back: () => Promise<void>;
  beforeEach(async () => {
    served = await serve();
    writeFileSync(join(served.folder, 'victim'), 'alive');
    back = await remembered(served);
  });

  test.each<[string, string, string]>([
    ['both a length and chunks', `${LENGTH}\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`],
    ['chunks and a length', `${CHUNKED}\r\n${LENGTH}`, `0\r\n\r\n${HIDDEN}`],
    ['two lengths', `${LENGTH}\r\nContent-Length: 0`, HIDDEN],
    ['two lengths in one field', 'Content-Length: 0, 5', HIDDEN],
    ['a length with a sign', 'Content-Length: +0', HIDDEN],
    ['a negative length', 'Content-Length: -1', HIDDEN],
    ['a hexadecimal length', 'Content-Length: 0x0', HIDDEN],
    ['a length beyond all numbers', 'Content-Length: 18446744073709551616', HIDDEN],
    ['a blank before the colon', 'Transfer-Encoding : chunked', `0\r\n\r\n${HIDDEN}`],
    ['a folded line', 'Transfer-Encoding:\r\n chunked', `0\r\n\r\n${HIDDEN}`],
    ['chunked that is not the last coding', 'Transfer-Encoding: chunked, identity', `0\r\n\r\n${HIDDEN}`],
    ['chunked twice', `${CHUNKED}\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`],
    ['a coding like chunked', 'Transfer-Encoding: xchunked', `0\r\n\r\n${HIDDEN}`],
    ['a chunk size with 0x', CHUNKED, `0x0\r\n\r\n${HIDDEN}`],
    ['a chunk size with a sign', CHUNKED, `-1\r\n\r\n${HIDDEN}`],
    ['a chunk longer than its size', CHUNKED, `1\r\nabc\r\n0\r\n\r\n${HIDDEN}`],
    ['a chunk size beyond all numbers', CHUNKED, `fffffffffffffffff\r\n${HIDDEN}`],
    ['a line feed alone behind a field', `X: a\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`],
    ['a line feed alone behind a chunk size', CHUNKED, `0\n\n${HIDDEN}`],
    ['a line feed alone behind a chunk', CHUNKED, `1\r\na\n0\r\n\r\n${HIDDEN}`],
    ['a line feed in a chunk extension', CHUNKED, `1;a\nb\r\na\r\n0\r\n\r\n${HIDDEN}`],
    ['a chunk extension of 20 KB', CHUNKED, `1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n${HIDDEN}`],
    ['a blank before a chunk size', CHUNKED, ` 0\r\n\r\n${HIDDEN}`],
    ['a chunk without its end', CHUNKED, `1\r\na0\r\n\r\n${HIDDEN}`],
    ['a carriage return alone', `X: a\r${LENGTH}`, HIDDEN],
    ['a NUL in a field', 'X: a\0b', HIDDEN],
  ])('%s', async (_what, fields, body) => {
    const answers = await served.raw(`PUT /new HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n${body}`);
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map((match) => match[1]);
    expect(statuses.join()).toMatch(/^(?:400|501)$/);
    expect(answers).toMatch(/^Connection: close\r$/m);
    expect([existsSync(join(served.folder, 'victim')), existsSync(join(served.folder, 'new'))]).toEqual([true, false]);
    await back();
  });

  test('a body longer than its length is another request, which is none', async () => {
    const answers = await served.raw('PUT /new HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcdef\r\n\r\n');
    expect(answers).toMatch(/^HTTP\/1\.1 201 .*HTTP\/1\.1 [45]\d\d .*\r\nConnection: close\r\n/s);
    expect(readFileSync(join(served.folder, 'new'), 'utf8')).toBe('abc');
    await back();
  });

  test('a chunk extension is nobody’s content, and a field in the trailer no field', async () => {
    const chunks = `3;a="b"\r\nabc\r\n0\r\nIf-None-Match: *\r\nX: y\r\n\r\n`;
    const request = `PUT /new HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n\r\n${chunks}`;
    const answers = await served.raw(`${request}${request}OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map(([, status]) => status)).toEqual(['201', '204', '200']);
    expect(readFileSync(join(served.folder, 'new'), 'utf8')).toBe('abc');
    await back();
  });

  test.each(['OPTIONS', 'GET', 'HEAD', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'UNLOCK', 'POST'])(
    'RFC 9110 §9.3.1: the body of %s is no request, be it refused or not',
    async (method) => {
      for (const framing of [LENGTH, CHUNKED]) {
        const body = framing === LENGTH ? HIDDEN : `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`;
        const head = `${method} /x HTTP/1.1\r\nHost: x\r\nDestination: /y\r\n${framing}\r\n\r\n`;
        const answers = await served.raw(`${head}${body}OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        expect([...answers.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)]).toHaveLength(2);
      }
      expect(existsSync(join(served.folder, 'victim'))).toBe(true);
      await back();
    },
  );

  test.each([
    ['', LENGTH],
    [', with an Upgrade', `${LENGTH}\r\nUpgrade: h2c\r\nConnection: Upgrade`],
  ])('a body that ends before its length is stored by nobody, be the other half of the connection open%s', async (_what, fields) => {
    const { socket, received, closed } = await badClient(served.port, `PUT /new HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\ncontent`);
    socket.end();
    await new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
    socket.destroy();
    await closed;
    expect(received()).toMatch(/^(?:$|HTTP\/1\.1 400 )/);
    expect(existsSync(join(served.folder, 'new'))).toBe(false);
    await back();
  });
});

describe('a path of 10,000 characters is 414 before any state is asked', () => {
  const asked: string[] = [];
  const watched = new Proxy(memoryState(), {
    get(state, verb, receiver) {
      if (verb !== 'close') asked.push(String(verb));
      return Reflect.get(state, verb, receiver);
    },
  });
  const LONG = '/a234567'.repeat(1_250);
  beforeEach(async () => {
    const context = { store: memoryStore(), gate: new Gate(), digests: new Digests(), options: DEFAULTS, now: Date.now, warn() {} };
    const state: State = watched;
    served = await serve({ service: () => ({ context: { ...context, state }, listensAt() {}, close: async () => {} }) });
    asked.length = 0;
  });

  test.each(['OPTIONS', 'GET', 'HEAD', 'PUT', 'PATCH', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK'])(
    '%s',
    async (method) => {
      expect((await served.ask(method, LONG, { headers: { Destination: '/x' } })).status).toBe(414);
      expect(asked).toEqual([]);
    },
  );

  test.each(['COPY', 'MOVE'])('and a Destination like it is 400: %s', async (method) => {
    expect((await served.ask(method, '/', { headers: { Destination: LONG } })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
