// The limit of locks keeps the contract of a state, counts what is live of each principal, and does not count again for nothing.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { limitLocks } from '../../src/locks/lock-limit.ts';
import type { Path } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { Lock, State } from '../../src/state/state.ts';
import { contractOf } from '../state/state.contract.ts';

contractOf('with a limit of locks', async () => limitLocks(memoryState(), 1_000));

const MOST = 3;
const NOTHING = () => false;

let inner: State;
let counts: number;
let state: State;
beforeEach(() => {
  inner = memoryState();
  counts = 0;
  const counting = (...asked: Parameters<State['locksBelow']>) => {
    counts++;
    return inner.locksBelow(...asked);
  };
  state = limitLocks({ ...inner, locksBelow: counting }, MOST);
});

function lockOf(root: string, principal = 'ann', expires = 1_000): Lock {
  const token = `urn:x:${principal}:${root}:${expires}`;
  return { token, root: root as Path, collection: false, scope: 'shared', depth: 0, owner: undefined, principal, expires };
}

const add = (lock: Lock, now = 0) => state.addLock(lock, NOTHING, now);
const tooMany = expect.objectContaining({ status: 403 });

async function fill(principal = 'ann'): Promise<void> {
  for (const root of ['/', '/b', '/c/d']) await add(lockOf(root, principal));
}

test('the root counts, and each principal by itself', async () => {
  await fill();
  await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
  await fill('bob');
  await expect(add(lockOf('/e', 'bob'))).rejects.toEqual(tooMany);
});

test('those of an earlier process count', async () => {
  for (const root of ['/', '/b', '/c']) await inner.addLock(lockOf(root), NOTHING, 0);
  await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
});

async function settleDrop(): Promise<void> {
  await state.begin({ id: 'id', renames: [], changes: [], staged: [], sweep: [] });
  await state.settle([{ do: 'drop', path: '/c' as Path }], 'id');
}

describe('there is room again', () => {
  beforeEach(async () => {
    await fill();
    await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
  });

  test.each<[string, () => Promise<unknown>, number]>([
    ['when one is released', () => state.removeLock(lockOf('/b').token), 0],
    ['when its resource is gone', () => state.commit([{ do: 'drop', path: '/c' as Path }]), 0],
    ['when its resource is gone, in a write that is not undone', settleDrop, 0],
    ['when its resource has moved', () => state.commit([{ do: 'move', from: '/b' as Path, to: '/x' as Path }]), 0],
    ['when they have ended', async () => {}, 1_000],
    ['when one has ended that was made shorter', () => state.refreshLock(lockOf('/b').token, 10, 0), 10],
  ])('%s', async (_when, act, now) => {
    await act();
    expect(await add(lockOf('/e', 'ann', 2_000), now)).toEqual([]);
  });

  test('not for who only asks again, and that costs no count', async () => {
    const before = counts;
    for (let again = 0; again < 5; again++) await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
    expect(counts).toBe(before);
  });
});

test('a lock that is refused for another one takes no room', async () => {
  for (let again = 0; again < 5; again++) {
    await inner.addLock(lockOf('/b', 'bob'), NOTHING, 0);
    expect(await state.addLock(lockOf('/b'), () => true, 0)).not.toEqual([]);
  }
  await fill();
});

test('of many at once as many are granted as there is room for', async () => {
  await add(lockOf('/'));
  const asked = Array.from({ length: 10 }, (_, index) => add(lockOf(`/${index}`)));
  const granted = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
  expect(granted).toHaveLength(MOST - 1);
});

test('below the limit locks are counted once', async () => {
  await add(lockOf('/b'));
  await add(lockOf('/c'));
  await add(lockOf('/d', 'bob'));
  expect(counts).toBe(1);
});
