// Entity-tags and Last-Modified over time: no tag stands for two contents at a URL, whatever is done there and by whom (RFC 4918 §8.8).
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Etags, makeEtags, type Numbers, type Stamp } from '../../src/store/etag.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { makeWorld, type World } from '../scenarios/world.ts';
import { removeFolder, temporaryFolder } from '../store/temporary.ts';
import { histories, play } from './etag-history.ts';
import { onlyRow, propertyIn } from './multistatus-reader.ts';
import { find, prop } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

describe('D-08.8-a, D-08.8-c: a tag is never seen again at its URL for other content', () => {
  test('by PUT, DELETE, COPY, MOVE, and by other programs that write in place, replace, and set times back', async () => {
    let tags = 0;
    await fc.assert(
      fc.asyncProperty(histories({ outside: true }), async (steps) => {
        tags += await play(steps, served.folder, served.ask);
      }),
      { numRuns: 10 },
    );
    expect(tags).toBeGreaterThan(50);
  });

  describe('on a disk whose clock stands still', () => {
    let folder: string;
    let world: World;
    beforeEach(() => {
      folder = temporaryFolder();
      world = makeWorld({ store: filesystemStore({ folder, etags: withoutClock(makeEtags()) }) });
    });
    afterEach(() => removeFolder(folder));

    test('by PUT, DELETE, COPY and MOVE', async () => {
      let tags = 0;
      await fc.assert(
        fc.asyncProperty(histories({ outside: false }), async (steps) => {
          tags += await play(steps, folder, world.ask);
        }),
        { numRuns: 20 },
      );
      expect(tags).toBeGreaterThan(80);
    });

    test.each(['DELETE', 'PUT', 'MOVE'])('by %s of what another program has made, whose inode goes to the next', async (method) => {
      const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
      const given: unknown[] = [];
      for (const path of paths) {
        writeFileSync(join(folder, path), 'theirs');
        given.push((await world.ask('HEAD', path)).headers.ETag);
      }
      for (const path of paths) await world.ask(method, path, { headers: { destination: '/0' }, body: method === 'PUT' ? 'first.' : '' });
      for (const path of paths) given.push((await world.ask('PUT', path, { body: 'second' })).headers.ETag);
      expect(new Set(given).size).toBe(20);
    });
  });

  test('by writing twice in one tick, each time anew', async () => {
    const tags = new Set<unknown>();
    for (let round = 0; round < 50; round++) tags.add((await served.ask('PUT', '/twice', { body: String(round % 2) })).headers.etag);
    expect([tags.size, tags.has(undefined)]).toEqual([50, false]);
  });
});

/** All that was ever written was written in the one tick this clock knows. */
function withoutClock(etags: Etags): Etags {
  const stopped = ({ dev, ino, size = 0n }: Numbers & Partial<Stamp>): Stamp => ({ dev, ino, size, mtimeNs: 1_000n, ctimeNs: 1_000n });
  return {
    tag: (stamp) => etags.tag(stopped(stamp)),
    tagBy: () => undefined,
    written: (stamp) => etags.written(stopped(stamp)),
    touched: (stamp) => etags.touched(stopped(stamp)),
    kept: (before, after) => etags.kept(stopped(before), stopped(after)),
  };
}

describe('D-08.8-b: Last-Modified', () => {
  const OLD = 'Sun, 09 Sep 2001 01:46:40 GMT';
  const at = (path: string) => join(served.folder, path);
  const old = (path: string) => {
    writeFileSync(at(path), path);
    utimesSync(at(path), 1e9, 1e9);
  };
  const said = async (target: string) => String((await served.ask('HEAD', target)).headers['last-modified']);

  test.each<[string, () => Promise<unknown>]>([
    ['a PUT', () => served.ask('PUT', '/f', { body: 'new' })],
    ['a PUT of what is there already', () => served.ask('PUT', '/f', { body: 'f' })],
    ['a COPY of something older', () => served.ask('COPY', '/g', { headers: { Destination: '/f' } })],
    ['another program', async () => writeFileSync(at('f'), 'new')],
  ])('grows by %s', async (_what, change) => {
    old('f');
    old('g');
    expect(await said('/f')).toBe(OLD);
    const before = Math.floor(Date.now() / 1000) * 1000 - 1000; // the clock of the disk is a tick behind
    await change();
    expect(Date.parse(await said('/f'))).toBeGreaterThanOrEqual(before);
    const property = propertyIn(onlyRow(await find(served, '/f', prop('<D:getlastmodified/>'))), 'DAV:', 'getlastmodified');
    expect(property.children).toEqual([await said('/f')]);
  });

  test('never goes back while one PUT follows another', async () => {
    let last = 0;
    for (let round = 0; round < 20; round++) {
      const { headers } = await served.ask('PUT', '/often', { body: `${round}` });
      const now = Date.parse(String(headers['last-modified']));
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  test('is what the client says where it says so, and goes along with a MOVE: then the entity-tag alone has changed', async () => {
    await served.ask('PUT', '/f', { body: 'x' });
    const { etag } = (await served.ask('HEAD', '/f')).headers;
    await served.ask('PUT', '/f', { headers: { 'X-OC-Mtime': '1000000000' }, body: 'y' });
    const dated = await served.ask('HEAD', '/f');
    expect([dated.headers['last-modified'], dated.headers.etag === etag]).toEqual([OLD, false]);
    mkdirSync(at('m'));
    writeFileSync(at('m/f'), 'newer');
    const { headers } = await served.ask('HEAD', '/m/f');
    expect((await served.ask('MOVE', '/f', { headers: { Destination: '/m/f' } })).status).toBe(204);
    expect([await said('/m/f'), (await served.ask('HEAD', '/m/f')).headers.etag === headers.etag]).toEqual([OLD, false]);
  });
});
