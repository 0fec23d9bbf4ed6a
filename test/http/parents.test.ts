// The collections above a mount path, which Windows and gvfs ask for on their way down: there, read-only, and nothing else in them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rowsOf } from './multistatus-reader.ts';
import { find } from './properties.ts';
import { DAV_CLASSES, type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({ base: '/a.b/c' });
  writeFileSync(join(served.folder, 'f.txt'), 'x');
});
afterAll(() => served.close());

const hrefs = async (target: string, depth: string) =>
  rowsOf(await find(served, target, undefined, { Depth: depth })).map(({ href }) => href);

describe('above a mount path', () => {
  test.each(['/', '/a.b', '/a.b/'])('D-10.1-a: OPTIONS %s offers WebDAV of class 1, to read', async (target) => {
    const { status, headers } = await served.ask('OPTIONS', target);
    expect([status, headers.dav, headers['ms-author-via'], headers.allow]).toEqual([200, '1, 3', 'DAV', 'OPTIONS, GET, HEAD, PROPFIND']);
  });

  test.each([
    ['/', '0', ['/']],
    ['/', '1', ['/', '/a.b/']],
    ['/a.b', '1', ['/a.b/', '/a.b/c/']],
    ['//%61%2Eb/', '1', ['/a.b/', '/a.b/c/']],
    ['/a.b/c/', '1', ['/a.b/c/', '/a.b/c/f.txt']],
  ])('D-05.1-a: PROPFIND %s, Depth %s', async (target, depth, found) => {
    expect(await hrefs(target, depth)).toEqual(found);
  });

  test('a person finds the way down', async () => {
    const { status, text } = await served.ask('GET', '/a.b');
    expect([status, text]).toEqual([200, expect.stringContaining('href="/a.b/c/"')]);
  });

  test.each(['PUT', 'DELETE', 'MKCOL', 'PROPPATCH', 'LOCK', 'MOVE', 'COPY'])('%s changes nothing: 403', async (method) => {
    for (const target of ['/', '/a.b/']) {
      const { status } = await served.ask(method, target, { headers: { Destination: '/a.b/c/x' } });
      expect([target, status]).toEqual([target, 403]);
    }
  });

  test.each(['/x', '/a', '/axb', '/A.b', '/a.b/d', '/a.b/.dav207', '/.dav207'])('beside it, at %s, is nothing', async (target) => {
    for (const method of ['GET', 'PROPFIND', 'PUT', 'MKCOL'])
      expect([method, (await served.ask(method, target)).status]).toEqual([method, 404]);
  });

  test('MOVE to what is above is a foreign destination', async () => {
    expect((await served.ask('MOVE', '/a.b/c/f.txt', { headers: { Destination: '/a.b/f.txt' } })).status).toBe(502);
  });
});

test('a server at the root has nothing above it', async () => {
  const rooted = await serve();
  try {
    expect((await rooted.ask('OPTIONS', '/')).headers.dav).toBe(DAV_CLASSES);
  } finally {
    await rooted.close();
  }
});

test('where a password is needed, it is needed above the mount path too, but for OPTIONS', async () => {
  const guarded = await serve({ base: '/dav', users: [{ name: 'ann', password: 'a' }] });
  try {
    expect((await guarded.ask('OPTIONS', '/')).status).toBe(200);
    const refused = await find(guarded, '/');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="dav207", charset="UTF-8"']);
    const Authorization = `Basic ${Buffer.from('ann:a').toString('base64')}`;
    expect((await find(guarded, '/', undefined, { Authorization })).status).toBe(207);
  } finally {
    await guarded.close();
  }
});
