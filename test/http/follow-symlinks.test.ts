// followSymlinks: a link out of the folder is read and written through like any other; MOVE and DELETE take the link, and the server's own stays closed.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let home: string;
let folder: string;
let served: Served;
const at = (path: string) => join(folder, path);
const outside = () => treeOf(join(home, 'outside'));
const STRICT = { Prefer: 'handling=strict' };

beforeEach(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'dav207-follow-')));
  folder = join(home, 'served');
  for (const made of ['served/c', 'outside/d', 'kept/state']) mkdirSync(join(home, made), { recursive: true });
  writeFileSync(join(home, 'outside/f'), 'f');
  writeFileSync(join(home, 'outside/d/g'), 'g');
  writeFileSync(at('c/x'), 'x');
  symlinkSync('../outside', at('out'));
  symlinkSync('../outside/f', at('file'));
  served = await serve({ folder, state: join(home, 'kept/state'), followSymlinks: true });
});
afterEach(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

const ask = async (method: string, target: string, headers: Record<string, string> = {}, body?: string) =>
  (await served.ask(method, target, { headers, ...(body !== undefined && { body }) })).status;
const listed = async (target: string) =>
  [...(await served.ask('PROPFIND', target, { headers: { Depth: '1' } })).text.matchAll(/<D:href>([^<]*)</g)]
    .map(([, href]) => href)
    .sort();

test('without it there is no such link', async () => {
  await served.close();
  served = await serve({ folder, state: join(home, 'kept/state') });
  expect(await listed('/')).toEqual(['/', '/c/']);
  expect([await ask('GET', '/out/f'), await ask('PUT', '/file', {}, 'new')]).toEqual([404, 403]);
  expect(outside()).toEqual({ '/d/': '', '/d/g': 'g', '/f': 'f' });
});

describe('a link out of the folder', () => {
  test('is listed, read and written through', async () => {
    expect([await listed('/'), await listed('/out/')]).toEqual([
      ['/', '/c/', '/file', '/out/'],
      ['/out/', '/out/d/', '/out/f'],
    ]);
    expect([(await served.ask('GET', '/out/d/g')).text, (await served.ask('GET', '/file')).text]).toEqual(['g', 'f']);
    expect([await ask('PUT', '/file', {}, 'new'), await ask('PUT', '/out/h', {}, 'h'), await ask('MKCOL', '/out/e')]).toEqual([
      204, 201, 201,
    ]);
    expect([await ask('MOVE', '/out/d/g', { Destination: '/g' }), await ask('DELETE', '/out/d')]).toEqual([201, 204]);
    expect(await ask('COPY', '/c/', { Destination: '/out/c/' })).toBe(201);
    expect(outside()).toEqual({ '/c/': '', '/c/x': 'x', '/e/': '', '/f': 'new', '/h': 'h' });
    expect([treeOf(at('.dav207/tmp')), readlinkSync(at('file'))]).toEqual([{}, '../outside/f']);
  });

  test.each([[{}], [STRICT]])('is itself what DELETE and MOVE take, also with its collection (%j)', async (headers) => {
    symlinkSync(join(home, 'outside'), at('c/out'));
    const before = outside();
    expect([await ask('MOVE', '/out', { Destination: '/moved', ...headers }), readlinkSync(at('moved'))]).toEqual([201, '../outside']);
    expect([await ask('DELETE', '/moved', headers), await ask('DELETE', '/file', headers), await ask('DELETE', '/c/', headers)]).toEqual([
      204, 204, 204,
    ]);
    expect([treeOf(folder), outside()]).toEqual([{}, before]);
  });

  test('is copied as what it leads to', async () => {
    symlinkSync('../../outside', at('c/out'));
    expect(await ask('COPY', '/c/', { Destination: '/copy/' })).toBe(201);
    expect(treeOf(at('copy'))).toEqual({ '/out/': '', '/out/d/': '', '/out/d/g': 'g', '/out/f': 'f', '/x': 'x' });
  });

  test('has locks by its URL: through the other name the same file is free', async () => {
    const token = await served.lock('/out/f');
    expect([await ask('PUT', '/out/f', {}, 'x'), await ask('DELETE', '/out/f'), await ask('PUT', '/file', {}, 'new')]).toEqual([
      423, 423, 204,
    ]);
    expect(await ask('PUT', '/out/f', { If: `(<${token}>)` }, 'newer')).toBe(204);
    expect(outside()['/f']).toBe('newer');
  });
});

test('to another file system: a folder there is written to, a file that is linked to by itself is read only', async () => {
  const other = join(home, 'other');
  mkdirSync(other);
  execFileSync('mount', ['-t', 'tmpfs', 'dav207-test', other]);
  try {
    writeFileSync(join(other, 'f'), 'f');
    symlinkSync(other, at('there'));
    symlinkSync(join(other, 'f'), at('one'));
    expect([await ask('PUT', '/there/f', {}, 'new'), await ask('COPY', '/c/', { Destination: '/there/c/' })]).toEqual([204, 201]);
    expect([(await served.ask('GET', '/one')).text, await ask('PUT', '/one', {}, 'newer')]).toEqual(['new', 403]);
    expect(treeOf(other)).toEqual({ '/c/': '', '/c/x': 'x', '/f': 'new' });
  } finally {
    execFileSync('umount', [other]);
  }
});

describe('a link to what holds the folder', () => {
  beforeEach(() => symlinkSync('..', at('up')));

  test('does not lead to the state, nor to a .dav207 anywhere', async () => {
    mkdirSync(join(home, 'outside/.dav207'));
    symlinkSync('../kept/state', at('state'));
    symlinkSync('../kept/state/state.mdb', at('db'));
    await served.lock('/c/x'); // so that there is some
    expect(await listed('/up/')).toEqual(['/up/', '/up/kept/', '/up/outside/', '/up/served/']);
    for (const target of [
      '/db',
      '/state',
      '/state/state.mdb',
      '/up/kept/state',
      '/up/kept/state/state.mdb',
      '/out/.dav207',
      '/up/served/.dav207/tmp',
    ])
      for (const method of ['GET', 'PROPFIND', 'DELETE'])
        expect([target, [403, 404].includes(await ask(method, target))]).toEqual([target, true]);
    for (const target of ['/up/kept/state', '/up/kept/state/new', '/state/new'])
      for (const method of ['PUT', 'MKCOL'])
        expect([target, [403, 409].includes(await ask(method, target, {}, method === 'PUT' ? 'x' : undefined))]).toEqual([target, true]);
    expect(lstatSync(join(home, 'kept/state')).isDirectory()).toBe(true);
  });

  test.each([[{}], [STRICT]])('neither the folder nor what the state is in is moved or removed (%j)', async (headers) => {
    await served.lock('/c/x'); // so that there is some
    for (const target of ['/up/served', '/up/kept'])
      expect([target, await ask('MOVE', target, { Destination: '/out/here', ...headers })]).toEqual([target, 403]);
    expect(await ask('DELETE', '/up/kept', headers)).toBeGreaterThanOrEqual(207);
    expect([treeOf(at('c')), existsSync(join(home, 'kept/state/state.mdb'))]).toEqual([{ '/x': 'x' }, true]);
  });

  test('is not walked for ever', async () => {
    const { status, text } = await served.ask('COPY', '/up/', { headers: { Destination: '/c/copy/' } });
    expect([status, text]).toEqual([207, expect.stringContaining('508 Loop Detected')]);
  });

  test.each([{}, STRICT])('is itself what DELETE takes, also where more than the folder is behind it (%j)', async (headers) => {
    symlinkSync('../..', at('c/above'));
    const before = outside();
    expect([await ask('DELETE', '/up', headers), await ask('DELETE', '/c', headers)]).toEqual([204, 204]);
    expect([Object.keys(treeOf(folder)), outside(), existsSync(join(home, 'kept/state'))]).toEqual([['/file', '/out'], before, true]);
  });
});

test('pipes and devices are not there through a link either', async () => {
  execFileSync('mkfifo', [join(home, 'outside/pipe')]);
  symlinkSync('/dev/zero', at('zero'));
  symlinkSync('../outside/pipe', at('pipe'));
  expect(await listed('/')).toEqual(['/', '/c/', '/file', '/out/']);
  for (const target of ['/zero', '/pipe', '/out/pipe'])
    expect([await ask('GET', target), await ask('PUT', target, {}, 'x'), await ask('DELETE', target)]).toEqual([404, 403, 404]);
});
