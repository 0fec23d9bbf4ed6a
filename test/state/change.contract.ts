// The contract of State, what it says about changes other than move and copy, and the journal.
import { describe, expect, test } from '@jest/globals';
import type { Change, State } from '../../src/state/state.ts';
import { addLocks, at, lockAt, mark, marks, NOW, property, rootsBelow, rootsOn } from './state.fixtures.ts';

export function changeContract(state: () => State): void {
  const commit = (...changes: Change[]) => state().commit(changes);

  describe('properties', () => {
    test('set adds and replaces, unset removes, by namespace and name', async () => {
      await commit({ do: 'set', path: at('/a'), properties: [property('x'), property('y'), property('x', 'other', 'urn:m')] });
      await commit({ do: 'set', path: at('/a'), properties: [property('x', 'new'), property('z', '1'), property('z', '2')] });
      expect(await state().properties(at('/a'))).toEqual([
        property('x', 'new'),
        property('y'),
        property('x', 'other', 'urn:m'),
        property('z', '2'),
      ]);
      await commit({ do: 'unset', path: at('/a'), names: [property('x'), property('none')] });
      expect((await state().properties(at('/a'))).map((each) => each.xml)).toEqual(['<y/>', 'other', '2']);
      await commit({ do: 'unset', path: at('/a'), names: [property('y'), property('x', '', 'urn:m'), property('z')] });
      expect(await state().properties(at('/a'))).toEqual([]);
      expect((await state().membership(at('/a'), NOW)).properties.size).toBe(0);
    });

    test('changes of one commit are applied in order', async () => {
      await commit(
        ...mark('/a'),
        { do: 'move', from: at('/a'), to: at('/b') },
        { do: 'copy', from: at('/b'), to: at('/c'), below: true },
        { do: 'drop', path: at('/b') },
      );
      expect(await marks(state(), '/a', '/b', '/c')).toEqual({ '/c': '/a' });
    });

    test('D-06.1-f drop takes the tree, and leaves neighbours and exceptions with all below them', async () => {
      const all = ['/a', '/a/b', '/a/b/c', '/a/d', '/a/d/e', '/a-', '/a0', '/a/b0', '/'];
      await commit(...mark(...all));
      await addLocks(state(), ...all.map((root) => lockAt(root, { depth: 0 })));
      await commit({ do: 'drop', path: at('/a'), except: [at('/a/b')] });
      const left = { '/': '/', '/a-': '/a-', '/a/b': '/a/b', '/a/b/c': '/a/b/c', '/a0': '/a0' };
      expect(await marks(state(), ...all)).toEqual(left);
      expect([...(await rootsBelow(state(), '/')), '/'].sort()).toEqual(Object.keys(left).sort());
      expect(await state().lockByToken('urn:uuid:/a/d/e', NOW)).toBeUndefined();
      expect(await state().removeLock('urn:uuid:/a/d/e')).toBe(false);
      await commit({ do: 'drop', path: at('/') });
      expect(await marks(state(), ...all)).toEqual({});
      expect([...(await rootsBelow(state(), '/')), ...(await rootsOn(state(), '/'))]).toEqual([]);
    });

    test('drop of what is replaced by its like keeps the locks of the root alone', async () => {
      await commit(...mark('/a', '/a/b'));
      await addLocks(state(), lockAt('/a'), lockAt('/a/b'));
      await commit({ do: 'drop', path: at('/a'), keepRootLocks: true });
      expect(await marks(state(), '/a', '/a/b')).toEqual({});
      expect(await rootsBelow(state(), '/')).toEqual(['/a']);
    });

    test('recorded names every path of a tree that has properties or locks, once, up to a limit', async () => {
      await commit(...mark('/a', '/a/b', '/a-', '/b'));
      await addLocks(state(), lockAt('/a/b', { depth: 0 }), lockAt('/a/c/d'), lockAt('/a0'));
      expect((await state().recorded(at('/a'))).sort()).toEqual(['/a', '/a/b', '/a/c/d']);
      expect(await state().recorded(at('/'), 1)).toHaveLength(1);
      expect(await state().recorded(at('/'))).toHaveLength(6);
      expect(await state().recorded(at('/a/c'), 1)).toEqual(['/a/c/d']);
      expect(await state().recorded(at('/none'), 1)).toEqual([]);
    });

    test('an exception above the changed tree leaves all of it alone', async () => {
      await commit(...mark('/a/b', '/x'));
      await commit(
        { do: 'drop', path: at('/a/b'), except: [at('/a')] },
        { do: 'move', from: at('/a/b'), to: at('/x'), except: [at('/a')] },
        { do: 'copy', from: at('/a/b'), to: at('/x'), below: true, except: [at('/')] },
      );
      expect(await marks(state(), '/a/b', '/x')).toEqual({ '/a/b': '/a/b', '/x': '/x' });
    });
  });

  describe('journal', () => {
    const record = (id: string) => ({
      id,
      renames: [{ from: at('/.dav207-1'), to: at('/a') }],
      changes: [...mark('/a'), { do: 'drop', path: at('/b'), except: [at('/b/c')] } satisfies Change],
      staged: [at('/.dav207-1')],
      sweep: [],
    });

    test('records come back whole, oldest first, until a commit finishes them', async () => {
      for (const id of ['m', 'z', 'a']) await state().begin(record(id));
      expect(await state().unfinished()).toEqual([record('m'), record('z'), record('a')]);
      await state().commit(record('z').changes, 'z');
      expect((await state().unfinished()).map((each) => each.id)).toEqual(['m', 'a']);
      expect(await marks(state(), '/a')).toEqual({ '/a': '/a' });
      await state().begin(record('b'));
      await state().commit([], 'm');
      await state().commit([], 'unknown');
      expect((await state().unfinished()).map((each) => each.id)).toEqual(['a', 'b']);
      await state().settle(mark('/b'), 'b');
      expect([await marks(state(), '/b'), (await state().unfinished()).map((each) => each.id)]).toEqual([{ '/b': '/b' }, ['a']]);
    });
  });
}
