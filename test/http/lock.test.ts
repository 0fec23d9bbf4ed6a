// LOCK that takes a new lock: the answer, what discovery shows of it, and the empty file where nothing was.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { activeLocks, type Locking, lockInfo, rowsOf, startLocking, XML } from './locking.ts';

let world: Locking;
beforeEach(async () => {
  world = await startLocking(['/c/f', '/c/sub/m', '/g']);
});
afterEach(() => world.close());

const take = (target: string, headers: Record<string, string> = {}, body = lockInfo()) =>
  world.ask('Ann', 'LOCK', target, { headers: { ...XML, ...headers }, body });

describe('a granted lock', () => {
  test('D-09.10.1-b, D-09.10.1-d, 17.3: the whole answer', async () => {
    const owner = '<D:owner xml:lang="de">Ann <x:tel xmlns:x="urn:t">1</x:tel></D:owner>';
    const reply = await take('/c/f', { Depth: '0', Timeout: 'Second-60' }, lockInfo('exclusive', owner));
    const token = String(reply.headers['lock-token']).slice(1, -1);
    expect(token).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect([reply.status, reply.headers['content-type'], reply.headers['cache-control'], reply.headers.location]).toEqual([
      200,
      'application/xml; charset="utf-8"',
      'no-cache',
      undefined,
    ]);
    expect(reply.text).toBe(
      '<?xml version="1.0" encoding="utf-8"?>\n<D:prop xmlns:D="DAV:"><D:lockdiscovery><D:activelock><D:lockscope><D:exclusive/></D:lockscope>' +
        '<D:locktype><D:write/></D:locktype><D:depth>0</D:depth>' +
        '<D:owner xmlns:D="DAV:" xml:lang="de">Ann <x:tel xmlns:x="urn:t">1</x:tel></D:owner><D:timeout>Second-60</D:timeout>' +
        `<D:locktoken><D:href>${token}</D:href></D:locktoken><D:lockroot><D:href>/c/f</D:href></D:lockroot>` +
        '</D:activelock></D:lockdiscovery></D:prop>',
    );
  });

  test('D-09.10.1-c: the owner comes back as it was sent, to everybody', async () => {
    const owner =
      '<owner xmlns="DAV:" xmlns:q="urn:q" q:kind="&quot;a&amp;b&quot;"> <href>mailto:a@b</href> t &lt;&amp;&gt; <q:r xml:lang="fr"/>\n</owner>';
    await take('/g', {}, lockInfo('exclusive', owner));
    const body = '<propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>';
    const { text } = await world.ask('Bob', 'PROPFIND', '/g', { headers: { ...XML, Depth: '0' }, body });
    expect(text).toContain(
      '<owner xmlns="DAV:" xmlns:q="urn:q" q:kind="&quot;a&amp;b&quot;"> <href>mailto:a@b</href> t &lt;&amp;&gt; <q:r xml:lang="fr"/>\n</owner>',
    );
  });

  test.each([
    ['scope, type, owner', [0, 1, 2]],
    ['owner, type, scope', [2, 1, 0]],
    ['type, owner, scope', [1, 2, 0]],
    ['owner, scope, type', [2, 0, 1]],
  ])('D-14-e: the children of lockinfo in the order %s', async (_order, indices) => {
    const parts = ['<D:lockscope><D:shared/></D:lockscope>', '<D:locktype><D:write/></D:locktype>', '<D:owner>Ann</D:owner>'];
    const reply = await take('/g', {}, `<D:lockinfo xmlns:D="DAV:">${indices.map((index) => parts[index]).join('')}</D:lockinfo>`);
    expect([reply.status, activeLocks(reply.text)[0]?.scope]).toEqual([200, 'shared']);
    expect(reply.text).toContain('>Ann</D:owner>');
  });

  test('D-09.10.1-c: no owner where none was sent', async () => {
    expect((await take('/g')).text).not.toContain('owner');
  });

  test('D-06.5-b: the token is shown to who took the lock, and to nobody else', async () => {
    const token = await world.lock('Ann', '/c/');
    expect(await world.locksAt('/c/f', 'Ann')).toMatchObject([{ token, root: '/c/' }]);
    expect(await world.locksAt('/c/f', 'Bob')).toMatchObject([{ token: undefined, root: '/c/', scope: 'exclusive' }]);
  });

  test('D-15.8, D-15.10: discovery and supportedlock of a locked and of an unlocked resource', async () => {
    await world.lock('Bob', '/g', { depth: '0' });
    const body = '<propfind xmlns="DAV:"><prop><lockdiscovery/><supportedlock/></prop></propfind>';
    const ask = (target: string) => world.ask('Ann', 'PROPFIND', target, { headers: { ...XML, Depth: '0' }, body });
    const entry = (scope: string) =>
      `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`;
    const supported = `<D:supportedlock>${entry('exclusive')}${entry('shared')}</D:supportedlock>`;
    expect((await ask('/c/f')).text).toContain(`<D:lockdiscovery/>${supported}`);
    expect((await ask('/g')).text).toMatch(
      new RegExp(
        '<D:lockdiscovery><D:activelock><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:depth>0</D:depth>' +
          `<D:timeout>Second-3(600|599)</D:timeout><D:lockroot><D:href>/g</D:href></D:lockroot></D:activelock></D:lockdiscovery>${supported}`,
      ),
    );
  });

  test.each([
    ['Infinite', 86_400],
    ['Infinite, Second-4100000000', 86_400],
    ['Second-4100000000', 86_400],
    ['Second-60', 60],
    ['second-60', 60],
    ['Extended-1, Second-120, Second-60', 120],
    ['Second-4294967296, Second-30', 30],
    ['Second-0, Second-30', 30],
    ['nonsense', 3600],
    ['', 3600],
  ])('D-10.7-a, D-14.29-a: Timeout: %s gives %i seconds', async (timeout, seconds) => {
    expect(activeLocks((await take('/g', { Timeout: timeout })).text)).toMatchObject([{ timeout: `Second-${seconds}` }]);
  });

  test('D-06.1-a, D-09.10.3-a: the root is the URL in its canonical form, the Depth infinity where none is given', async () => {
    expect(activeLocks((await take('/c')).text)).toMatchObject([{ root: '/c/', depth: 'infinity' }]);
    expect(activeLocks((await take('/g', { Depth: '0' })).text)).toMatchObject([{ root: '/g', depth: '0' }]);
  });

  test('D-05.2-c: of a collection without its slash says where that is, when it is taken and when it is refreshed', async () => {
    const taken = await take('/c');
    const refreshing = { headers: { If: `(${taken.headers['lock-token']})` } };
    const refreshed = await world.ask('Ann', 'LOCK', '/c', refreshing);
    expect([taken, refreshed].map(({ status, headers }) => [status, headers['content-location']])).toEqual([
      [200, '/c/'],
      [200, '/c/'],
    ]);
    const others = [await world.ask('Ann', 'LOCK', '/c/', refreshing), await take('/g'), await take('/new')];
    expect(others.map(({ status, headers }) => [status, headers['content-location']])).toEqual([
      [200, undefined],
      [200, undefined],
      [201, undefined],
    ]);
  });

  test('D-06.1-c: new members join an infinite lock, what leaves drops out', async () => {
    const token = await world.lock('Ann', '/c/');
    const headers = { If: `</c/> (<${token}>)` };
    expect((await world.ask('Ann', 'PUT', '/c/new', { headers, body: 'x' })).status).toBe(201);
    expect(await world.locksAt('/c/new')).toMatchObject([{ token, root: '/c/' }]);
    expect((await world.ask('Ann', 'MOVE', '/c/f', { headers: { ...headers, Destination: '/h' } })).status).toBe(201);
    expect(await world.locksAt('/h')).toEqual([]);
    expect((await world.ask('Ann', 'MOVE', '/g', { headers: { ...headers, Destination: '/c/g' } })).status).toBe(201);
    expect((await world.ask('Ann', 'PUT', '/c/g', { body: 'x' })).status).toBe(423);
  });

  test('D-06.1-f: a copy of what is locked is not locked', async () => {
    await world.lock('Ann', '/c/f');
    expect((await world.ask('Ann', 'COPY', '/c/', { headers: { Destination: '/k/' } })).status).toBe(201);
    expect(await world.locksAt('/k/f')).toEqual([]);
    expect(await world.locksAt('/c/f')).toHaveLength(1);
  });
});

