// Requests that no HTTP client would send, byte for byte over a raw socket: each is answered, changes nothing, and leaves the connection usable or closed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bytesIn, readCorpus } from '../corpus.ts';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const TREE = { '/c/': '', '/c/m': 'm', '/f': 'content' };

beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
  writeFileSync(join(served.folder, 'c/m'), 'm');
  writeFileSync(join(served.folder, 'f'), 'content');
});
afterAll(() => served.close());

const NEXT = 'PROPFIND /unmapped HTTP/1.1\r\nHost: x\r\nDepth: 0\r\nConnection: close\r\n\r\n';
const cases = readCorpus('requests/malformed.txt', 3) as [string, string, string][];

test.each(cases)('RFC 9112: %s: %s', async (answer, _what, request) => {
  const [status, after] = answer.split(' ');
  const received = await served.raw(Buffer.concat([bytesIn(request), Buffer.from(NEXT)]));
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, each]) => each);
  expect(statuses).toEqual(after === 'next' ? [status, '404'] : [status]);
  expect(/\r\nConnection: close(?:\r\n|$)/.test(received.split('\r\n\r\n')[0] ?? '')).toBe(after === 'closed');
  expect(treeOf(served.folder)).toEqual(TREE);
  expect((await served.ask('HEAD', '/f')).status).toBe(200);
});
