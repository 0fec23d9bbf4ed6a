// The contract of State, what it says about trees that are moved and copied.
import { describe, expect, test } from '@jest/globals';
import type { Change, State } from '../../src/state/state.ts';
import { addLocks, at, lockAt, mark, marks, NOW, rootsBelow, rootsOn } from './state.fixtures.ts';

export function treeContract(state: () => State): void {
  const commit = (...changes: Change[]) => state().commit(changes);

  describe('move and copy', () => {
    const places = ['/a', '/a/b', '/a/b/c', '/a/d', '/t', '/t/b', '/t/b/c', '/t/z', '/t0', '/a0'];

    test('move replaces the destination tree', async () => {
      await commit(...mark('/a', '/a/b/c', '/t', '/t/b', '/t/z', '/t0', '/a0'), { do: 'move', from: at('/a'), to: at('/t') });
      expect(await marks(state(), ...places)).toEqual({ '/t': '/a', '/t/b/c': '/a/b/c', '/t0': '/t0', '/a0': '/a0' });
    });

    test('a source without properties leaves a destination without properties', async () => {
      await commit(...mark('/t', '/t/z'), { do: 'move', from: at('/a'), to: at('/t') });
      expect(await marks(state(), ...places)).toEqual({});
    });

    test('move leaves excepted sources, and what stands where they would have gone', async () => {
      await commit(...mark('/a', '/a/b', '/a/b/c', '/a/d', '/t', '/t/b', '/t/b/c', '/t/z'));
      await commit({ do: 'move', from: at('/a'), to: at('/t'), except: [at('/a/b')] });
      expect(await marks(state(), ...places, '/t/d')).toEqual({
        '/a/b': '/a/b',
        '/a/b/c': '/a/b/c',
        '/t': '/a',
        '/t/b': '/t/b',
        '/t/b/c': '/t/b/c',
        '/t/d': '/a/d',
      });
    });

    test('D-06.1-f move destroys locks at the source, keeps those excepted, and touches none at the destination', async () => {
      await addLocks(state(), ...['/a', '/a/b', '/a/b/c', '/a/d', '/t', '/t/b', '/a0'].map((root) => lockAt(root, { depth: 0 })));
      await commit({ do: 'move', from: at('/a'), to: at('/t'), except: [at('/a/b')] });
      expect((await rootsBelow(state(), '/')).sort()).toEqual(['/a/b', '/a/b/c', '/a0', '/t', '/t/b']);
      expect(await state().lockByToken('urn:uuid:/a/d', NOW)).toBeUndefined();
    });

    test('copy makes the destination tree equal and leaves source and locks', async () => {
      await addLocks(state(), lockAt('/a', { depth: 0 }), lockAt('/t/b', { depth: 0 }));
      await commit(...mark('/a', '/a/b/c', '/t', '/t/b', '/t/z'), { do: 'copy', from: at('/a'), to: at('/t'), below: true });
      expect(await marks(state(), ...places)).toEqual({ '/a': '/a', '/a/b/c': '/a/b/c', '/t': '/a', '/t/b/c': '/a/b/c' });
      expect(await rootsBelow(state(), '/')).toEqual(['/a', '/t/b']);
    });

    test('copy of one resource concerns one resource', async () => {
      await commit(...mark('/a', '/a/b', '/t', '/t/z'), { do: 'copy', from: at('/a'), to: at('/t'), below: false });
      expect(await marks(state(), ...places)).toEqual({ '/a': '/a', '/a/b': '/a/b', '/t': '/a', '/t/z': '/t/z' });
      await commit({ do: 'copy', from: at('/none'), to: at('/t'), below: false });
      expect(await marks(state(), '/t', '/t/z')).toEqual({ '/t/z': '/t/z' });
    });

    test('copy leaves excepted destinations with all below them as they are', async () => {
      await commit(...mark('/a', '/a/b', '/a/b/c', '/a/d', '/t', '/t/b', '/t/z'));
      await commit({ do: 'copy', from: at('/a'), to: at('/t'), below: true, except: [at('/t/b'), at('/t/z')] });
      expect(await marks(state(), '/t', '/t/b', '/t/b/c', '/t/d', '/t/z')).toEqual({
        '/t': '/a',
        '/t/b': '/t/b',
        '/t/d': '/a/d',
        '/t/z': '/t/z',
      });
    });

    test.each([
      { from: '/a', to: '/a/b', after: { '/a/b': '/a', '/a/b/b': '/a/b', '/a/b/b/c': '/a/b/c' }, locks: ['/', '/a/b', '/a/b/c'] },
      { from: '/a/b', to: '/a', after: { '/a': '/a/b', '/a/c': '/a/b/c' }, locks: ['/', '/a'] },
      { from: '/a', to: '/a', after: { '/a': '/a', '/a/b': '/a/b', '/a/b/c': '/a/b/c' }, locks: ['/', '/a', '/a/b', '/a/b/c'] },
      { from: '/', to: '/x', after: { '/x': '/', '/x/a': '/a', '/x/a/b': '/a/b', '/x/a/b/c': '/a/b/c' }, locks: [] },
      { from: '/a/b', to: '/', after: { '/': '/a/b', '/c': '/a/b/c' }, locks: ['/', '/a'] },
    ])('overlapping trees: move of $from to $to', async ({ from, to, after, locks }) => {
      const all = ['/', '/a', '/a/b', '/a/b/c'];
      await commit(...mark(...all));
      await addLocks(state(), ...all.map((root) => lockAt(root, { depth: 0 })));
      await commit({ do: 'move', from: at(from), to: at(to) });
      const outside = Object.fromEntries(all.filter((path) => from !== '/' && to !== '/' && path === '/').map((path) => [path, path]));
      expect(await marks(state(), ...all, ...Object.keys(after), '/a/c', '/a/b/b')).toEqual({ ...outside, ...after });
      expect([...(await rootsOn(state(), '/')), ...(await rootsBelow(state(), '/'))]).toEqual(locks);
    });

    test('overlapping trees: copy takes the source as it was before', async () => {
      await commit(...mark('/a', '/a/b', '/a/b/c'), { do: 'copy', from: at('/a'), to: at('/a/b'), below: true });
      expect(await marks(state(), '/a', '/a/b', '/a/b/b', '/a/b/b/c', '/a/b/c')).toEqual({
        '/a': '/a',
        '/a/b': '/a',
        '/a/b/b': '/a/b',
        '/a/b/b/c': '/a/b/c',
      });
    });
  });
}
