// `Prefer: return=representation` over real HTTP: the file in the answer to what changed it, or to who came too late (RFC 8144 §3).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const PREFER = { Prefer: 'return=representation' };

beforeAll(async () => {
  served = await serve({ base: '/dav' });
});
afterAll(() => served.close());
beforeEach(async () => {
  for (const name of ['new.txt', 'col', 'copied', 'moved.txt']) await served.ask('DELETE', `/dav/${name}`);
  writeFileSync(join(served.folder, 'f.txt'), 'old content');
  mkdirSync(join(served.folder, 'col'));
});

const ask = (method: string, target: string, headers: Record<string, string>, body?: string) =>
  served.ask(method, target, { headers: { ...PREFER, ...headers }, ...(body !== undefined && { body }) });

/** It is what a GET of `href` gives, and says so. */
async function expectFile(reply: Reply, href: string, content: string): Promise<void> {
  const got = await served.ask('GET', href);
  expect([reply.text, got.text]).toEqual([content, content]);
  const names = ['content-type', 'content-length', 'etag', 'last-modified', 'cache-control', 'x-content-type-options'];
  expect(names.map((name) => [name, reply.headers[name]])).toEqual(names.map((name) => [name, got.headers[name]]));
  expect([reply.headers['content-location'], reply.headers['preference-applied'], reply.headers.vary]).toEqual([
    href,
    'return=representation',
    'Prefer',
  ]);
}

describe('F-8144-3.1-a', () => {
  test('PUT: 201 with Location when it creates, 200 when it replaces', async () => {
    const created = await ask('PUT', '/dav/new.txt', { 'X-OC-Mtime': '1000000000' }, 'one');
    expect([created.status, created.headers.location, created.headers['x-oc-mtime']]).toEqual([201, '/dav/new.txt', 'accepted']);
    await expectFile(created, '/dav/new.txt', 'one');
    const replaced = await ask('PUT', '/dav/new.txt', { 'Want-Repr-Digest': 'sha-256=1' }, 'two');
    expect([replaced.status, replaced.headers.location]).toEqual([200, undefined]);
    expect(replaced.headers['repr-digest']).toBe('sha-256=:P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM=:');
    await expectFile(replaced, '/dav/new.txt', 'two');
  });

  test('PUT of nothing', async () => {
    const created = await ask('PUT', '/dav/new.txt', {}, '');
    expect(created.status).toBe(201);
    await expectFile(created, '/dav/new.txt', '');
  });

  test('of a part, by PUT and by PATCH: the whole file', async () => {
    const put = await ask('PUT', '/dav/f.txt', { 'Content-Range': 'bytes 0-2/*' }, 'new');
    expect(put.status).toBe(200);
    await expectFile(put, '/dav/f.txt', 'new content');
    const type = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
    const patch = await ask('PATCH', '/dav/f.txt', type, '!');
    expect(patch.status).toBe(200);
    await expectFile(patch, '/dav/f.txt', 'new content!');
  });

  test('COPY and MOVE: the file at its destination', async () => {
    const copied = await ask('COPY', '/dav/f.txt', { Destination: '/dav/copied' });
    expect([copied.status, copied.headers.location]).toEqual([201, '/dav/copied']);
    await expectFile(copied, '/dav/copied', 'old content');
    const again = await ask('COPY', '/dav/f.txt', { Destination: '/dav/copied' });
    expect(again.status).toBe(200);
    await expectFile(again, '/dav/copied', 'old content');
    const moved = await ask('MOVE', '/dav/copied', { Destination: '/dav/moved.txt' });
    expect([moved.status, moved.headers.location]).toEqual([201, '/dav/moved.txt']);
    await expectFile(moved, '/dav/moved.txt', 'old content');
  });

  test('a collection has none: COPY, MOVE and MKCOL are answered as ever', async () => {
    for (const [method, target, destination] of [
      ['MKCOL', '/dav/copied', ''],
      ['COPY', '/dav/col', '/dav/copied'],
      ['MOVE', '/dav/copied', '/dav/copied2'],
      ['MOVE', '/dav/copied2', '/dav/copied'],
    ] as const) {
      const reply = await ask(method, target, destination ? { Destination: destination } : {});
      expect([reply.text, reply.headers['content-location'], reply.headers['preference-applied']]).toEqual(['', undefined, undefined]);
      expect([201, 204]).toContain(reply.status);
    }
  });

  test('without the preference, or with another, there is no body', async () => {
    for (const Prefer of ['return=minimal', 'return=REPRESENTATION', 'representation', '']) {
      const reply = await ask('PUT', '/dav/f.txt', { Prefer }, 'x');
      expect([reply.status, reply.text, reply.headers['preference-applied'], reply.headers['content-location']]).toEqual([
        204,
        '',
        undefined,
        undefined,
      ]);
    }
  });
});

describe('F-8144-3.2-a: 412 with what is there instead', () => {
  const patching = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
  test.each<[string, Record<string, string>]>([
    ['PUT', { 'If-Match': '"stale"' }],
    ['PUT', { 'If-None-Match': '*' }],
    ['PUT', { If: '(["stale"])' }],
    ['PUT', { 'If-Unmodified-Since': 'Sun, 09 Sep 2001 01:46:40 GMT' }],
    ['PATCH', { ...patching, 'If-Match': '"stale"' }],
  ])('%s %j', async (method, headers) => {
    const before = treeOf(served.folder);
    const reply = await ask(method, '/dav/f.txt', headers, 'mine');
    expect([reply.status, treeOf(served.folder)]).toEqual([412, before]);
    await expectFile(reply, '/dav/f.txt', 'old content');
    const plain = await ask(method, '/dav/f.txt', { ...headers, Prefer: '' }, 'mine');
    expect([plain.status, plain.headers['content-location']]).toEqual([412, undefined]);
    expect(plain.text).not.toContain('old content');
  });

  test('of what is not there, there is only the sentence', async () => {
    const reply = await ask('PUT', '/dav/new.txt', { 'If-Match': '*' }, 'mine');
    expect([reply.status, reply.headers['content-location'], reply.text.length > 0]).toEqual([412, undefined, true]);
  });

  test('a lock that is in the way is told, not shown', async () => {
    const token = await served.lock('/dav/f.txt');
    const reply = await ask('PUT', '/dav/f.txt', { 'If-Match': '"stale"' }, 'mine');
    expect([reply.status, reply.text.includes('old content')]).toEqual([423, false]);
    await served.ask('UNLOCK', '/dav/f.txt', { headers: { 'Lock-Token': `<${token}>` } });
  });
});
