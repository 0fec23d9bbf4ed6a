// The contract of State, what it says about paths: members, nasty names, long ones.
import { describe, expect, test } from '@jest/globals';
import type { Change, State } from '../../src/state/state.ts';
import { addLocks, at, lockAt, mark, marks, NOW, property, rootsBelow } from './state.fixtures.ts';

export function pathContract(state: () => State): void {
  const commit = (...changes: Change[]) => state().commit(changes);

  describe('membership', () => {
    const everywhere = [
      '/',
      '/a',
      '/a/b',
      '/a/b/c',
      '/a/b/c/d',
      '/a/b!',
      '/a/b!/x',
      '/a/b0',
      '/a/b-',
      '/a/é',
      '/a/\u{1f600}/x',
      '/a/\uffff',
      '/a-',
      '/a0/x',
    ];

    test.each([
      { path: '/a', members: ['/a', '/a/b', '/a/b!', '/a/b-', '/a/b0', '/a/é', '/a/\uffff'] },
      { path: '/', members: ['/', '/a', '/a-'] },
      { path: '/a/b', members: ['/a/b', '/a/b/c'] },
      { path: '/a/b/c/d', members: ['/a/b/c/d'] },
      { path: '/none', members: [] },
    ])('holds $path and its members, nothing deeper', async ({ path, members }) => {
      await commit(...mark(...everywhere));
      await addLocks(state(), ...everywhere.map((root) => lockAt(root)));
      const { locks, properties } = await state().membership(at(path), NOW);
      expect([...properties.keys()].sort()).toEqual([...members].sort());
      expect([...locks.keys()].sort()).toEqual([...members].sort());
      for (const member of members) {
        expect(properties.get(at(member))).toEqual([property('mark', member)]);
        expect(locks.get(at(member))).toEqual([lockAt(member)]);
      }
    });
  });

  test('of very many members nothing is missing, and others have a turn', async () => {
    const members = Array.from({ length: 700 }, (_, index) => `/a/${index}`);
    await commit(...mark('/a', ...members, ...members.map((member) => `${member}/x`)));
    let turns = 0;
    setImmediate(() => turns++);
    const { properties } = await state().membership(at('/a'), NOW);
    expect([...properties.keys()].sort()).toEqual(['/a', ...members].sort());
    expect(turns).toBe(1);
  });

  describe('names and lengths', () => {
    const nasty = [
      'a b',
      'a\tb',
      'a\nb',
      '\u0001',
      '\u001b',
      '\u007f',
      '%2F',
      '\'"<>&',
      '..a',
      '\\',
      'e\u0301',
      'é',
      '\ufffd',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
      '\ufeff',
    ];

    test('every name keeps its own state', async () => {
      const paths = nasty.flatMap((name) => [`/${name}`, `/${name}/${name}`]);
      await commit(...mark(...paths));
      await addLocks(state(), ...paths.map((root) => lockAt(root, { depth: 0, token: `urn:uuid:${paths.indexOf(root)}` })));
      expect(await marks(state(), ...paths)).toEqual(Object.fromEntries(paths.map((path) => [path, path])));
      expect(await rootsBelow(state(), '/')).toEqual([...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      for (const name of nasty) {
        expect(await rootsBelow(state(), `/${name}`)).toEqual([`/${name}/${name}`]);
        await commit({ do: 'drop', path: at(`/${name}`) });
      }
      expect(await marks(state(), ...paths)).toEqual({});
    });

    const longest = `/a/${'é'.repeat(1998)}z`;
    const tooLong = `${longest}z`;

    test('a path of 4,000 bytes has state like any other', async () => {
      expect(Buffer.byteLength(longest)).toBe(4_000);
      await commit(...mark(longest));
      await addLocks(state(), lockAt(longest, { token: 'urn:uuid:long' }));
      expect(await state().lockByToken('urn:uuid:long', NOW)).toMatchObject({ root: longest });
      expect([...(await state().membership(at('/a'), NOW)).properties.keys()]).toEqual([longest]);
      expect(await rootsBelow(state(), longest)).toEqual([]);
      await commit({ do: 'drop', path: at(longest) });
      expect(await marks(state(), longest)).toEqual({});
    });

    test('a longer one, met on the disk, has none; moving a tree there loses what no request can name', async () => {
      for (const path of [tooLong, `${longest}/${'x'.repeat(200)}`]) {
        expect(await state().locksOn(at(path), NOW)).toEqual([]);
        expect(await state().locksBelow(at(path), NOW)).toEqual([]);
        expect(await state().properties(at(path))).toEqual([]);
        expect((await state().membership(at(path), NOW)).properties.size).toBe(0);
      }
      await commit(...mark('/a', longest), { do: 'move', from: at('/a'), to: at('/ab') });
      expect(await marks(state(), '/a', '/ab', longest, longest.replace('/a', '/ab'))).toEqual({ '/ab': '/a' });
      await commit({ do: 'drop', path: at(tooLong) });
    });
  });
}
