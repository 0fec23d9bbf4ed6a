// UNLOCK: one lock goes everywhere it applied, or it stays entirely.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, type Person, startLocking } from './locking.ts';

let world: Locking;
let token: string;
beforeEach(async () => {
  world = await startLocking(['/c/f', '/c/sub/m', '/g']);
  token = await world.lock('Ann', '/c/');
});
afterEach(() => world.close());

const unlock = (target: string, lockToken: string | undefined, who: Person = 'Ann', headers: Record<string, string> = {}) =>
  world.ask(who, 'UNLOCK', target, { headers: { ...headers, ...(lockToken !== undefined && { 'Lock-Token': lockToken }) } });

const stillThere = async () => expect(await world.locksAt('/c/f')).toMatchObject([{ token, root: '/c/', depth: 'infinity' }]);

describe('UNLOCK', () => {
  test.each(['/c/', '/c', '/c/f', '/c/sub/', '/c/sub/m'])(
    'D-09.11-a, D-09.11-d, D-07.4-h: through %s releases the whole lock',
    async (target) => {
      const { status, text, headers } = await unlock(target, `<${token}>`);
      expect([status, text, headers['cache-control']]).toEqual([204, '', 'no-cache']);
      for (const path of ['/c/', '/c/f', '/c/sub/m']) expect(await world.locksAt(path)).toEqual([]);
      expect((await world.ask('Bob', 'PUT', '/c/f', { body: 'x' })).status).toBe(204);
    },
  );

  test.each([undefined, '', '<>', 'not a uri', '<urn:uuid:1', '<urn:uuid:1>, <urn:uuid:2>', '(<urn:uuid:1>)'])(
    'D-09.11-b: Lock-Token: %s is 400',
    async (lockToken) => {
      expect((await unlock('/c/f', lockToken)).status).toBe(400);
      await stillThere();
    },
  );

  test.each([
    ['out of its scope', '/g'],
    ['the root', '/'],
    ['an unmapped member', '/c/none'],
    ['a file with a slash', '/c/f/'],
  ])('D-09.11-c: %s is 409', async (_what, target) => {
    const reply = await unlock(target, `<${token}>`);
    expect([reply.status, conditionOf(reply)]).toEqual([409, 'lock-token-matches-request-uri']);
    await stillThere();
  });

  test('D-09.11-c: an unknown token is 409, and so is the same one a second time', async () => {
    const unknown = await unlock('/c/', '<urn:uuid:00000000-0000-4000-8000-000000000000>');
    expect([unknown.status, conditionOf(unknown)]).toEqual([409, 'lock-token-matches-request-uri']);
    await stillThere();
    await unlock('/c/', `<${token}>`);
    expect((await unlock('/c/', `<${token}>`)).status).toBe(409);
  });

  test('D-09.11-e: who did not take the lock cannot release it', async () => {
    expect((await unlock('/c/', `<${token}>`, 'Bob')).status).toBe(403);
    await stillThere();
  });

  test('D-09.11-g, D-07.4-h: an If header is a condition and no more', async () => {
    expect((await unlock('/c/f', `<${token}>`, 'Ann', { If: `(Not <${token}>)` })).status).toBe(412);
    expect((await unlock('/c/f', `<${token}>`, 'Ann', { If: '(' })).status).toBe(400);
    expect((await unlock('/c/f', undefined, 'Ann', { If: `(<${token}>)` })).status).toBe(400);
    expect((await unlock('/c/f', `<${token}>`, 'Ann', { 'If-Match': '"stale"' })).status).toBe(412);
    await stillThere();
    expect((await unlock('/c/f', `<${token}>`, 'Ann', { If: `(<${token}>)` })).status).toBe(204);
  });

  test('D-06.1-d, D-06.2-a: other shared locks stay', async () => {
    const [first, second] = [
      await world.lock('Ann', '/g', { scope: 'shared' }),
      await world.lock('Ann', '/g', { scope: 'shared' }),
    ] as const;
    expect(first).not.toBe(second);
    expect((await unlock('/g', `<${first}>`)).status).toBe(204);
    expect(await world.locksAt('/g')).toMatchObject([{ token: second }]);
  });

  test('D-06.1-e: Lock-Token submits nothing on another verb', async () => {
    expect((await world.ask('Ann', 'PUT', '/c/f', { headers: { 'Lock-Token': `<${token}>` }, body: 'x' })).status).toBe(423);
  });

  test('Z-win-a: a token without its brackets', async () => {
    expect((await unlock('/c/f', token)).status).toBe(204);
    expect(await world.locksAt('/c/')).toEqual([]);
  });

  test('a body is refused, and the lock stays', async () => {
    expect((await world.ask('Ann', 'UNLOCK', '/c/', { headers: { 'Lock-Token': `<${token}>` }, body: 'x' })).status).toBe(415);
    await stillThere();
  });
});
