// A part of the contract: what every store does to a resource that goes on existing.
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Store } from '../../src/store/store.ts';
import { at, membersOf, namesIn, put, resourceAt, statusOf, textAt } from './speaking.ts';

/** @param current gives the empty store of the test that runs */
export function renamingContract(name: string, current: () => Store): void {
  let store: Store;

  beforeEach(() => {
    store = current();
  });

  describe(`${name}: rename`, () => {
    test('a file to a new name keeps what it is and when it was modified', async () => {
      await put(store, '/f', 'x');
      await store.setAttributes(at('/f'), { modified: 1_000_000_000_123 });
      const before = await resourceAt(store, '/f');
      await store.makeCollection(at('/c'));
      await store.rename(at('/f'), at('/c/g'));
      const { identity, modified, size } = await resourceAt(store, '/c/g');
      expect({ identity, modified, size }).toEqual({ identity: before.identity, modified: 1_000_000_000_123, size: 1 });
      expect(await store.stat(at('/f'))).toBeUndefined();
    });

    test('a collection with all below it', async () => {
      await store.makeCollection(at('/a'));
      await store.makeCollection(at('/a/b'));
      await put(store, '/a/b/f', 'deep');
      await store.rename(at('/a'), at('/z'));
      expect(await textAt(store, '/z/b/f')).toBe('deep');
      expect(await namesIn(store, '/')).toEqual(['z']);
    });

    test('a file over a file, and a collection over an empty one', async () => {
      await put(store, '/f', 'new');
      await put(store, '/g', 'old');
      await store.rename(at('/f'), at('/g'));
      expect(await textAt(store, '/g')).toBe('new');
      await store.makeCollection(at('/a'));
      await put(store, '/a/x', 'x');
      await store.makeCollection(at('/b'));
      await store.rename(at('/a'), at('/b'));
      expect(await namesIn(store, '/')).toEqual(['b', 'g']);
      expect(await namesIn(store, '/b')).toEqual(['x']);
    });

    test.each([
      ['a file over a collection', '/f', '/empty', 409],
      ['a collection over a file', '/empty', '/f', 409],
      ['a collection over one that holds something', '/empty', '/full', 409],
      ['a file into nowhere', '/f', '/no/f', 409],
      ['a collection below a file', '/empty', '/f/c', 409],
      ['a collection into itself', '/full', '/full/c', 403],
    ])('%s changes nothing', async (_what, from, to, status) => {
      await put(store, '/f', 'file');
      await store.makeCollection(at('/empty'));
      await store.makeCollection(at('/full'));
      await put(store, '/full/x', 'x');
      expect(await statusOf(store.rename(at(from), at(to)))).toBe(status);
      expect(await namesIn(store, '/')).toEqual(['empty', 'f', 'full']);
      expect(await textAt(store, '/f')).toBe('file');
      expect(await namesIn(store, '/full')).toEqual(['x']);
      expect(await namesIn(store, '/empty')).toEqual([]);
    });

    test('to its own name, and to one that differs in case only', async () => {
      await put(store, '/f', 'x');
      await store.rename(at('/f'), at('/f'));
      expect(await textAt(store, '/f')).toBe('x');
      await store.rename(at('/f'), at('/F'));
      expect(await namesIn(store, '/')).toEqual(['F']);
      expect(await textAt(store, '/F')).toBe('x');
    });
  });

  describe(`${name}: setAttributes`, () => {
    test('every millisecond comes back', async () => {
      await put(store, '/f', 'x');
      await store.makeCollection(at('/c'));
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: -1_000_000_000_000, max: 4_000_000_000_000 }),
          fc.constantFrom('/f', '/c'),
          async (modified, path) => {
            await store.setAttributes(at(path), { modified });
            expect((await resourceAt(store, path)).modified).toBe(modified);
          },
        ),
        { numRuns: 100 },
      );
      expect(await textAt(store, '/f')).toBe('x');
    });

    test('of the time it was last read leaves the other as it is, to the millisecond', async () => {
      await put(store, '/f', 'x');
      await store.makeCollection(at('/c'));
      for (const path of ['/f', '/c']) {
        const { modified } = await resourceAt(store, path);
        await store.setAttributes(at(path), { accessed: 1_000_000_000_000 });
        expect((await resourceAt(store, path)).modified).toBe(modified);
        await store.setAttributes(at(path), { modified: 1_000_000_000_999 });
        await store.setAttributes(at(path), { accessed: 2_000_000_000_000 });
        await store.setAttributes(at(path), {});
        expect((await resourceAt(store, path)).modified).toBe(1_000_000_000_999);
      }
    });

    test('Z-apache-x: a file is a program or not, and is the same file by its entity-tag and time', async () => {
      await put(store, '/f', 'x');
      const before = await resourceAt(store, '/f');
      expect(before.executable).toBe(false);
      for (const executable of [true, true, false, true]) {
        await store.setAttributes(at('/f'), { executable });
        expect(await resourceAt(store, '/f')).toEqual({ ...before, executable });
        expect(await membersOf(store, '/')).toEqual([{ ...before, executable }]);
      }
      await store.setAttributes(at('/f'), { executable: false, modified: 1000 });
      expect(await resourceAt(store, '/f')).toMatchObject({ executable: false, modified: 1000 });
      expect(await textAt(store, '/f')).toBe('x');
    });

    test('Z-apache-x: no collection is one, and nothing else is set then', async () => {
      await store.makeCollection(at('/c'));
      const before = await resourceAt(store, '/c');
      expect(before.executable).toBeUndefined();
      for (const executable of [true, false])
        expect(await statusOf(store.setAttributes(at('/c'), { executable, modified: 1000 }))).toBe(409);
      expect(await resourceAt(store, '/c')).toEqual(before);
    });

    test('Z-apache-x: a copy is what its source is, and what is moved stays so, also onto another file', async () => {
      for (const name of ['/f', '/over', '/plain']) await put(store, name, name);
      await store.setAttributes(at('/f'), { executable: true });
      await store.copyFile(at('/f'), at('/copy'));
      await store.rename(at('/copy'), at('/moved'));
      expect((await resourceAt(store, '/moved')).executable).toBe(true);
      await store.rename(at('/moved'), at('/plain'));
      await store.rename(at('/over'), at('/f'));
      expect([(await resourceAt(store, '/plain')).executable, (await resourceAt(store, '/f')).executable]).toEqual([true, false]);
    });
  });

  describe(`${name}: etag`, () => {
    test('D-08.8-a: never again for other content, by PUT, DELETE and PUT, COPY or MOVE', async () => {
      const seen = new Set<string>();
      const note = async () => {
        const { etag } = await resourceAt(store, '/f');
        expect(seen).not.toContain(etag);
        seen.add(etag);
      };
      for (let round = 0; round < 25; round++) {
        await put(store, '/f', 'a');
        await note();
        await put(store, '/staged', 'b');
        await store.rename(at('/staged'), at('/f'));
        await note();
        await store.remove(at('/f'));
        await put(store, '/g', 'c');
        await store.copyFile(at('/g'), at('/f'));
        await note();
        await store.remove(at('/f'));
        await store.remove(at('/g'));
      }
      expect(seen.size).toBe(75);
    });

    test('D-08.6-a: the same in stat, list and read, and after a look', async () => {
      await put(store, '/f', 'x');
      const { etag } = await resourceAt(store, '/f');
      expect(await textAt(store, '/f')).toBe('x');
      const content = await store.read(at('/f'));
      await content.close();
      expect([content.resource.etag, (await membersOf(store, '/'))[0]?.etag, (await resourceAt(store, '/f')).etag]).toEqual([
        etag,
        etag,
        etag,
      ]);
    });
  });
}