describe('a LOCK that is refused', () => {
  const part = (scope: string, type: string) =>
    `<D:lockinfo xmlns:D="DAV:"><D:lockscope>${scope}</D:lockscope><D:locktype>${type}</D:locktype></D:lockinfo>`;
  test.each([
    ['ill-formed', '<D:lockinfo', 400],
    ['another element', '<D:propfind xmlns:D="DAV:"/>', 400],
    ['no scope', '<D:lockinfo xmlns:D="DAV:"><D:locktype><D:write/></D:locktype></D:lockinfo>', 400],
    ['no type', '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope></D:lockinfo>', 400],
    ['an empty scope', part('', '<D:write/>'), 400],
    ['an empty type', part('<D:shared/>', ''), 400],
    ['both scopes', part('<D:shared/><D:exclusive/>', '<D:write/>'), 400],
    ['another type', part('<D:shared/>', '<D:read/>'), 422],
    ['an owner too long to be repeated in every row', lockInfo('exclusive', `<owner xmlns="DAV:">${'x'.repeat(9000)}</owner>`), 413],
    ['a type of another namespace', part('<D:shared/>', '<write xmlns="urn:x"/>'), 422],
  ])('D-09.10.1-a, D-422-a: %s', async (_what, body, status) => {
    const before = world.tree();
    expect((await take('/g', {}, body)).status).toBe(status);
    expect((await take('/new', {}, body)).status).toBe(status);
    expect(world.tree()).toEqual(before);
    expect(await world.locksAt('/g')).toEqual([]);
  });

  test.each(['1', '2', '1,noroot'])('D-09.10.3-a: Depth: %s is 400', async (depth) => {
    expect((await take('/c/', { Depth: depth })).status).toBe(400);
    expect(await world.locksAt('/c/')).toEqual([]);
  });

  test('D-09.10.6-a: an unmapped URL without a parent is 409, and nothing is made', async () => {
    const before = world.tree();
    for (const target of ['/no/x', '/no/such/x', '/g/x', '/new/']) expect([target, (await take(target)).status]).toEqual([target, 409]);
    expect(world.tree()).toEqual(before);
  });

  test('D-09.10.6-b: If-Match: * on an unmapped URL, If-None-Match: * on a mapped one, a stale If-Match', async () => {
    const before = world.tree();
    expect((await take('/new', { 'If-Match': '*' })).status).toBe(412);
    expect((await take('/g', { 'If-None-Match': '*' })).status).toBe(412);
    expect((await take('/g', { 'If-Match': '"stale"' })).status).toBe(412);
    expect(world.tree()).toEqual(before);
    expect(await world.locksAt('/g')).toEqual([]);
  });

  test('D-09.10.3-c, D-09.10.3-d: a member in the way is a 207 without a token, and no lock anywhere', async () => {
    await world.lock('Bob', '/c/sub/m');
    const reply = await take('/c/');
    expect([reply.status, reply.headers['lock-token'], reply.headers['content-type']]).toEqual([
      207,
      undefined,
      'application/xml; charset="utf-8"',
    ]);
    expect(rowsOf(reply)).toEqual(['/c/ 424', '/c/sub/ 424', '/c/sub/m 423 no-conflicting-lock /c/sub/m']);
    expect([await world.locksAt('/c/'), await world.locksAt('/c/f')]).toEqual([[], []]);
  });

  test('D-08.1-a, H-11.6.1-a: who is nobody hears 401, not 423', async () => {
    await world.lock('Ann', '/g');
    for (const method of ['PUT', 'DELETE', 'LOCK', 'UNLOCK', 'PROPPATCH']) {
      const { status, headers } = await world.served.ask(method, '/g', { headers: { If: '(<urn:x:1>)' }, body: '' });
      expect([method, status, headers['www-authenticate'] !== undefined]).toEqual([method, 401, true]);
    }
  });
});

