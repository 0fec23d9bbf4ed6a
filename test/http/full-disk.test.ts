// A disk that is full to the last byte, with files and state on it, over real HTTP: nothing is lost, and what makes room is done.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Disk, mountDisk } from '../tmpfs.ts';
import { type Asking, LOCKINFO, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let disk: Disk;
let served: Served;
const XML = { 'Content-Type': 'application/xml' };
const setting = (length: number) =>
  `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">${'x'.repeat(length)}</p></prop></set></propertyupdate>`;
const LARGE = 'x'.repeat(40_000);
const OWNER = 'x'.repeat(8_000);

beforeEach(async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {}); // lmdb prints each commit that fails
  disk = mountDisk('3m');
  served = await serve({ folder: disk.folder });
  for (const collection of ['/c/', '/d/', '/d/sub/']) await served.ask('MKCOL', collection);
  for (const file of ['/c/a', '/c/b', '/d/a', '/d/sub/x', '/f', '/g', '/tiny']) {
    await served.ask('PUT', file, { body: file });
    await served.ask('PROPPATCH', file, { headers: XML, body: setting(100) });
  }
  await served.ask('PUT', '/large', { body: LARGE });
  disk.fill();
  // What is free in the database itself is used up as well.
  for (let length = 4_000; length < 400_000; length += 4_000)
    if ((await served.ask('PROPPATCH', '/g', { headers: XML, body: setting(length) })).status === 507) break;
  disk.fill();
});
afterEach(async () => {
  await served.close();
  disk.end();
  jest.restoreAllMocks();
});

const tree = () => Object.fromEntries(Object.entries(treeOf(disk.folder)).filter(([path]) => path !== '/.fill'));
const staged = () => readdirSync(join(disk.folder, '.dav207/tmp'));
const valueAt = async (target: string) => {
  const asked = { headers: { Depth: '0', ...XML }, body: '<propfind xmlns="DAV:"><prop><p xmlns="urn:t"/></prop></propfind>' };
  return /<p xmlns="urn:t">([^<]*)</.exec((await served.ask('PROPFIND', target, asked)).text)?.[1]?.length;
};

const HUNGRY: [string, string, Asking][] = [
  ['PUT', '/new', { body: LARGE }],
  ['PUT', '/f', { body: LARGE }],
  ['PATCH', '/large', { headers: { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' }, body: LARGE }],
  ['COPY', '/large', { headers: { Destination: '/new' } }],
  ['COPY', '/large', { headers: { Destination: '/f' } }],
  ['COPY', '/d/', { headers: { Destination: '/new/', Prefer: 'handling=strict' } }],
  ['COPY', '/d/', { headers: { Destination: '/c/', Prefer: 'handling=strict' } }],
  ['PROPPATCH', '/f', { headers: XML, body: setting(40_000) }],
  ['LOCK', '/f', { headers: XML, body: LOCKINFO.replace('</D:lockinfo>', `<D:owner>${OWNER}</D:owner></D:lockinfo>`) }],
  ['LOCK', '/new', { headers: XML, body: LOCKINFO.replace('</D:lockinfo>', `<D:owner>${OWNER}</D:owner></D:lockinfo>`) }],
];

test.each(HUNGRY)(
  'D-11.5-a: %s %s is 507 and says why, nothing is changed, and it is done when there is room',
  async (method, target, asking) => {
    const before = tree();
    const { status, text } = await served.ask(method, target, asking);
    expect([status, text]).toEqual([507, expect.stringContaining('<D:sufficient-disk-space/>')]);
    expect([tree(), staged(), await valueAt('/f'), await valueAt('/c/a')]).toEqual([before, [], 100, 100]);
    expect((await served.ask('PROPFIND', '/f', { headers: { Depth: '0' } })).text).not.toContain('activelock');
    disk.empty();
    expect((await served.ask(method, target, asking)).status).toBeLessThan(300);
  },
);

test('a COPY onto a folder, member by member: what found no room has a row, and each file is the old one or the new one', async () => {
  const { status, text } = await served.ask('COPY', '/d/', { headers: { Destination: '/c/' } });
  expect([status, text]).toEqual([207, expect.stringContaining('<D:sufficient-disk-space/>')]);
  expect(['/c/a', '/d/a']).toContain(tree()['/c/a']);
  expect([tree()['/c/b'], staged()]).toEqual(['/c/b', []]);
});

describe('what needs no room, or makes it', () => {
  test('a lock is refreshed and released', async () => {
    disk.empty();
    const token = await served.lock('/f');
    disk.fill();
    expect((await served.ask('LOCK', '/f', { headers: { If: `(<${token}>)` } })).status).toBe(200);
    expect((await served.ask('UNLOCK', '/f', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
  });

  test('MOVE takes the properties along', async () => {
    expect((await served.ask('MOVE', '/c/', { headers: { Destination: '/moved/' } })).status).toBe(201);
    expect([tree()['/moved/a'], await valueAt('/moved/a'), await valueAt('/c/a')]).toEqual(['/c/a', 100, undefined]);
  });

  test.each(['lenient', 'strict'])('DELETE of what has properties and locks, %s, one after the other', async (handling) => {
    disk.empty();
    const token = await served.lock('/d/sub/');
    disk.fill();
    for (const target of ['/d/', '/c/', '/f', '/tiny', '/large']) {
      const headers = { Prefer: `handling=${handling}`, ...(target === '/d/' && { If: `</d/sub/> (<${token}>)` }) };
      expect([target, (await served.ask('DELETE', target, { headers })).status]).toEqual([target, 204]);
      if (target !== '/large') disk.fill();
    }
    expect([tree(), staged()]).toEqual([{ '/g': '/g' }, []]);
    // Its room can be used.
    expect((await served.ask('PUT', '/new', { body: 'x'.repeat(20_000) })).status).toBe(201);
    disk.empty();
    for (const made of ['/f', '/tiny']) {
      await served.ask('PUT', made, { body: 'new' });
      expect([made, await valueAt(made)]).toEqual([made, undefined]);
    }
  });
});
