// One process writes a folder, and its state: a second one is told who the first is.

import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { dav207 } from './dav207.ts';
import { expectMistake, inOtherSystem, operator } from './operator.ts';

const at = operator();

test('a folder that another process serves, once there is state', async () => {
  const server = await at.serve();
  expect((await curl(['-X', 'MKCOL', `${server.url}made`])).status).toBe(201);
  await lock(`${server.url}made`);
  expectMistake(await dav207([at.folder, '--port', '0']), /use|serve/i, String(server.process.pid));
  expect((await curl(['-X', 'DELETE', `${server.url}made`])).status).toBe(423);
  await server.stop();
  const next = await at.serve();
  expect((await curl(['-X', 'DELETE', `${next.url}made`])).status).toBe(423);
});

test('a folder that another process serves, and has only put a file into', async () => {
  const server = await at.serve();
  expect((await curl(['-T', '-', `${server.url}up.txt`], { input: 'up' })).status).toBe(201);
  expectMistake(await dav207([at.folder, '--port', '0']), at.folder, String(server.process.pid));
});

test('a folder that another process serves, though each keeps its state elsewhere', async () => {
  const served = await at.sub('served');
  const server = await at.serve({ folder: served, args: ['--state', join(at.folder, 'one')] });
  expect((await curl(['-T', '-', `${server.url}up.txt`], { input: 'up' })).status).toBe(201);
  expectMistake(await dav207([served, '--port', '0', '--state', join(at.folder, 'two')]), served, String(server.process.pid));
});

test('a folder served by a process that was killed is free again, locks and all', async () => {
  const server = await at.serve();
  await curl(['-X', 'MKCOL', `${server.url}made`]);
  await lock(`${server.url}made`);
  await server.end('SIGKILL');
  const next = await at.serve();
  expect((await curl(['-X', 'DELETE', `${next.url}made`])).status).toBe(423);
});

test('a folder that another process serves, though nobody has written to it: the line says where it is', async () => {
  const folder = await at.sub('served');
  const server = await at.serve({ folder });
  await symlink(folder, join(at.folder, 'link'));
  for (const name of ['served', 'link'])
    expectMistake(
      await dav207([join(at.folder, name), '--port', '0']),
      `${name} is served by process ${server.process.pid} at ${server.url} already`,
    );
  expect(await readdir(folder)).toEqual([]);
  await server.stop();
  await at.serve({ folder });
});

test.each(['before', 'after'])('one state folder for two served ones, %s the first write', async (when) => {
  const [one, other, state] = [await at.sub('one'), await at.sub('other'), join(at.folder, 'state')];
  const server = await at.serve({ folder: one, args: ['--state', state] });
  if (when === 'after') await curl(['-T', '-', `${server.url}up.txt`], { input: 'up' });
  const second = await dav207([other, '--port', '0', '--state', state]);
  expectMistake(second, `--state ${state} is in use by process ${server.process.pid}`, /another folder/);
  expect(await readdir(other)).toEqual([]);
});

/** A container shares the folder, and not the names of processes that serve it. */
const APART = inOtherSystem(`
  import net from 'node:net';
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...where) {
    if (!String(where[0]).startsWith('\0')) return listen.apply(this, where);
    process.nextTick(() => this.emit('error', Object.assign(new Error('no'), { code: 'EPERM' })));
    return this;
  };`);

test('where it cannot be known at the start, the one that writes first stays the only one, and the other says so', async () => {
  const first = await at.serve();
  const second = await at.serve(APART);
  expect((await curl(['-T', '-', `${first.url}a.txt`], { input: 'first' })).status).toBe(201);
  const refused = await curl(['-T', '-', `${second.url}a.txt`], { input: 'second' });
  expect([refused.status, refused.body]).toEqual([503, 'Another server writes to this folder: use that one.\n']);
  expect(second.stderr()).toMatch(new RegExp(`^\\S+ PUT: Another server .*process ${first.process.pid}\\.$`, 'm'));
  expect(await readFile(join(at.folder, 'a.txt'), 'utf8')).toBe('first');
  await first.stop();
  expect((await curl(['-T', '-', `${second.url}a.txt`], { input: 'second' })).status).toBe(204);
  expect(await readFile(join(at.folder, 'a.txt'), 'utf8')).toBe('second');
});

test("a folder in a folder: each server writes its own, and the outer one does not touch what is the inner one's", async () => {
  const inner = join(await at.sub('outer'), 'inner');
  await mkdir(inner);
  const inside = await at.serve({ folder: inner });
  const outside = await at.serve({ folder: join(at.folder, 'outer') });
  for (const [url, name] of [
    [inside.url, 'mine.txt'],
    [`${outside.url}inner/`, 'yours.txt'],
  ] as const) {
    expect((await curl(['-T', '-', `${url}${name}`], { input: name })).status).toBe(201);
  }
  await lock(`${inside.url}mine.txt`);
  const seen = await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', `${outside.url}inner/`]);
  expect([...seen.body.matchAll(/<D:response><D:href>([^<]*)/g)].map(([, href]) => href).sort()).toEqual([
    '/inner/',
    '/inner/mine.txt',
    '/inner/yours.txt',
  ]);
  expect((await curl([`${outside.url}inner/.dav207/state.mdb`])).status).toBe(404);
  const kept = await curl(['-X', 'DELETE', `${outside.url}inner/`]);
  expect([kept.status, kept.body]).toEqual([207, expect.stringMatching(/\/inner\/<.* 403 /)]);
  expect(await readdir(inner)).toContain('.dav207');
  expect((await curl(['-T', '-', `${inside.url}more.txt`], { input: 'more' })).status).toBe(201);
});