describe('a lock on an unmapped URL', () => {
  test('D-09.10.4-a, D-09.10.4-b, D-09.10.4-c: makes an empty file that MKCOL cannot take, PUT fills and UNLOCK leaves', async () => {
    const reply = await take('/new');
    const token = String(reply.headers['lock-token']).slice(1, -1);
    expect([reply.status, reply.headers.location]).toEqual([201, '/new']);
    expect(activeLocks(reply.text)).toMatchObject([{ token, root: '/new' }]);
    expect(world.tree()).toContain('/new ');
    expect((await world.ask('Ann', 'PROPFIND', '/', { headers: { Depth: '1' } })).text).toContain('<D:href>/new</D:href>');
    const got = await world.ask('Ann', 'GET', '/new');
    expect([got.status, got.headers['content-length'], got.text]).toEqual([200, '0', '']);
    const body = '<propfind xmlns="DAV:"><prop><lockdiscovery/><supportedlock/></prop></propfind>';
    const { text } = await world.ask('Ann', 'PROPFIND', '/new', { headers: { ...XML, Depth: '0' }, body });
    expect(activeLocks(text)).toMatchObject([{ token, root: '/new' }]);
    expect(text).toMatch(/<D:supportedlock><D:lockentry>/);
    expect((await world.ask('Ann', 'MKCOL', '/new', { headers: { If: `(<${token}>)` } })).status).toBe(405);
    expect((await world.ask('Ann', 'PUT', '/new', { body: 'x' })).status).toBe(423);
    expect(world.tree()).toContain('/new ');
    expect((await world.ask('Ann', 'PUT', '/new', { headers: { If: `(<${token}>)` }, body: 'full' })).status).toBe(204);
    expect(await world.locksAt('/new')).toMatchObject([{ token }]);
    expect((await world.ask('Ann', 'UNLOCK', '/new', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
    expect(world.tree()).toContain('/new full');
  });

  test('D-09.10.4-a: that nobody fills stays when it is unlocked', async () => {
    const token = await world.lock('Ann', '/new');
    expect((await world.ask('Ann', 'UNLOCK', '/new', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
    expect(world.tree()).toContain('/new ');
  });

  test('Z-mac-a: PUT of nothing, LOCK, PUT with the token, UNLOCK, for the names macOS makes', async () => {
    for (const name of ['/.DS_Store', '/._g']) {
      expect((await world.ask('Ann', 'PUT', name, { body: '' })).status).toBe(201);
      const token = await world.lock('Ann', name);
      expect((await world.ask('Ann', 'PUT', name, { headers: { If: `(<${token}>)` }, body: 'mac' })).status).toBe(204);
      expect((await world.ask('Ann', 'UNLOCK', name, { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
      expect(readFileSync(join(world.served.folder, name), 'utf8')).toBe('mac');
    }
  });
});
