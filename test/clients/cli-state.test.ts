// Where locks and dead properties are kept on the disk.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { dav207 } from './dav207.ts';
import { expectMistake, inOtherSystem, operator } from './operator.ts';
import { run } from './program.ts';

const at = operator();

test('without a write nothing is made in the folder', async () => {
  await writeFile(join(at.folder, 'note.txt'), 'a note');
  const server = await at.serve();
  await curl([`${server.url}note.txt`]);
  await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', server.url]);
  await server.stop();
  expect(await readdir(at.folder)).toEqual(['note.txt']);
});

test('--state puts it elsewhere', async () => {
  const state = join(at.folder, 'state');
  const served = await at.sub('served');
  const server = await at.serve({ folder: served, args: ['--state', state] });
  await curl(['-X', 'MKCOL', `${server.url}made`]);
  await lock(`${server.url}made`);
  await server.stop();
  expect(existsSync(join(served, '.dav207/state.mdb'))).toBe(false);
  expect(existsSync(join(state, 'state.mdb'))).toBe(true);
});

test.each(['state', '.', 'deep/in/it'])('a state folder that every client could read: %s', async (place) => {
  expectMistake(
    await dav207([at.folder, '--port', '0', '--state', join(at.folder, place)]),
    at.folder,
    /--state/,
    /every client could read/,
  );
  expect(await readdir(at.folder)).toEqual([]);
});

test('a state folder that is a file', async () => {
  await writeFile(join(at.folder, 'state'), 'x');
  expectMistake(
    await dav207([await at.sub('other'), '--port', '0', '--state', join(at.folder, 'state')]),
    '--state',
    'is a file, not a folder',
  );
});

test('a file, or a link to nothing, where the server keeps its own', async () => {
  const served = await at.sub('served');
  const own = join(served, '.dav207');
  await writeFile(own, 'x');
  expectMistake(await dav207([served, '--port', '0']), `${own} is a file, not a folder`);
  expectMistake(await dav207([served, '--port', '0', '--state', join(at.folder, 'state')]), `${own} is a file, not a folder`);
  await rm(own);
  await symlink(join(at.folder, 'nothing'), own);
  expectMistake(await dav207([served, '--port', '0']), `${own} is a link to what is not there`);
});

test("a state folder of the operator's own: what is kept there is for this user only, and a file named owner stays", async () => {
  const served = await at.sub('served');
  const state = await at.sub('state');
  const server = await at.serve({ folder: served, args: ['--state', state] });
  await curl(['-X', 'MKCOL', `${server.url}made`]);
  await lock(`${server.url}made`);
  const modes = await Promise.all((await readdir(state)).map(async (name) => [name, (await stat(join(state, name))).mode & 0o777]));
  expect(Object.fromEntries(modes)).toEqual({
    owner: 0o600,
    'state.folder': 0o600,
    'state.mdb': 0o600,
    'state.mdb-lock': 0o600,
    'state.mdb-reserve': 0o600,
  });
  await server.stop();
  await writeFile(join(state, 'owner'), '42 is the answer\n');
  expectMistake(await dav207([served, '--port', '0', '--state', state]), state, 'a file named owner');
  expect(await readFile(join(state, 'owner'), 'utf8')).toBe('42 is the answer\n');
});

test('a state folder that cannot be made', async () => {
  await writeFile(join(at.folder, 'file'), 'x');
  expectMistake(
    await dav207([await at.sub('other'), '--port', '0', '--state', join(at.folder, 'file/state')]),
    '--state',
    'file is not a folder',
  );
});

test('a state file that is damaged', async () => {
  await at.sub('.dav207');
  await writeFile(join(at.folder, '.dav207/state.mdb'), 'not a database');
  for (const args of [[], ['--read-only']])
    expectMistake(await dav207([at.folder, '--port', '0', ...args]), 'state.mdb is damaged', /copy|move it away/);
});

