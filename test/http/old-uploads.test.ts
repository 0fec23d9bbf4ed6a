// Uploads of HTTP/1.0, which may end with their connection: what cannot be told from an empty file is not stored.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

test.each(['PUT', 'PATCH'])('RFC 1945 §7.2.2: %s without a length is 411, and the connection ends', async (method) => {
  const received = await served.raw(`${method} /old.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\ncontent`);
  expect(received).toMatch(/^HTTP\/1\.[01] 411 /);
  expect(received).toMatch(/\r\nConnection: close\r\n/);
  expect(treeOf(served.folder)).toEqual({});
});

test('with a length it is stored; an empty one of HTTP/1.1 needs none', async () => {
  expect(await served.raw('PUT /old.txt HTTP/1.0\r\nContent-Length: 7\r\n\r\ncontent')).toMatch(/^HTTP\/1\.[01] 201 /);
  expect(await served.raw('PUT /empty.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 201 /);
  expect(treeOf(served.folder)).toEqual({ '/old.txt': 'content', '/empty.txt': '' });
});
