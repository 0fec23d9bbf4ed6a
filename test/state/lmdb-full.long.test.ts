// A disk that is full to the last byte, with the state on it: what gives room back is stored all the same.
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import { RESERVE } from '../../src/state/lmdb-reserve.ts';
import type { State } from '../../src/state/state.ts';
import { type Disk, mountDisk } from '../tmpfs.ts';
import { addLocks, at, lockAt, mark, NOW, property } from './state.fixtures.ts';

let disk: Disk;
let state: State;
beforeEach(async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {}); // lmdb prints each commit that fails
  disk = mountDisk('8m');
  state = await lmdbState(join(disk.folder, '.dav207'));
});
afterEach(async () => {
  await state.close();
  disk.end();
  jest.restoreAllMocks();
});

const reserve = () => statSync(join(disk.folder, '.dav207/state.mdb-reserve')).size;

const MANY = Array.from({ length: 3_000 }, (_, index) => `/c/${index}`);
const FULL = { status: 507, condition: { name: 'sufficient-disk-space' } };
const record = (id: string) => ({ id, renames: [], changes: [], staged: [], sweep: [at('/c')] });

describe('on a full disk', () => {
  beforeEach(async () => {
    await state.commit(MANY.map((path) => ({ do: 'set', path: at(path), properties: [property('x', path)] })));
    await addLocks(state, lockAt('/c/1', { token: 'urn:uuid:1' }), lockAt('/l', { token: 'urn:uuid:2' }));
    disk.fill();
    // What is free in the database itself is used up first.
    for (let path = 0; path < 100; path++) if (!(await stored(state.commit(mark(`/more/${path}`))))) break;
    disk.fill();
  });

  const stored = (work: Promise<unknown>) => work.then(() => true).catch(() => false);

  test('what adds to the state is 507 and says why, and takes nothing of what is kept for others', async () => {
    const large = property('x', 'x'.repeat(20_000));
    await expect(state.commit([{ do: 'set', path: at('/new'), properties: [large] }])).rejects.toMatchObject(FULL);
    await expect(state.commit([{ do: 'copy', from: at('/c'), to: at('/d'), below: true }])).rejects.toMatchObject(FULL);
    await expect(state.addLock(lockAt('/new', { owner: 'x'.repeat(20_000) }), () => false, NOW)).rejects.toMatchObject(FULL);
    expect(reserve()).toBe(RESERVE);
    expect(await state.properties(at('/new'))).toEqual([]);
  });

  test('a lock is released or refreshed, and a tree with thousands of properties is dropped or moved', async () => {
    expect(await state.removeLock('urn:uuid:2')).toBe(true);
    expect(await state.refreshLock('urn:uuid:1', NOW + 2_000, NOW)).toMatchObject({ expires: NOW + 2_000 });
    await state.begin(record('move'));
    await state.commit([{ do: 'move', from: at('/c'), to: at('/d') }], 'move');
    expect(await state.recorded(at('/c'))).toEqual([]);
    for (const way of ['commit', 'settle'] as const) {
      await state.begin(record(way));
      await state[way]([{ do: 'drop', path: at('/d') }], way);
    }
    expect([await state.recorded(at('/d')), await state.unfinished()]).toEqual([[], []]);
  });

  test('again and again, and what was drawn on is kept anew as soon as there is room', async () => {
    for (const path of MANY.slice(0, 200)) {
      await state.begin(record(path));
      await state.settle([{ do: 'drop', path: at(path) }], path);
      disk.fill();
    }
    expect(await state.recorded(at('/c'))).toHaveLength(MANY.length - 200);
    disk.empty();
    await state.commit(mark('/again'));
    expect(reserve()).toBe(RESERVE);
  });
});

test('what adds to the state is refused before a write could fail, while there is still room for what releases it', async () => {
  await addLocks(state, lockAt('/l'));
  const filling = join(disk.folder, '.fill');
  disk.fill();
  truncateSync(filling, statSync(filling).size - 900_000);
  await expect(state.commit(mark('/new'))).rejects.toMatchObject(FULL);
  expect(await state.removeLock(lockAt('/l').token)).toBe(true);
  truncateSync(filling, statSync(filling).size - 900_000);
  await state.commit(mark('/new'));
  expect(console.error).not.toHaveBeenCalled(); // lmdb has met no failure
});