describe('on a network file system', () => {
  const NFS = inOtherSystem(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { statfsSync } = fs;
    fs.statfsSync = (path, ...rest) => ({ ...statfsSync(path, ...rest), ...(/remote/.test(path) && { type: 0x6969 }) });
    syncBuiltinESMExports();`);

  test('it is refused, there or not yet, with the way out', async () => {
    const remote = await at.sub('remote');
    expectMistake(await dav207([remote, '--port', '0'], NFS.env), join(remote, '.dav207'), 'NFS', '--state DIR');
    const place = join(remote, 'not/yet');
    expectMistake(await dav207([await at.sub('local'), '--port', '0', '--state', place], NFS.env), `${place} is on NFS`, '--state DIR');
    expect(await readdir(remote)).toEqual([]);
  });

  test('the folder is served from there with state on a local disk', async () => {
    const server = await at.serve({ ...NFS, folder: await at.sub('remote'), args: ['--state', join(at.folder, 'local')] });
    expect((await curl(['-T', '-', `${server.url}a.txt`], { input: 'a' })).status).toBe(201);
  });

  test('but not while a server of another machine may serve it: its record is named, which goes when that has ended', async () => {
    const remote = await at.sub('remote');
    const own = join(remote, '.dav207');
    const record = '7 another-boot 99\n';
    await mkdir(own);
    await writeFile(join(own, 'owner'), record);
    const args = ['--state', join(at.folder, 'local')];
    const refusal = `${own} is in use by process 7 of another machine, unless that has ended: then delete ${own}/owner.`;
    expectMistake(await dav207([remote, '--port', '0', ...args], NFS.env), refusal);
    expect(await readFile(join(own, 'owner'), 'utf8')).toBe(record);
    await rm(own, { recursive: true });
    const server = await at.serve({ ...NFS, folder: remote, args });
    await mkdir(own);
    await writeFile(join(own, 'owner'), record);
    const put = () => curl(['-T', '-', `${server.url}a.txt`], { input: 'a' });
    expect(await put()).toMatchObject({ status: 503, body: 'Another server writes to this folder: use that one.\n' });
    expect(server.stderr()).toContain(refusal);
    await rm(join(own, 'owner'));
    expect((await put()).status).toBe(201);
    await server.end('SIGKILL');
    await at.serve({ ...NFS, folder: remote, args }); // over a record of this machine
  });

  test('and with --read-only, unless there is state in it already', async () => {
    const remote = await at.sub('remote');
    const server = await at.serve({ ...NFS, folder: remote, args: ['--read-only'] });
    expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', server.url])).status).toBe(207);
    await server.stop();
    await mkdir(join(remote, '.dav207'));
    expectMistake(await dav207([remote, '--port', '0', '--read-only'], NFS.env), 'NFS', '--state DIR');
  });
});

test('where the disk is full, nothing can be kept, until there is room', async () => {
  const small = await at.sub('small');
  expect(await run('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'none', small])).toMatchObject({ status: 0 });
  at.after(() => run('umount', [small]));
  await writeFile(join(small, 'large.bin'), Buffer.alloc(108 * 1024)); // of the rest LMDB can begin a database, not make one
  const server = await at.serve({ folder: small });
  const put = () => curl(['-T', '-', `${server.url}a.txt`], { input: 'a' });
  expect((await put()).status).toBe(507);
  expect((await put()).status).toBe(507);
  expect(server.stderr()).toMatch(/PUT: .*ENOSPC/);
  await run('mount', ['-o', 'remount,size=1m', small]);
  expect((await put()).status).toBe(201);
});

test('a served folder that is gone is 503, not the absence of everything', async () => {
  const folder = await at.sub('served');
  const server = await at.serve({ folder });
  expect((await curl([`${server.url}nothing`])).status).toBe(404);
  await rm(folder, { recursive: true });
  for (const args of [
    ['-X', 'PROPFIND'],
    ['-X', 'GET'],
    ['-T', '-'],
    ['-X', 'DELETE'],
  ]) {
    const { status, body } = await curl([...args, `${server.url}note.txt`], { input: 'x' });
    expect({ args, status, body }).toEqual({ args, status: 503, body: 'The folder that is served here is gone.\n' });
  }
  expect(server.stderr()).toMatch(/DELETE: The folder that is served here is gone/);
});

test('nor is a disk that was taken away an empty folder: 503 until it is back, and then all is known again', async () => {
  const mount = await at.sub('mount');
  expect(await run('mount', ['-t', 'tmpfs', 'none', mount])).toMatchObject({ status: 0 });
  at.after(() => run('umount', [mount]));
  await writeFile(join(mount, 'note.txt'), 'a note');
  const server = await at.serve({ folder: mount, args: ['--state', join(at.folder, 'state')] });
  await lock(`${server.url}note.txt`);
  const away = await at.sub('away');
  expect(await run('mount', ['--move', mount, away])).toMatchObject({ status: 0 });
  at.after(() => run('umount', [away]));
  expect(await readdir(mount)).toEqual([]);
  for (const args of [['-X', 'PROPFIND', '-H', 'Depth: 1'], [], ['-T', '-'], ['-X', 'DELETE']])
    for (const name of ['', 'note.txt']) {
      const { status } = await curl([...args, `${server.url}${name}`], { input: 'x' });
      expect({ args, name, status }).toEqual({ args, name, status: 503 });
    }
  expect(await readdir(mount)).toEqual([]);
  expect(server.stderr()).toMatch(/PROPFIND: The folder that is served here is gone: another folder has come in its place/);
  expect(await run('mount', ['--move', away, mount])).toMatchObject({ status: 0 });
  expect((await curl([`${server.url}note.txt`])).body).toBe('a note');
  expect((await curl(['-T', '-', `${server.url}note.txt`], { input: 'x' })).status).toBe(423);
});
