// What becomes of a connection after an answer that did not wait for the whole body, and of requests about no resource.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const NEXT = 'OPTIONS /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test.each([
  ['413 for XML over the limit', 'PROPFIND', 413, chunk('x'.repeat(600_000)).repeat(3)],
  ['415 for a body where none is defined', 'DELETE', 415, chunk('body').repeat(3)],
])('%s, read half: the next request on the connection is answered', async (_what, method, status, body) => {
  const head = `${method} /x HTTP/1.1\r\nHost: x\r\nDepth: 0\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answers = await served.raw(`${head}${body}0\r\n\r\n${NEXT}`);
  expect([...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]))).toEqual([status, 200]);
});

test('H-9.3.7-c: the asterisk is for OPTIONS alone', async () => {
  expect(await served.raw('DELETE * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /);
});
