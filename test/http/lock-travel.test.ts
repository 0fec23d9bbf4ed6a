// Where a lock goes when what it protects does, what it covers afterwards, and what may change beneath it.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { authorization, conditionOf, type Locking, lockInfo, startLocking, XML } from './locking.ts';
import { serve } from './serve.ts';
import { treeOf } from './tree.ts';

let world: Locking;
beforeEach(async () => {
  world = await startLocking(['/c/f', '/c/sub/m', '/d/old', '/e/', '/g']);
});
afterEach(() => world.close());

const transfer = async (method: string, from: string, to: string, header?: string) =>
  (await world.ask('Ann', method, from, { headers: { Destination: to, ...(header !== undefined && { If: header }) } })).status;
/** What it takes to change `target`: nothing, or a lock with this root. */
const lockedBy = async (target: string) => {
  const reply = await world.ask('Bob', 'PROPPATCH', target, {
    headers: XML,
    body: '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t"/></prop></set></propertyupdate>',
  });
  return reply.status === 423 ? conditionOf(reply).replace('lock-token-submitted ', '') : reply.status;
};

describe('COPY', () => {
  test('D-07.6-a: locks stay where they are, a collection and its member are free at the other end', async () => {
    const [outer, inner] = [await world.lock('Ann', '/c/', { depth: '0' }), await world.lock('Ann', '/c/sub/m')];
    expect(await transfer('COPY', '/c/', '/k/')).toBe(201);
    for (const target of ['/k/', '/k/f', '/k/sub/', '/k/sub/m']) {
      expect([target, await world.locksAt(target), await lockedBy(target)]).toEqual([target, [], 207]);
    }
    expect(await world.locksAt('/c/')).toMatchObject([{ token: outer, root: '/c/' }]);
    expect(await world.locksAt('/c/sub/m')).toMatchObject([{ token: inner, root: '/c/sub/m' }]);
  });

  test('D-07.6-a: under an infinite lock the copy, and all in it, joins that', async () => {
    await world.lock('Ann', '/c/');
    const token = await world.lock('Ann', '/e/');
    expect(await transfer('COPY', '/c/', '/e/k/', `</e/> (<${token}>)`)).toBe(201);
    for (const target of ['/e/k/', '/e/k/f', '/e/k/sub/m']) {
      expect([target, await world.locksAt(target)]).toMatchObject([target, [{ token, root: '/e/' }]]);
      expect([target, await lockedBy(target)]).toEqual([target, '/e/']);
    }
  });
});

describe('MOVE', () => {
  test('D-07.6-b: a lock inside the tree is gone with it, its token unknown at both ends', async () => {
    const token = await world.lock('Ann', '/c/sub/m');
    expect(await transfer('MOVE', '/c/', '/k/', `</c/sub/m> (<${token}>)`)).toBe(201);
    expect([await world.locksAt('/k/sub/m'), await lockedBy('/k/sub/m')]).toEqual([[], 207]);
    // Put back by somebody else: nothing of the lock was waiting for it.
    renameSync(join(world.served.folder, 'k'), join(world.served.folder, 'c'));
    expect([await world.locksAt('/c/sub/m'), await lockedBy('/c/sub/m')]).toEqual([[], 207]);
    const headers = { If: `(<${token}>)` };
    for (const target of ['/c/sub/m', '/c/']) expect((await world.ask('Ann', 'LOCK', target, { headers })).status).toBe(412);
  });

  test('D-07.6-b, D-07.4-k: between infinitely locked trees it comes under the lock of the new place, and needs that token then', async () => {
    const [from, to] = [await world.lock('Ann', '/c/'), await world.lock('Ann', '/e/')];
    expect(await transfer('MOVE', '/c/sub/', '/e/sub/', `</c/> (<${from}>) </e/> (<${to}>)`)).toBe(201);
    for (const target of ['/e/sub/', '/e/sub/m']) expect(await world.locksAt(target)).toMatchObject([{ token: to, root: '/e/' }]);
    const put = async (header: string) => (await world.ask('Ann', 'PUT', '/e/sub/m', { headers: { If: header }, body: 'x' })).status;
    expect([await put(`</c/f> (<${from}>)`), await put(`(<${to}>)`), await lockedBy('/e/sub/m')]).toEqual([423, 204, '/e/']);
  });

  test('D-07.4-k: within one it stays under it', async () => {
    const token = await world.lock('Ann', '/c/');
    expect(await transfer('MOVE', '/c/f', '/c/sub/f', `(<${token}>)`)).toBe(201);
    expect(await world.locksAt('/c/sub/f')).toMatchObject([{ token, root: '/c/' }]);
    expect(await lockedBy('/c/sub/f')).toBe('/c/');
  });
});

