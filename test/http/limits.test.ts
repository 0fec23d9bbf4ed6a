// What is over a limit of the operator's: a status of its own, one sentence that names the limit, and nothing is changed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { activeLocks, lockInfo, XML } from './locking.ts';
import { type Asking, type Reply, type Served, type Serving, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
afterEach(() => served.close());

async function limited(options: Serving): Promise<(method: string, target: string, asking?: Asking) => Promise<Reply>> {
  served = await serve(options);
  return served.ask;
}

const said = ({ status, text }: Reply) => [status, text];

describe('maxBody', () => {
  const PATCH = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
  const tooLarge = [413, 'An upload may have 5 bytes at most; nothing was changed.\n'];

  test('an upload of as many bytes is stored, of one more it is 413, whether it says so before or not', async () => {
    const ask = await limited({ maxBody: 5 });
    expect((await ask('PUT', '/f', { body: 'whole' })).status).toBe(201);
    expect((await ask('PUT', '/g', { body: ['wh', 'ole'] })).status).toBe(201);
    for (const target of ['/f', '/new'])
      for (const body of ['longer', ['long', 'er']]) expect(said(await ask('PUT', target, { body }))).toEqual(tooLarge);
    expect(said(await ask('PATCH', '/f', { headers: PATCH, body: 'longer' }))).toEqual(tooLarge);
    expect((await ask('PATCH', '/g', { headers: PATCH, body: ' part' })).status).toBe(204);
    expect(treeOf(served.folder)).toEqual({ '/f': 'whole', '/g': 'whole part' });
    expect(readdirSync(join(served.folder, '.dav207/tmp'))).toEqual([]);
  });

  test('who waits for 100 Continue is not asked for the body', async () => {
    await limited({ maxBody: 5 });
    const answer = await served.raw('PUT /f HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

test('maxXml: a body of as many bytes is read, of one more it is 413', async () => {
  const propfind = '<propfind xmlns="DAV:"><propname/></propfind>';
  const ask = await limited({ maxXml: propfind.length });
  const find = (body: string | string[]) => ask('PROPFIND', '/', { headers: { ...XML, Depth: '0' }, body });
  expect([(await find(propfind)).status, (await find([propfind])).status]).toEqual([207, 207]);
  const tooLarge = [413, `An XML body may have ${propfind.length} bytes at most.\n`];
  expect([said(await find(`${propfind} `)), said(await find([propfind, ' ']))]).toEqual([tooLarge, tooLarge]);
});

describe('maxLocks', () => {
  const users = ['ann', 'bob'].map((name) => ({ name, password: 'x' }));
  const by = (name: string) => ({ ...XML, Authorization: `Basic ${Buffer.from(`${name}:x`).toString('base64')}` });
  const tooMany = [403, 'Nobody may hold more than 2 locks: release some, or wait until they end.\n'];

  test('one more is 403 and makes no file; another person has locks of its own; a released one makes room', async () => {
    const ask = await limited({ maxLocks: 2, users });
    const lock = (name: string, target: string) => ask('LOCK', target, { headers: by(name), body: lockInfo('shared') });
    const [first] = [await lock('ann', '/a'), await lock('ann', '/a')];
    expect(said(await lock('ann', '/a'))).toEqual(tooMany);
    expect(said(await lock('ann', '/new'))).toEqual(tooMany);
    expect(treeOf(served.folder)).toEqual({ '/a': '' });
    expect((await lock('bob', '/b')).status).toBe(201);
    const release = { ...by('ann'), 'Lock-Token': String(first?.headers['lock-token']) };
    expect((await ask('UNLOCK', '/a', { headers: release })).status).toBe(204);
    expect((await lock('ann', '/new')).status).toBe(201);
    expect(said(await lock('ann', '/a'))).toEqual(tooMany);
  });
});

test('maxLockTimeout: no lock gets more, taken or refreshed, whatever it asks for', async () => {
  const ask = await limited({ maxLockTimeout: 90 });
  const timeouts: (string | undefined)[] = [];
  for (const [index, wish] of ['Infinite', 'Second-91', 'Second-89', ''].entries()) {
    const headers = { ...XML, ...(wish && { Timeout: wish }) };
    const taken = await ask('LOCK', `/${index}`, { headers, body: lockInfo() });
    const refreshed = await ask('LOCK', `/${index}`, { headers: { Timeout: wish, If: `(${taken.headers['lock-token']})` } });
    timeouts.push(...[taken, refreshed].map(({ text }) => activeLocks(text)[0]?.timeout));
  }
  const most = 'Second-90';
  expect(timeouts).toEqual([most, most, most, most, 'Second-89', 'Second-89', most, most]);
});

test('a PROPFIND is answered with as many properties as it may ask for, and with 413 for more: each member would repeat them', async () => {
  served = await serve();
  const asked = (count: number) => Array.from({ length: count }, (_, at) => `<p${String(at).padStart(6, '0')} xmlns="u"/>`).join('');
  const ask = async (within: (names: string) => string, count: number) => {
    const body = `<D:propfind xmlns:D="DAV:">${within(asked(count))}</D:propfind>`;
    const { status } = await served.ask('PROPFIND', '/', { headers: { 'Content-Type': 'application/xml', Depth: '1' }, body });
    return status;
  };
  for (const within of [(names: string) => `<D:prop>${names}</D:prop>`, (names: string) => `<D:allprop/><D:include>${names}</D:include>`])
    expect([await ask(within, 4096), await ask(within, 4097)]).toEqual([207, 413]); // 8 characters each, with the namespace
});
