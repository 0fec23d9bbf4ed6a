// A disk that is full to the last byte, with the state on it: what gives room back is stored all the same.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import type { Change, State } from '../../src/state/state.ts';
import { type Disk, mountDisk } from '../tmpfs.ts';
import { addLocks, at, lockAt, NOW, property } from './state.fixtures.ts';

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

const size = () => statSync(join(disk.folder, '.dav207/state.mdb')).size;

const MANY = Array.from({ length: 3_000 }, (_, index) => `/c/${index}`);
const FULL = { status: 507, condition: { name: 'sufficient-disk-space' } };
const record = (id: string) => ({ id, renames: [], changes: [], staged: [], sweep: [at('/c')] });

describe('on a full disk', () => {
  beforeEach(async () => {
    await state.commit(MANY.map((path) => ({ do: 'set', path: at(path), properties: [property('x', path)] })));
    await addLocks(state, lockAt('/c/1', { token: 'urn:uuid:1' }), lockAt('/l', { token: 'urn:uuid:2' }));
    disk.fill();
    // What others may have is used up first: of much, then of little.
    for (const bytes of [20_000, 1_000])
      for (let path = 0; await stored(state.commit(large(`/more/${bytes}/${path}`, bytes))); path++) disk.fill();
    disk.fill();
  });

  const large = (path: string, bytes: number): Change[] => [{ do: 'set', path: at(path), properties: [property('x', 'x'.repeat(bytes))] }];

  const stored = (work: Promise<unknown>) => work.then(() => true).catch(() => false);

  test('what adds to the state is 507 and says why, and takes nothing of what is kept for others', async () => {
    const before = size();
    await expect(state.commit(large('/new', 20_000))).rejects.toMatchObject(FULL);
    await expect(state.commit([{ do: 'copy', from: at('/c'), to: at('/d'), below: true }])).rejects.toMatchObject(FULL);
    await expect(state.addLock(lockAt('/new', { owner: 'x'.repeat(20_000) }), () => false, NOW)).rejects.toMatchObject(FULL);
    expect(size()).toBe(before);
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
    await dropped(MANY.slice(0, 200));
    disk.empty();
    await state.commit(MANY.map((path) => ({ do: 'set', path: at(`${path}/x`), properties: [property('x', path)] })));
    await dropped(MANY.slice(200, 400));
    expect(await state.recorded(at('/c'))).toHaveLength(2 * MANY.length - 600);
  });

  /** One by one, and between them others take every byte there is. */
  async function dropped(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      disk.fill();
      await state.begin(record(path));
      await state.settle([{ do: 'drop', path: at(path) }], path);
    }
  }
});
