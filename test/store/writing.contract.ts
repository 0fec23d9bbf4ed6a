// A part of the contract: what every store makes and takes away.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { isReserved, nameOf, ROOT } from '../../src/protocol/path.ts';
import { failedReading } from '../../src/store/copy-failure.ts';
import type { Store } from '../../src/store/store.ts';
import { at, chunks, namesIn, put, refusal, resourceAt, statusOf, textAt } from './speaking.ts';

/** @param current gives the empty store of the test that runs */
export function writingContract(name: string, current: () => Store): void {
  let store: Store;

  beforeEach(() => {
    store = current();
  });

  describe(`${name}: write`, () => {
    test('only a new name', async () => {
      await put(store, '/f', 'first');
      await store.makeCollection(at('/c'));
      expect(await statusOf(store.write(at('/f'), chunks('second')))).toBe(409);
      expect(await statusOf(store.write(at('/c'), chunks('second')))).toBe(409);
      expect(await textAt(store, '/f')).toBe('first');
    });

    test.each(['/no/f', '/no/such/f', '/f/f'])('409 without a parent collection: %s', async (path) => {
      await put(store, '/f', 'x');
      expect(await statusOf(store.write(at(path), chunks('x')))).toBe(409);
      expect(await statusOf(store.makeCollection(at(path)))).toBe(409);
      const error = await refusal(store.copyFile(at('/f'), at(path)));
      expect([error.status, failedReading(error)]).toEqual([409, false]);
      expect(await namesIn(store, '/')).toEqual(['f']);
    });

    test('a source that fails leaves nothing', async () => {
      const broken = async function* () {
        yield Buffer.from('half');
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      };
      const error = await refusal(store.write(at('/f'), broken()));
      expect(error.status).toBe(400);
      expect(error.cause).toMatchObject({ code: 'ECONNRESET' });
      expect(await namesIn(store, '/')).toEqual([]);
    });

    test("the source's own DavError goes through", async () => {
      const tooLarge = new DavError(413, 'Too large.');
      const broken = async function* () {
        yield Buffer.from('half');
        throw tooLarge;
      };
      expect(await refusal(store.write(at('/f'), broken()))).toBe(tooLarge);
      expect(await store.stat(at('/f'))).toBeUndefined();
    });

    test('the next chunk is not asked for before the last one is written', async () => {
      const buffer = Buffer.alloc(10); // used again and again, as sources may
      const source = async function* () {
        for (const letter of 'abc') yield buffer.fill(letter);
      };
      await store.write(at('/f'), source());
      expect(await textAt(store, '/f')).toBe(['a', 'b', 'c'].map((letter) => letter.repeat(10)).join(''));
    });
  });

  describe(`${name}: makeCollection`, () => {
    test('once', async () => {
      await store.makeCollection(at('/c'));
      await put(store, '/c/f', 'x');
      await put(store, '/g', 'x');
      expect(await statusOf(store.makeCollection(at('/c')))).toBe(409);
      expect(await statusOf(store.makeCollection(at('/g')))).toBe(409);
      expect(await statusOf(store.makeCollection(ROOT))).toBe(409);
      expect(await namesIn(store, '/c')).toEqual(['f']);
    });
  });

  describe(`${name}: copyFile`, () => {
    test('D-09.8.1-a: an independent duplicate, modified now', async () => {
      await put(store, '/f', 'content');
      await store.setAttributes(at('/f'), { modified: 1_000_000_000_000 });
      await store.copyFile(at('/f'), at('/g'));
      const [f, g] = [await resourceAt(store, '/f'), await resourceAt(store, '/g')];
      expect(g.identity).not.toBe(f.identity);
      expect(g.etag).not.toBe(f.etag);
      expect(f.modified).toBe(1_000_000_000_000);
      expect(Math.abs(g.modified - Date.now())).toBeLessThan(60_000);
      await store.remove(at('/f'));
      expect(await textAt(store, '/g')).toBe('content');
    });

    test.each([
      ['/no', 404],
      ['/c', 409],
    ])('D-09.8.3-f: %s fails as the source', async (from, status) => {
      await store.makeCollection(at('/c'));
      const error = await refusal(store.copyFile(at(from), at('/g')));
      expect([error.status, failedReading(error)]).toEqual([status, true]);
      expect(await namesIn(store, '/')).toEqual(['c']);
    });

    test('D-09.8.3-f: a name that is taken fails as the destination', async () => {
      await put(store, '/f', 'f');
      await put(store, '/g', 'g');
      const error = await refusal(store.copyFile(at('/f'), at('/g')));
      expect([error.status, failedReading(error)]).toEqual([409, false]);
      expect(await textAt(store, '/g')).toBe('g');
    });
  });

  describe(`${name}: copyPatched`, () => {
    test.each<[number, string[], string]>([
      [2, ['XX'], 'abXXef'],
      [0, ['X'], 'Xbcdef'],
      [4, ['WX', 'YZ'], 'abcdWXYZ'],
      [6, ['!'], 'abcdef!'],
      [3, [], 'abcdef'],
    ])('from %d on %j', async (offset, parts, content) => {
      await put(store, '/f', 'abcdef');
      await store.copyPatched(at('/f'), at('/g'), offset, chunks(...parts));
      expect([await textAt(store, '/g'), await textAt(store, '/f')]).toEqual([content, 'abcdef']);
      const [f, g] = [await resourceAt(store, '/f'), await resourceAt(store, '/g')];
      expect([g.size, g.identity === f.identity, g.etag === f.etag]).toEqual([content.length, false, false]);
    });

    test('a source that fails leaves nothing', async () => {
      await put(store, '/f', 'abcdef');
      const broken = async function* () {
        yield Buffer.from('half');
        throw new Error('aborted');
      };
      expect(await statusOf(store.copyPatched(at('/f'), at('/g'), 0, broken()))).toBe(400);
      expect([await namesIn(store, '/'), await textAt(store, '/f')]).toEqual([['f'], 'abcdef']);
    });

    test('only to a new name, and only of a file', async () => {
      await put(store, '/f', 'f');
      await put(store, '/g', 'g');
      await store.makeCollection(at('/c'));
      expect(await statusOf(store.copyPatched(at('/f'), at('/g'), 0, chunks('x')))).toBe(409);
      expect(await statusOf(store.copyPatched(at('/c'), at('/h'), 0, chunks('x')))).toBe(409);
      expect(await statusOf(store.copyPatched(at('/no'), at('/h'), 0, chunks('x')))).toBe(404);
      expect([await textAt(store, '/g'), await namesIn(store, '/')]).toEqual(['g', ['c', 'f', 'g']]);
    });
  });

  describe(`${name}: remove`, () => {
    test('a file, and an empty collection', async () => {
      await put(store, '/f', 'x');
      await store.makeCollection(at('/c'));
      await store.remove(at('/f'));
      await store.remove(at('/c'));
      expect(await namesIn(store, '/')).toEqual([]);
    });

    test('a collection that holds something stays, with all of it', async () => {
      await store.makeCollection(at('/c'));
      await put(store, '/c/f', 'x');
      expect(await statusOf(store.remove(at('/c')))).toBe(409);
      expect(await textAt(store, '/c/f')).toBe('x');
    });

    test('D-09.6-e, D-09.9-b: never the root', async () => {
      expect(await statusOf(store.remove(ROOT))).toBe(403);
      expect(await statusOf(store.rename(ROOT, at('/r')))).toBe(403);
      await store.makeCollection(at('/c'));
      expect(await statusOf(store.rename(at('/c'), ROOT))).toBe(403);
      expect(await namesIn(store, '/')).toEqual(['c']);
    });
  });

  describe(`${name}: stage`, () => {
    test('a fresh reserved name with nothing there, from which a rename works', async () => {
      await store.makeCollection(at('/c'));
      const [one, other] = [await store.stage(at('/c/f')), await store.stage(at('/c/f'))];
      expect(one).not.toBe(other);
      expect(isReserved(one)).toBe(true);
      expect(nameOf(one)).not.toBe('');
      expect(await store.stat(one)).toBeUndefined();
      await store.write(one, chunks('staged'));
      expect(await namesIn(store, '/')).toEqual(['c']);
      expect(await namesIn(store, '/c')).toEqual([]);
      await store.rename(one, at('/c/f'));
      expect(await textAt(store, '/c/f')).toBe('staged');
    });

    test('409 without a parent collection', async () => {
      expect(await statusOf(store.stage(at('/no/f')))).toBe(409);
    });
  });

  describe(`${name}: writable`, () => {
    test('a collection is; a file and what is not there are not', async () => {
      await put(store, '/f', 'x');
      expect([await store.writable(ROOT), await store.writable(at('/f')), await store.writable(at('/no'))]).toEqual([true, false, false]);
    });
  });

  describe(`${name}: space`, () => {
    test('never negative, or not known', async () => {
      const space = await store.space(ROOT);
      expect(space?.available ?? 0).toBeGreaterThanOrEqual(0);
      expect(space?.used ?? 0).toBeGreaterThanOrEqual(0);
      expect(await store.space(at('/no/such'))).toBeUndefined();
    });
  });
}
