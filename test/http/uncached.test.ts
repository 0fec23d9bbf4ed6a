// Methods that change something: no answer of theirs is to be cached, success or failure (RFC 4918 §9.8, §9.9, §9.10, §9.11).
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Locking, lockInfo, startLocking, XML } from './locking.ts';

let world: Locking;
beforeEach(async () => {
  world = await startLocking(['/a/x', '/b/old', '/f']);
});
afterEach(() => world.close());

async function answer(method: string, target: string, headers: Record<string, string>, body?: string): Promise<unknown[]> {
  const reply = await world.ask('Ann', method, target, { headers, ...(body !== undefined && { body }) });
  return [reply.status, reply.headers['cache-control'], reply.headers.etag];
}

const uncached = (...statuses: number[]) => statuses.map((status) => [status, 'no-cache', undefined]);

test.each(['COPY', 'MOVE'])('D-09.8-c: %s', async (method) => {
  await world.lock('Bob', '/b/old');
  const send = (from: string, to: string, headers = {}) => answer(method, from, { Destination: to, ...headers });
  const failed = [await send('/a/x', '/b/old'), await send('/a/', '/b/'), await send('/a/', '/b/', { Overwrite: 'F' })];
  failed.push(await send('/none', '/g'), await send('/a/', '/a/'), await send('/a/', 'http://other.example/'));
  expect(failed).toEqual(uncached(423, 207, 412, 404, 403, 502));
  expect([await send('/f', '/a/x'), await send('/a/', '/c/')]).toEqual(uncached(204, 201));
});

test('D-09.10-a: LOCK and UNLOCK, and a second LOCK is a second lock', async () => {
  const token = await world.lock('Ann', '/f');
  const take = (target: string, headers = {}, body = lockInfo('shared')) => answer('LOCK', target, { ...XML, ...headers }, body);
  expect([await take('/a/x'), await take('/a/x'), await take('/new')]).toEqual(uncached(200, 200, 201));
  expect(await world.locksAt('/a/x')).toHaveLength(2);
  const failed = [await take('/a/', {}, lockInfo()), await take('/f'), await take('/a/x', { If: `(<${token}>)` }), await take('/no/x')];
  expect(failed).toEqual(uncached(207, 423, 412, 409));
  expect(await take('/f', { If: `(<${token}>)` }, '')).toEqual(uncached(200)[0]);
  const release = () => answer('UNLOCK', '/f', { 'Lock-Token': `<${token}>` });
  expect([await release(), await release()]).toEqual(uncached(204, 409));
});
