// The contract of State, what it says about locks.
import { describe, expect, test } from '@jest/globals';
import type { State } from '../../src/state/state.ts';
import { addLocks, at, lockAt, NOW, rootsBelow, rootsOn } from './state.fixtures.ts';

export function lockContract(state: () => State): void {
  const never = () => false;
  const always = () => true;

  describe('locks', () => {
    test('a lock comes back exactly as it was given', async () => {
      const given = lockAt('/a/ü', { collection: true, scope: 'shared', depth: 0, owner: '<D:owner>Ann</D:owner>', principal: 'ann' });
      await addLocks(state(), given);
      expect(await state().lockByToken(given.token, NOW)).toEqual(given);
      expect(await state().locksOn(given.root, NOW)).toEqual([given]);
      await addLocks(state(), lockAt('/plain'));
      expect(await state().lockByToken('urn:uuid:/plain', NOW)).toEqual(lockAt('/plain'));
    });

    test('D-06.1-c an infinite lock applies to everything below, a depth-0 lock to its root only', async () => {
      await addLocks(state(), lockAt('/'), lockAt('/a', { depth: 0 }), lockAt('/a/b'), lockAt('/a-'), lockAt('/a0'));
      expect(await rootsOn(state(), '/')).toEqual(['/']);
      expect(await rootsOn(state(), '/a')).toEqual(['/', '/a']);
      expect(await rootsOn(state(), '/a/b')).toEqual(['/', '/a/b']);
      expect(await rootsOn(state(), '/a/b/c')).toEqual(['/', '/a/b']);
      expect(await rootsOn(state(), '/a/x')).toEqual(['/']);
    });

    test('locks below are strictly below', async () => {
      await addLocks(state(), ...['/', '/a', '/a/b', '/a/b/c', '/a-/b', '/a0', '/a!', '/b'].map((root) => lockAt(root, { depth: 0 })));
      expect(await rootsBelow(state(), '/a')).toEqual(['/a/b', '/a/b/c']);
      expect(await rootsBelow(state(), '/a/b/c')).toEqual([]);
      expect((await rootsBelow(state(), '/')).sort()).toEqual(['/a', '/a!', '/a-/b', '/a/b', '/a/b/c', '/a0', '/b']);
    });

    test.each([
      { root: '/a', depth: 0, asked: ['/', '/a'] },
      { root: '/a', depth: 'infinity', asked: ['/', '/a', '/a/b', '/a/b/c'] },
      { root: '/a/b', depth: 0, asked: ['/', '/a/b'] },
      { root: '/a/b/c/d', depth: 'infinity', asked: ['/', '/a/b/c'] },
      { root: '/', depth: 'infinity', asked: ['/', '/0', '/a', '/a/b', '/a/b/c'] },
      { root: '/', depth: 0, asked: ['/'] },
      { root: '/x', depth: 'infinity', asked: ['/'] },
    ] as const)('a new lock on $root, depth $depth, is judged against $asked', async ({ root, depth, asked }) => {
      await addLocks(
        state(),
        lockAt('/'),
        lockAt('/a', { depth: 0 }),
        lockAt('/a/b', { depth: 0 }),
        lockAt('/a/b/c'),
        lockAt('/0', { depth: 0 }),
      );
      const seen: string[] = [];
      const conflicting = await state().addLock(
        lockAt(root, { depth, token: 'urn:uuid:new' }),
        (existing) => seen.push(existing.root) > 0 && existing.root !== '/',
        NOW,
      );
      expect([...new Set(seen)].sort()).toEqual(asked);
      expect(conflicting.map((each) => each.root).sort()).toEqual(asked.filter((each) => each !== '/'));
      expect((await state().lockByToken('urn:uuid:new', NOW)) !== undefined).toBe(conflicting.length === 0);
    });

    test('D-06.1-b of many concurrent locks that exclude each other one is granted', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          state().addLock(lockAt(index % 2 ? '/c' : '/c/d', { token: `urn:uuid:${index}` }), always, NOW),
        ),
      );
      expect(answers.filter((conflicting) => conflicting.length === 0)).toHaveLength(1);
      expect(await state().locksOn(at('/c/d'), NOW)).toHaveLength(1);
    });

    test('a predicate that throws grants nothing and leaves the state usable', async () => {
      await addLocks(state(), lockAt('/a'));
      const refused = state().addLock(
        lockAt('/a', { token: 'urn:uuid:new' }),
        () => {
          throw new RangeError('judge');
        },
        NOW,
      );
      await expect(refused).rejects.toThrow(new RangeError('judge'));
      expect(await rootsOn(state(), '/a')).toEqual(['/a']);
    });

    test('D-06.6-c an expired lock is returned by no verb and stands in no way', async () => {
      const old = lockAt('/a/b', { expires: NOW });
      await state().addLock(old, never, 0);
      expect(await rootsOn(state(), '/a/b', NOW - 1)).toEqual(['/a/b']);
      expect(await rootsOn(state(), '/a/b')).toEqual([]);
      expect(await rootsBelow(state(), '/')).toEqual([]);
      expect(await state().lockByToken(old.token, NOW)).toBeUndefined();
      expect((await state().membership(at('/a'), NOW)).locks.size).toBe(0);
      expect(await state().addLock(lockAt('/a'), always, NOW)).toEqual([]);
      expect(await state().addLock(lockAt('/x', { expires: NOW }), never, 0)).toEqual([]);
      expect(await state().refreshLock('urn:uuid:/x', NOW + 50, NOW)).toBeUndefined();
      expect(await state().addLock(lockAt('/x/y'), always, NOW)).toEqual([]);
    });

    test('refresh changes one expiry', async () => {
      await addLocks(
        state(),
        lockAt('/a', { token: 'urn:uuid:1', scope: 'shared' }),
        lockAt('/a', { token: 'urn:uuid:2', scope: 'shared' }),
      );
      const refreshed = await state().refreshLock('urn:uuid:1', NOW + 500, NOW);
      expect(refreshed).toEqual(lockAt('/a', { token: 'urn:uuid:1', scope: 'shared', expires: NOW + 500 }));
      expect((await state().locksOn(at('/a'), NOW + 100)).map((each) => each.token)).toEqual(['urn:uuid:1']);
      expect(await state().refreshLock('urn:uuid:none', NOW + 500, NOW)).toBeUndefined();
    });

    test('D-06.1-d removing one of two shared locks leaves the other', async () => {
      await addLocks(
        state(),
        lockAt('/a', { token: 'urn:uuid:1', scope: 'shared' }),
        lockAt('/a', { token: 'urn:uuid:2', scope: 'shared' }),
      );
      expect(await state().removeLock('urn:uuid:1')).toBe(true);
      expect(await state().removeLock('urn:uuid:1')).toBe(false);
      expect(await state().lockByToken('urn:uuid:1', NOW)).toBeUndefined();
      expect((await state().locksOn(at('/a'), NOW)).map((each) => each.token)).toEqual(['urn:uuid:2']);
    });

    test.each(['', ' ', 'DAV:no-lock', 'x'.repeat(10_000), 'é'.repeat(3_000), '\u0001'])(
      'a token that nobody has (%#) is unknown',
      async (token) => {
        await addLocks(state(), lockAt('/a'));
        expect(await state().lockByToken(token, NOW)).toBeUndefined();
        expect(await state().removeLock(token)).toBe(false);
        expect(await state().refreshLock(token, NOW + 1, NOW)).toBeUndefined();
      },
    );
  });
}