test('D-09.3-g: a collection made under an infinite lock is locked by it, one made under Depth 0 is not', async () => {
  const [deep, flat] = [await world.lock('Ann', '/c/'), await world.lock('Ann', '/e/', { depth: '0' })];
  for (const [target, token] of [
    ['/c/new/', deep],
    ['/e/new/', flat],
  ] as const) {
    const headers = { If: `<${target.slice(0, 3)}> (<${token}>)` };
    expect((await world.ask('Ann', 'MKCOL', target, { headers })).status).toBe(201);
  }
  expect([await world.locksAt('/c/new/'), await lockedBy('/c/new/')]).toMatchObject([[{ token: deep, root: '/c/' }], '/c/']);
  expect([await world.locksAt('/e/new/'), await lockedBy('/e/new/')]).toEqual([[], 207]);
});

test('D-09.10.3-b: one token is that of every member', async () => {
  const token = await world.lock('Ann', '/');
  const found = await Promise.all(['/', '/c/', '/c/f', '/c/sub/m', '/e/'].map((target) => world.locksAt(target)));
  expect(found.map((locks) => locks.map((lock) => `${lock.root} ${lock.token}`))).toEqual(found.map(() => [`/ ${token}`]));
});

test('D-07.1-a: what PROPFIND says of locks changes under a lock whose token nobody submits', async () => {
  await world.lock('Ann', '/c/', { scope: 'shared' });
  const second = await world.lock('Bob', '/c/f', { scope: 'shared' });
  expect((await world.locksAt('/c/f', 'Bob')).map(({ token }) => token)).toContain(second);
  expect((await world.ask('Bob', 'UNLOCK', '/c/f', { headers: { 'Lock-Token': `<${second}>` } })).status).toBe(204);
  expect(await world.locksAt('/c/f', 'Bob')).toHaveLength(1);
});

test('D-06.4-c: a lock lets nobody write where nobody may', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dav207-locks-'));
  try {
    const writing = await startLocking(['/f'], folder);
    const token = await writing.lock('Ann', '/');
    await writing.close();
    const reading = await serve({ folder, readOnly: true, users: [{ name: 'Ann', password: 'a' }] });
    const headers = { ...authorization('Ann'), If: `</> (<${token}>)`, Destination: '/new', 'Lock-Token': `<${token}>` };
    expect((await reading.ask('GET', '/f', { headers })).status).toBe(200); // the lock is there, and hers
    for (const method of ['PUT', 'DELETE', 'MKCOL', 'MOVE', 'COPY', 'PROPPATCH']) {
      expect([method, (await reading.ask(method, '/f', { headers })).status]).toEqual([method, 403]);
    }
    expect(treeOf(folder)).toEqual({ '/f': '/f' });
    await reading.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('D-06.4-d: where people have names, who has none locks nothing, and makes nothing by it', async () => {
  const before = world.tree();
  for (const target of ['/g', '/new', '/c/']) {
    const { status, headers } = await world.served.ask('LOCK', target, { headers: XML, body: lockInfo() });
    expect([status, headers['lock-token'], headers['www-authenticate']]).toEqual([401, undefined, expect.any(String)]);
  }
  expect([world.tree(), await world.locksAt('/g'), await world.locksAt('/c/')]).toEqual([before, [], []]);
});
