// Locks among what else happens: requests at once, a restart, and programs that change the folder behind the server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, lockInfo, startLocking, XML } from './locking.ts';

let world: Locking;
beforeEach(async () => {
  world = await startLocking(['/c/f', '/c/sub/m', '/g']);
});
afterEach(() => world.close());

describe('locks and the world outside', () => {
  test('D-06.1-b: of twenty exclusive locks asked for at once exactly one is granted', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.ask(index % 2 ? 'Ann' : 'Bob', 'LOCK', '/g', { headers: XML, body: lockInfo() })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(423)]);
    expect(new Set(replies.filter(({ status }) => status === 423).map(conditionOf))).toEqual(new Set(['no-conflicting-lock /g']));
    expect(await world.locksAt('/g')).toHaveLength(1);
  });

  test('D-06.1-b: the same on an unmapped URL', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => world.ask('Ann', 'LOCK', '/new', { headers: XML, body: lockInfo() })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(423)]);
  });

  test('D-06.6-c: a lock outlives the server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dav207-locks-'));
    try {
      const first = await startLocking(['/f'], folder);
      const token = await first.lock('Ann', '/f');
      await first.close();
      const second = await startLocking([], folder);
      expect(await second.locksAt('/f')).toMatchObject([{ token, root: '/f' }]);
      expect((await second.ask('Ann', 'PUT', '/f', { body: 'x' })).status).toBe(423);
      expect((await second.ask('Ann', 'PUT', '/f', { headers: { If: `(<${token}>)` }, body: 'x' })).status).toBe(204);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('D-06.1-f: a lock whose root was removed from outside holds nobody up, and does not come back with the next file', async () => {
    await world.lock('Bob', '/g');
    await world.lock('Bob', '/c/sub/');
    rmSync(join(world.served.folder, 'g'));
    rmSync(join(world.served.folder, 'c/sub'), { recursive: true });
    expect((await world.ask('Ann', 'PUT', '/g', { body: 'again' })).status).toBe(201);
    expect(await world.locksAt('/g')).toEqual([]);
    expect((await world.ask('Ann', 'LOCK', '/c/sub', { headers: XML, body: lockInfo() })).status).toBe(201);
    expect(await world.locksAt('/c/sub')).toMatchObject([{ root: '/c/sub' }]);
  });

  test('a lock whose root became a resource of the other type is none', async () => {
    const token = await world.lock('Bob', '/c/');
    rmSync(join(world.served.folder, 'c'), { recursive: true });
    writeFileSync(join(world.served.folder, 'c'), 'a file now');
    expect(await world.locksAt('/c')).toEqual([]);
    expect((await world.ask('Bob', 'UNLOCK', '/c', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(409);
    expect((await world.ask('Ann', 'DELETE', '/c')).status).toBe(204);
  });
});
