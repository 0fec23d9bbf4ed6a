// LOCK without a body: the timer of one lock starts again; and what becomes of a lock whose time is up.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockInfo as inlineInfo, makeWorld, type World } from '../scenarios/world.ts';
import { activeLocks, conditionOf, type Locking, lockInfo, startLocking, XML } from './locking.ts';

describe('LOCK without a body', () => {
  let world: Locking;
  let token: string;
  beforeEach(async () => {
    world = await startLocking(['/c/f', '/g']);
    token = await world.lock('Ann', '/c/', { headers: { Timeout: 'Second-600' } });
  });
  afterEach(() => world.close());

  const refresh = (target: string, headers: Record<string, string>, body: '' | readonly string[] = '') =>
    world.ask('Ann', 'LOCK', target, { headers, body });

  test.each(['/c/', '/c', '/c/f'])('D-09.10.2-a, D-09.10.2-c, D-09.10.2-e: through %s', async (target) => {
    const reply = await refresh(target, { If: `(<${token}>)`, Timeout: 'Second-60' });
    expect([reply.status, reply.headers['lock-token'], reply.headers['content-type'], reply.headers['cache-control']]).toEqual([
      200,
      undefined,
      'application/xml; charset="utf-8"',
      'no-cache',
    ]);
    const refreshed = [{ token, root: '/c/', depth: 'infinity', scope: 'exclusive', timeout: 'Second-60' }];
    expect(activeLocks(reply.text)).toEqual(refreshed);
    expect((await world.locksAt('/c/f')).map((lock) => lock.token)).toEqual([token]);
  });

  test.each(['1', '0', 'nonsense'])('D-09.10.2-d: Depth: %s means nothing', async (depth) => {
    expect((await refresh('/c/', { If: `(<${token}>)`, Depth: depth })).status).toBe(200);
    expect(await world.locksAt('/c/f')).toMatchObject([{ depth: 'infinity' }]);
  });

  test('an empty body of an XML type, and an empty chunked one, are none', async () => {
    expect((await refresh('/c/', { If: `(<${token}>)`, 'Content-Type': 'text/xml' })).status).toBe(200);
    expect((await refresh('/c/', { If: `(<${token}>)` }, [])).status).toBe(200);
  });

  test('D-09.10.2-b, D-12.1-a: without exactly one token in If it is 400', async () => {
    for (const header of [undefined, '(["e"])', '(<DAV:no-lock>)', `(<${token}> <urn:uuid:2>)`, `(<${token}>`, token]) {
      const { status } = await refresh('/c/', header === undefined ? {} : { If: header });
      expect([header, status]).toEqual([header, 400]);
    }
    expect((await world.locksAt('/c/')).length).toBe(1);
    expect(await world.locksAt('/g')).toEqual([]);
  });

  test('D-09.10.6-d: a token that is unknown, or whose lock is elsewhere, is 412', async () => {
    for (const [target, submitted] of [
      ['/g', token],
      ['/c/none', token],
      ['/c/', 'urn:uuid:00000000-0000-4000-8000-000000000000'],
    ] as const) {
      const reply = await refresh(target, { If: `(<${submitted}>)` });
      expect([target, reply.status, conditionOf(reply)]).toEqual([target, 412, 'lock-token-matches-request-uri']);
    }
    expect(world.tree()).toEqual(['/c/', '/c/f /c/f', '/g /g']);
  });

  test('a false condition beside the token is 412, and the timer runs on', async () => {
    expect((await refresh('/c/', { If: `(<${token}> ["zz"])`, Timeout: 'Second-60' })).status).toBe(412);
    expect((await refresh('/c/', { If: `(<${token}>)`, 'If-Match': '"zz"', Timeout: 'Second-60' })).status).toBe(412);
    expect(await world.locksAt('/c/')).toMatchObject([{ timeout: expect.stringMatching(/^Second-(600|599)$/) }]);
  });

  test('D-06.4-e: somebody else cannot refresh it', async () => {
    expect((await world.ask('Bob', 'LOCK', '/c/', { headers: { If: `(<${token}>)`, Timeout: 'Second-60' } })).status).toBe(403);
    expect(await world.locksAt('/c/')).toMatchObject([{ timeout: expect.stringMatching(/^Second-(600|599)$/) }]);
  });

  test('D-09.10.2-d: other shared locks are no obstacle and stay as they are', async () => {
    const shared = { scope: 'shared', headers: { Timeout: 'Second-600' } };
    const [first] = [await world.lock('Ann', '/g', shared), await world.lock('Bob', '/g', shared)];
    expect((await refresh('/g', { If: `(<${first}>)`, Timeout: 'Second-60' })).status).toBe(200);
    const timeouts = (await world.locksAt('/g')).map(({ timeout }) => Number(timeout.slice(7)));
    expect(timeouts.map((seconds) => seconds > 60)).toEqual([false, true]);
  });

  test('Z-npm-a: with a body it is a new lock, and a bare token is no If header', async () => {
    const ask = (header: string) => world.ask('Ann', 'LOCK', '/c/', { headers: { ...XML, If: header }, body: lockInfo() });
    expect((await ask(token)).status).toBe(400);
    const refused = await ask(`(<${token}>)`);
    expect([refused.status, conditionOf(refused)]).toEqual([423, 'no-conflicting-lock /c/']);
  });
});

