// State on disk keeps the contract, and is on the disk.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { open } from 'lmdb';
import { lmdbState } from '../../src/state/lmdb.ts';
import { contractOf } from './state.contract.ts';
import { addLocks, at, lockAt, mark, marks, NOW, property } from './state.fixtures.ts';

const temporary: string[] = [];
function freshFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'dav207-state-'));
  temporary.push(parent);
  return join(parent, '.dav207');
}
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true });
});

contractOf('lmdb', () => lmdbState(freshFolder()));

describe('the state folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = freshFolder();
  });

  test('is made by the first verb that has something to write, for its owner only', async () => {
    const state = await lmdbState(folder);
    expect(await state.locksOn(at('/a'), NOW)).toEqual([]);
    expect(await state.locksBelow(at('/'), NOW)).toEqual([]);
    expect(await state.lockByToken('urn:uuid:1', NOW)).toBeUndefined();
    expect(await state.properties(at('/a'))).toEqual([]);
    expect((await state.membership(at('/'), NOW)).locks.size).toBe(0);
    expect(await state.unfinished()).toEqual([]);
    expect(await state.removeLock('urn:uuid:1')).toBe(false);
    expect(await state.refreshLock('urn:uuid:1', NOW + 1, NOW)).toBeUndefined();
    await state.commit([
      { do: 'drop', path: at('/a') },
      { do: 'move', from: at('/a'), to: at('/b') },
    ]);
    expect(existsSync(folder)).toBe(false);
    await Promise.all([state.commit(mark('/a')), state.commit(mark('/b')), addLocks(state, lockAt('/c'))]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await marks(state, '/a', '/b')).toEqual({ '/a': '/a', '/b': '/b' });
    await state.close();
  });

  test('keeps everything over a restart', async () => {
    const lock = lockAt('/a', { owner: '<o/>', principal: 'ann', expires: Number.MAX_SAFE_INTEGER });
    const record = { id: 'x', renames: [], changes: mark('/z'), staged: [at('/s')], sweep: [] };
    const before = await lmdbState(folder);
    await addLocks(before, lock);
    await before.commit([{ do: 'set', path: at('/a/ü'), properties: [property('x', 'y'.repeat(100_000))] }]);
    await before.begin({ ...record, id: 'y' });
    await before.begin(record);
    await before.close();
    const after = await lmdbState(folder);
    expect(await after.lockByToken(lock.token, NOW)).toEqual(lock);
    expect(await after.properties(at('/a/ü'))).toEqual([property('x', 'y'.repeat(100_000))]);
    await after.begin({ ...record, id: 'a' });
    expect(await after.unfinished()).toEqual([{ ...record, id: 'y' }, record, { ...record, id: 'a' }]);
    await after.close();
  });

  test('holds far more than it starts with, in one commit', async () => {
    const state = await lmdbState(folder);
    const paths = Array.from({ length: 3_000 }, (_, index) => `/big/${index}`);
    await state.commit(paths.map((path) => ({ do: 'set', path: at(path), properties: [property('x', path.padEnd(2_000))] })));
    expect((await state.membership(at('/big'), NOW)).properties.size).toBe(3_000);
    await state.commit([{ do: 'move', from: at('/big'), to: at('/large') }]);
    expect((await state.membership(at('/big'), NOW)).properties.size).toBe(0);
    expect((await state.membership(at('/large'), NOW)).properties.size).toBe(3_000);
    await state.close();
  });

  test('concurrent verbs share commits, and one that throws takes none with it', async () => {
    const state = await lmdbState(folder);
    const verbs = Array.from({ length: 400 }, (_, index) => {
      const lock = lockAt(`/${index}`, { token: `urn:uuid:${index}` });
      const judge = () => {
        throw new Error('judge');
      };
      return state.addLock(index % 4 ? lock : { ...lock, root: at('/') }, index % 4 ? () => false : judge, NOW);
    });
    const answers = await Promise.allSettled(verbs);
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(99); // the first of those on the root met no lock
    expect(await state.locksBelow(at('/'), NOW)).toHaveLength(300);
    await state.close();
    const environment = open({ path: join(folder, 'state.mdb'), readOnly: true });
    const commits = (environment.getStats() as { lastTxnId: number }).lastTxnId;
    await environment.close();
    expect(commits).toBeLessThan(40);
  });

  test('close waits for what is under way, and then nothing works', async () => {
    const state = await lmdbState(folder);
    const writes = ['/a', '/b', '/c'].map((path) => state.commit(mark(path)));
    await state.close();
    await Promise.all(writes);
    await state.close();
    await expect(state.properties(at('/a'))).rejects.toMatchObject({ status: 503 });
    await expect(state.commit(mark('/d'))).rejects.toMatchObject({ status: 503 });
    const again = await lmdbState(folder);
    expect(await marks(again, '/a', '/b', '/c', '/d')).toEqual({ '/a': '/a', '/b': '/b', '/c': '/c' });
    await again.close();
  });

  describe('read-only', () => {
    let writes: (state: Awaited<ReturnType<typeof lmdbState>>) => Promise<unknown>[];
    beforeEach(() => {
      writes = (state) => [
        state.addLock(lockAt('/z'), () => false, NOW),
        state.refreshLock('urn:uuid:/a', NOW + 1, NOW),
        state.removeLock('urn:uuid:/a'),
        state.commit(mark('/z')),
        state.begin({ id: 'x', renames: [], changes: [], staged: [], sweep: [] }),
      ];
    });
    async function expectRefusals(state: Awaited<ReturnType<typeof lmdbState>>): Promise<void> {
      for (const write of writes(state)) await expect(write).rejects.toMatchObject({ status: 403 });
    }

    test('answers empty where nothing is, and makes nothing', async () => {
      const state = await lmdbState(folder, { readOnly: true });
      expect(await state.locksOn(at('/a'), NOW)).toEqual([]);
      expect(await state.unfinished()).toEqual([]);
      await expectRefusals(state);
      expect(existsSync(folder)).toBe(false);
      await state.close();
    });

    test('reads what is there and changes nothing', async () => {
      const writer = await lmdbState(folder);
      await addLocks(writer, lockAt('/a'));
      await writer.commit(mark('/a', '/a/b'));
      await writer.close();
      const state = await lmdbState(folder, { readOnly: true });
      await expectRefusals(state);
      expect(await state.lockByToken('urn:uuid:/a', NOW)).toEqual(lockAt('/a'));
      expect([...(await state.membership(at('/a'), NOW)).properties.keys()]).toEqual(['/a', '/a/b']);
      expect(existsSync(join(folder, 'owner'))).toBe(false);
      await state.close();
    });
  });
});
