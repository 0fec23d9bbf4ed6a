// The limit of locks keeps the contract of a state, counts what is live of each principal, and does not count again for nothing.
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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

test('those that go while they are counted for the first time make room', async () => {
  for (const root of ['/', '/b', '/c']) await inner.addLock(lockOf(root), NOTHING, 0);
  let dropping = () => {};
  const dropped = new Promise<void>((resolve) => {
    dropping = resolve;
  });
  const late: State = {
    ...inner,
    async commit(changes, finishes) {
      await dropped;
      return inner.commit(changes, finishes);
    },
  };
  state = limitLocks(late, MOST);
  const drop = state.commit([{ do: 'drop', path: '/c' as Path }]);
  await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
  dropping();
  await drop;
  expect(await add(lockOf('/e'))).toEqual([]);
});

test('a lock that is refused for another one takes no room', async () => {
  for (let again = 0; again < 5; again++) {
    await inner.addLock(lockOf('/b', 'bob'), NOTHING, 0);
    expect(await state.addLock(lockOf('/b', 'ann', 1_000 + again), () => true, 0)).not.toEqual([]);
  }
  await fill();
});

test('of many at once as many are granted as there is room for', async () => {
  await add(lockOf('/'));
  const asked = Array.from({ length: 10 }, (_, index) => add(lockOf(`/${index}`)));
  const granted = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
  expect(granted).toHaveLength(MOST - 1);
});

describe('they are counted once', () => {
  const all = ['/', '/b', '/c/d'];
  const again = async (times: number, act: (time: number) => Promise<unknown>) => {
    await fill();
    for (let time = 0; time < times; time++) await act(time);
    expect(counts).toBe(1);
  };

  test('however many are taken', () => again(1, () => fill('bob')));

  test('whoever is at the limit releases one and takes another', () =>
    again(500, async (time) => {
      await state.removeLock(lockOf(all[time % 3] ?? '').token);
      await add(lockOf(all[time % 3] ?? ''));
      await expect(add(lockOf('/e'))).rejects.toEqual(tooMany);
    }));

  test('or lets them end by themselves', () =>
    again(500, async (time) => {
      await add(lockOf(`/${time}`, 'bob', time + MOST), time);
      if (time >= MOST) await add(lockOf('/e', 'ann', time + 1_001), time + 1_000);
    }));

  test('or refreshes them without an end', () => again(500, (time) => state.refreshLock(lockOf('/b').token, 1_000 + (time % 10), 0)));
});

test('whatever ends them, those are refused that are too many, and no others', async () => {
  const paths = ['/a', '/a/b', '/a/b/c', '/d'] as Path[];
  const path = fc.constantFrom(...paths);
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), path, for: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('remove' as const), nth: fc.nat(20) }),
    fc.record({ do: fc.constant('refresh' as const), nth: fc.nat(20), for: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('drop' as const), path, except: fc.subarray(paths), keepRootLocks: fc.boolean() }),
    fc.record({ do: fc.constant('move' as const), from: path, to: path, except: fc.subarray(paths) }),
    fc.record({ do: fc.constant('wait' as const), for: fc.integer({ min: 1, max: 30 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200, size: 'max' }), async (steps) => {
      const kept = memoryState();
      const limited = limitLocks(kept, MOST);
      const tokens: string[] = [];
      let now = 0;
      for (const each of steps) {
        if (each.do === 'wait') now += each.for;
        else if (each.do === 'drop' || each.do === 'move') await limited.commit([each]);
        else if (each.do === 'remove') await limited.removeLock(tokens[each.nth] ?? '');
        else if (each.do === 'refresh') await limited.refreshLock(tokens[each.nth] ?? '', now + each.for, now);
        else {
          const live = (await kept.locksBelow('/' as Path, now)).length;
          const token = `urn:x:${tokens.length}`;
          const granted = limited.addLock({ ...lockOf(each.path), token, expires: now + each.for }, NOTHING, now);
          expect(await granted.catch(({ status }) => status)).toEqual(live < MOST ? [] : 403);
          tokens.push(token);
        }
      }
    }),
  );
});