describe('the time of a lock', () => {
  let now: number;
  let world: World;
  let token: string;
  beforeEach(async () => {
    now = 1_000_000;
    world = makeWorld({ now: () => now });
    await world.ask('PUT', '/f', { body: 'x' });
    const { headers } = await world.ask('LOCK', '/f', { headers: { timeout: 'Second-100' }, body: inlineInfo() });
    token = String(headers['Lock-Token']).slice(1, -1);
  });

  const timeouts = async () =>
    activeLocks((await world.ask('PROPFIND', '/f', { headers: { depth: '0' } })).text).map((lock) => lock.timeout);

  test('D-14.29-a, D-06.6-b: runs down, and using the lock does not wind it up', async () => {
    now += 40_000;
    expect(await timeouts()).toEqual(['Second-60']);
    expect((await world.ask('PUT', '/f', { headers: { if: `(<${token}>)` }, body: 'y' })).status).toBe(204);
    expect(await timeouts()).toEqual(['Second-60']);
  });

  test('D-06.6-a: starts again with a refresh', async () => {
    now += 90_000;
    const { status, text } = await world.ask('LOCK', '/f', { headers: { if: `(<${token}>)`, timeout: 'Second-100' } });
    expect([status, activeLocks(text).map((lock) => lock.timeout)]).toEqual([200, ['Second-100']]);
    now += 90_000;
    expect(await timeouts()).toEqual(['Second-10']);
  });

  test('D-06.6-c: at its end the lock is gone and its token unknown', async () => {
    now += 99_999;
    expect(await timeouts()).toEqual(['Second-1']);
    now += 1;
    expect(await timeouts()).toEqual([]);
    expect((await world.ask('PUT', '/f', { headers: { if: `(<${token}>)` }, body: 'y' })).status).toBe(412);
    expect((await world.ask('LOCK', '/f', { headers: { if: `(<${token}>)` } })).status).toBe(412);
    expect((await world.ask('UNLOCK', '/f', { headers: { 'lock-token': `<${token}>` } })).status).toBe(409);
    expect((await world.ask('PUT', '/f', { body: 'y', principal: 'Bob' })).status).toBe(204);
    expect((await world.ask('LOCK', '/f', { body: inlineInfo(), principal: 'Bob' })).status).toBe(200);
  });

  test('D-09.10.4-a: an empty file made by LOCK survives its end', async () => {
    expect((await world.ask('LOCK', '/new', { body: inlineInfo() })).status).toBe(201);
    now += 86_400_000;
    expect((await world.ask('GET', '/new')).status).toBe(200);
  });
});
