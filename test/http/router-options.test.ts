// What an app gives the router by mistake: one sentence, and a folder that is neither open to anybody nor held.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type WebdavOptions, webdav } from '../../src/index.ts';
import { Mistake } from '../../src/server/mistake.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-options-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = { request() {}, error() {} };

/** As an app in JavaScript gives them. */
function given(options: object): WebdavOptions {
  return { folder, log, ...options };
}

async function mistakeOf(ready: Promise<void>): Promise<string> {
  const error = await ready.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Mistake);
  expect((error as Mistake).message).toMatch(/^[^\n]+\.$/);
  return (error as Mistake).message;
}

const ANN = { name: 'ann', password: 'secret' };

describe('users that would let in whoever comes', () => {
  test.each([
    [{ ann: 'secret' }, 'a list'],
    ['ann:secret', 'a list'],
    [null, 'a list'],
    [0, 'a list'],
    [[], 'give at least one, or leave users out to let everybody in'],
    [[{ name: 'ann' }], 'users[0] needs a password'],
    [[{ ...ANN, password: undefined }], 'users[0] needs a password'],
    [[{ ...ANN, password: '' }], 'users[0] needs a password'],
    [[{ ...ANN, password: 7 }], 'users[0] needs a password'],
    [[ANN, { ...ANN, name: '' }], 'users[1] needs a name'],
    [[{ ...ANN, name: 'a:nn' }], 'users[0] needs a name'],
    [['ann:secret'], 'users[0] needs a name'],
    [[null], 'users[0] needs a name'],
    [[ANN, { ...ANN, password: 'other' }], 'the user ann is given twice'],
  ])('%j', async (users, says) => {
    const dav = webdav(given({ users }));
    expect(await mistakeOf(dav.ready)).toContain(says);
    const whole = createServer(given({ users }));
    expect(await mistakeOf(whole.dav.ready)).toContain(says);
    await Promise.all([dav.close(), whole.close()]);
  });

  test('undefined is nobody named: everybody', async () => {
    const dav = webdav(given({ users: undefined }));
    await dav.ready;
    await dav.close();
  });
});

describe('other options', () => {
  test.each([undefined, null, {}, '/srv', { folder: '' }, { folder: undefined }])('no folder: %j', async (options) => {
    const said = await mistakeOf(webdav(options as never).ready);
    expect(said).toMatch(/the folder to serve/);
  });

  test.each([
    [{ readonly: true }, 'there is no option readonly: it is called readOnly.'],
    [{ 'read-only': true }, 'it is called readOnly'],
    [{ user: [ANN] }, /there is no option user: choose from .*users/],
    [{ readOnly: 'no' }, 'readOnly must be true or false'],
    [{ state: '' }, 'state must be'],
    [{ cors: 'https://app.example' }, 'cors must be a list'],
    [{ cors: ['https://app.example/'] }, 'cors must be a list'],
    [{ log: console }, 'log must have'],
    [{ maxXml: '1M' }, 'maxXml must be a whole number from 1 to 268435456.'],
    [{ maxBody: 1.5 }, 'maxBody must be a whole number'],
    [{ maxLocks: -1 }, 'maxLocks must be a whole number from 1 to 1000000.'],
    [{ maxDepth: 2_001 }, 'maxDepth must be a whole number from 1 to 2000.'],
    [{ maxLockTimeout: 0 }, 'maxLockTimeout must be a whole number from 1 to 4294967295.'],
  ])('%p', async (options, says) => {
    expect(await mistakeOf(webdav(given(options)).ready)).toMatch(says);
  });

  test('undefined is as left out', async () => {
    const absent = { state: undefined, cors: undefined, readOnly: undefined, depthInfinity: undefined, setModified: undefined };
    const whole = createServer(given({ ...absent, base: undefined, tls: undefined }));
    await whole.dav.ready;
    await whole.close();
  });
});

describe('createServer', () => {
  test.each([
    [{ tls: { cert: 'no', key: 'no' } }, /tls\.cert and tls\.key/],
    [{ tls: {} }, /tls\.cert and tls\.key/],
    [{ tls: null }, /tls\.cert and tls\.key/],
    [{ base: '/a/../b' }, /base \/a\/\.\.\/b has \. or \.\./],
    [{ idleTimeout: 0 }, /idleTimeout must be a whole number from 1 to 2000000\./],
    [{ maxConnections: '5' }, /maxConnections must be a whole number from 1 to 1000000\./],
    [{ base: 'dav' }, /base dav is not a URL path/],
    [{ base: null }, /is not a URL path/],
  ])('throws for %j, and leaves the folder free', async (options, says) => {
    expect(() => createServer(given(options))).toThrow(says);
    expect(() => createServer(given(options))).toThrow(Mistake);
    const next = webdav(given({}));
    await next.ready;
    await next.close();
  });

  test.each([
    ['//dav', '/dav'],
    ['/a//b/', '/a/b'],
  ])('serves %s at %s', async (base, at) => {
    mkdirSync(join(folder, 'made'));
    const { server, close } = createServer(given({ base }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { status } = await fetch(`http://127.0.0.1:${port}${at}/made/`, { method: 'OPTIONS', headers: { Connection: 'close' } });
    await close();
    expect(status).toBe(200);
  });
});
