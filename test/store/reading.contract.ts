// A part of the contract: what every store tells: one resource, its members, its content, whatever the names.
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../../src/protocol/path.ts';
import type { Store } from '../../src/store/store.ts';
import { at, chunks, contentOf, membersOf, namesIn, put, resourceAt, statusOf, textAt } from './speaking.ts';

const STRONG = /^"[\x21\x23-\x5b\x5d-\x7e]+"$/; // no backslash, no space, no W/

/** @param current gives the empty store of the test that runs */
export function readingContract(name: string, current: () => Store): void {
  let store: Store;

  beforeEach(() => {
    store = current();
  });

  describe(`${name}: stat`, () => {
    test('the root is a collection from the start', async () => {
      expect(await store.stat(ROOT)).toMatchObject({ path: '/', collection: true, link: false, size: 0 });
      expect(await namesIn(store, '/')).toEqual([]);
    });

    test('a file', async () => {
      const before = Date.now();
      await put(store, '/f', 'hello');
      const file = await resourceAt(store, '/f');
      expect(file).toMatchObject({ path: '/f', collection: false, link: false, size: 5 });
      expect(file.etag).toMatch(STRONG);
      expect(file.identity).not.toBe('');
      expect(Math.abs(file.modified - before)).toBeLessThan(60_000);
      expect(Number.isInteger(file.modified)).toBe(true);
      expect(await store.stat(at('/f'))).toEqual(file);
    });

    test('a collection has an entity-tag too, and size 0', async () => {
      await store.makeCollection(at('/c'));
      const collection = await resourceAt(store, '/c');
      expect(collection).toMatchObject({ path: '/c', collection: true, size: 0 });
      expect(collection.etag).toMatch(STRONG);
    });

    test.each(['/no', '/no/such/thing', '/f/below'])('nothing at %s', async (path) => {
      await put(store, '/f', 'x');
      expect(await store.stat(at(path))).toBeUndefined();
      expect(await statusOf(store.read(at(path)))).toBe(404);
      expect(await statusOf(namesIn(store, path))).toBe(404);
      expect(await statusOf(store.remove(at(path)))).toBe(404);
      expect(await statusOf(store.rename(at(path), at('/g')))).toBe(404);
      expect(await statusOf(store.setAttributes(at(path), { modified: 0 }))).toBe(404);
    });
  });

  describe(`${name}: list`, () => {
    test('members as stat sees them, in batches', async () => {
      for (let index = 0; index < 300; index++) await put(store, `/f${index}`, String(index));
      await store.makeCollection(at('/c'));
      await put(store, '/c/not-mine', '');
      const batches: number[] = [];
      for await (const batch of store.list(ROOT)) batches.push(batch.length);
      expect(batches.length).toBeGreaterThan(1);
      expect(batches).not.toContain(0);
      const members = await membersOf(store, '/');
      expect(members).toHaveLength(301);
      for (const member of members.slice(0, 20)) expect(member).toEqual(await store.stat(member.path));
    });

    test('reserved names are never listed, and can be reached', async () => {
      for (const path of ['/.dav207', '/.dav207-x', '/c', '/c/.dav207', '/.dav207x']) await store.makeCollection(at(path));
      await put(store, '/.dav207/f', 'own');
      expect(await namesIn(store, '/')).toEqual(['.dav207x', 'c']);
      expect(await namesIn(store, '/c')).toEqual([]);
      expect(await namesIn(store, '/.dav207')).toEqual(['f']);
      expect(await textAt(store, '/.dav207/f')).toBe('own');
    });

    test('a file has no members', async () => {
      await put(store, '/f', 'x');
      expect(await statusOf(namesIn(store, '/f'))).toBe(409);
    });

    test('giving up after the first batch', async () => {
      await put(store, '/f', 'x');
      for await (const batch of store.list(ROOT)) {
        expect(batch).toHaveLength(1);
        break;
      }
      await store.remove(at('/f'));
    });
  });

  describe(`${name}: read`, () => {
    test('its resource is that of stat', async () => {
      await put(store, '/f', 'abc');
      const content = await store.read(at('/f'));
      expect(content.resource).toEqual(await store.stat(at('/f')));
      await content.close();
      await content.close();
    });

    test.each([
      [{ start: 0, end: 0 }, '0'],
      [{ start: 3, end: 5 }, '345'],
      [{ start: 8, end: 99 }, '89'],
      [undefined, '0123456789'],
    ])('range %j', async (range, expected) => {
      await put(store, '/f', '0123456789');
      expect(await contentOf(await store.read(at('/f')), range)).toBe(expected);
    });

    test('an empty file', async () => {
      await put(store, '/f', '');
      expect(await textAt(store, '/f')).toBe('');
    });

    test('whatever the chunks, what was written is what is read', async () => {
      let index = 0;
      const parts = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(parts, fc.nat(6000), fc.nat(6000), async (written, start, length) => {
          const path = at(`/f${index++}`);
          const whole = Buffer.concat(written);
          expect(await store.write(path, chunks(...written))).toEqual(await store.stat(path));
          const content = await store.read(path);
          if (content.whole) expect(whole.equals(content.whole)).toBe(true);
          const read: Uint8Array[] = [];
          for await (const part of content.bytes({ start, end: start + length })) read.push(part);
          expect(Buffer.concat(read).equals(whole.subarray(start, start + length + 1))).toBe(true);
        }),
        { numRuns: 30 },
      );
    });

    test('more than one chunk, and given up in the middle', async () => {
      const big = 'x'.repeat(600_000);
      await put(store, '/big', big);
      expect(await textAt(store, '/big')).toBe(big);
      const content = await store.read(at('/big'));
      for await (const part of content.bytes()) {
        expect(part.length).toBeLessThan(big.length);
        break;
      }
      await content.close();
    });

    test('what is open stays what it was while it is replaced', async () => {
      await put(store, '/f', 'old');
      const content = await store.read(at('/f'));
      await put(store, '/new', 'new');
      await store.rename(at('/new'), at('/f'));
      expect(await contentOf(content)).toBe('old');
      expect(await textAt(store, '/f')).toBe('new');
    });

    test('who reads while it is replaced gets one content or the other, whole', async () => {
      await put(store, '/f', 'a'.repeat(300_000));
      let reading = true;
      const replacing = (async () => {
        for (let round = 0; reading; round++) {
          await put(store, `/new${round}`, (round % 2 ? 'a' : 'b').repeat(300_000));
          await store.rename(at(`/new${round}`), at('/f'));
          await new Promise(setImmediate);
        }
      })();
      try {
        for (let round = 0; round < 40; round++) {
          const content = await store.read(at('/f'));
          expect(content.resource.size).toBe(300_000);
          expect(new Set(await contentOf(content)).size).toBe(1);
        }
      } finally {
        reading = false;
        await replacing;
      }
    });

    test('a collection has no content', async () => {
      await store.makeCollection(at('/c'));
      expect(await statusOf(store.read(at('/c')))).toBe(409);
    });
  });

  describe(`${name}: names`, () => {
    const nasty = [
      'a b',
      ' lead and trail ',
      '100%',
      '%41',
      'a#b?c',
      'a&b<c>"d"',
      "it's",
      'back\\slash',
      'ü-NFC',
      'ü-NFD',
      '日本語',
      '👩‍👩‍👧 😀',
      'new\nline',
      'tab\t',
      '-rf',
      '~',
      '*',
      'CON',
      'trailing.',
      'a:b',
      '\u0001',
      '\uFFFD',
      'x'.repeat(255),
      'ü'.repeat(127),
    ]; // prettier-ignore

    test('all kinds, side by side', async () => {
      for (const each of nasty) await put(store, `/${each}`, each);
      expect(await namesIn(store, '/')).toEqual([...nasty].sort());
      for (const each of nasty) expect(await textAt(store, `/${each}`)).toBe(each);
    });

    test.each(nasty)('a collection called %j', async (each) => {
      await store.makeCollection(at(`/${each}`));
      await put(store, `/${each}/${each}`, 'x');
      expect(await namesIn(store, `/${each}`)).toEqual([each]);
      await store.rename(at(`/${each}`), at('/plain'));
      await store.remove(at(`/plain/${each}`));
      expect(await namesIn(store, '/plain')).toEqual([]);
    });
  });
}
