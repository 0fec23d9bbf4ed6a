// MKCOL over real HTTP: one new, empty collection, or nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;

beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
  writeFileSync(join(served.folder, 'f'), 'file');
});
afterAll(() => served.close());

describe('MKCOL', () => {
  test.each([
    ['/made/', '/made/'],
    ['/no-slash', '/no-slash/'],
    ['/c/%C3%A9%20&%23', '/c/%C3%A9%20&%23/'],
  ])('D-09.3-a, D-05.2-e: of %s is 201, empty and a member of its parent', async (target, href) => {
    const { status, headers, text } = await served.ask('MKCOL', target);
    expect([status, headers.location, headers['content-length'], text]).toEqual([201, href, '0', '']);
    expect(treeOf(served.folder)).toHaveProperty([decodeURIComponent(href)], '');
    const hrefs = async (url: string) =>
      [...(await served.ask('PROPFIND', url, { headers: { Depth: '1' } })).text.matchAll(/<(?:\w+:)?href>([^<]*)</g)].map(([, found]) =>
        found?.replaceAll('&amp;', '&'),
      );
    expect(await hrefs(href)).toEqual([href]);
    expect(await hrefs(href.replace(/[^/]+\/$/, ''))).toContain(href);
  });

  test.each(['/c', '/c/', '/f', '/f/', '/', '/%63'])('D-09.3-b, Z-rclone-a: of %s, which is there, is 405 with Allow', async (target) => {
    const before = treeOf(served.folder);
    const { status, headers } = await served.ask('MKCOL', target);
    expect([status, headers.allow]).toEqual([405, expect.stringContaining('PROPFIND')]);
    expect(String(headers.allow).split(', ')).not.toContain('MKCOL');
    expect(treeOf(served.folder)).toEqual(before);
  });

  test('D-09.3-b: of a locked empty file is 405', async () => {
    await served.lock('/reserved', { Timeout: 'Second-60' });
    expect((await served.ask('MKCOL', '/reserved')).status).toBe(405);
  });

  test.each(['/x/y/', '/x/y/z', '/f/child', '/c/no/new/'])(
    'D-09.3-c, D-09.3-d, Z-rclone-a: of %s is 409 and makes no ancestor',
    async (target) => {
      const before = treeOf(served.folder);
      expect((await served.ask('MKCOL', target)).status).toBe(409);
      expect(treeOf(served.folder)).toEqual(before);
    },
  );

  test.each<[string, string | string[]]>([
    ['text/plain', 'hello'],
    ['xzy-foo/bar-512', ['chunked']],
  ])('D-09.3-e: with a body of type %s is 415 and makes nothing', async (type, body) => {
    const { status } = await served.ask('MKCOL', '/with-body', { headers: { 'Content-Type': type }, body });
    expect([status, '/with-body/' in treeOf(served.folder)]).toEqual([415, false]);
  });

  test('D-08.4-a: an empty chunked body is no body', async () => {
    expect((await served.ask('MKCOL', '/empty-body', { body: [''] })).status).toBe(201);
  });

  test('D-09.3-b: of ten at once one creates and the others hear that it is there', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => served.ask('MKCOL', '/once')));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 405)]);
  });

  test('D-09.3-h: says that it is not to be cached', async () => {
    expect((await served.ask('MKCOL', '/uncached')).headers['cache-control']).toBe('no-cache');
  });
});
