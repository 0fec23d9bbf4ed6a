// davfs2: a folder as a network drive. What the shell does on the drive is on the server's disk, and a second mount reads the same.
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { curl, property } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Drive, mount, mountBy, newPlace } from './davfs2.ts';
import { eventually, run } from './program.ts';
import { readmeCommand } from './readme.ts';
import { NAMES, plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const MIB = 1024 * 1024;
const made = undone();
const madeForOne = undone(afterEach);
let server: RunningServer;
let drive: Drive;
let local: string;
beforeAll(async () => {
  server = await made.server();
  local = await made.folder('local');
  drive = await mount(made, server.url);
});

const disk = (...names: string[]) => join(server.folder, ...names);

/** Runs the script in a folder of the drive, and the test fails unless all of it succeeds. */
async function shell(folder: string, script: string): Promise<void> {
  const { status, stdout, stderr } = await run('sh', ['-ec', script], { cwd: folder });
  if (status !== 0 || stderr !== '') throw new Error(`${script} ended with ${status}:\n${stdout}${stderr}`);
}

/** The text of each file, null for a folder. */
async function texts(folder: string): Promise<Record<string, string | null>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries.map(async (entry): Promise<[string, string | null]> => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), entry.isDirectory() ? null : await readFile(path, 'utf8')];
    }),
  );
  return Object.fromEntries(texts);
}

async function expectBoth(name: string, wanted: Record<string, string | null>): Promise<void> {
  await drive.uploaded();
  expect(await texts(disk(name))).toEqual(wanted);
  expect(await texts(drive.at(name))).toEqual(wanted);
}

/** The drive shows what the server has, and its own folder for uploads that it could not do. */
async function expectAll(some: Drive): Promise<void> {
  const { 'lost+found': backups, ...tree } = untimed(await read(some.place.point));
  expect(backups).toBe('collection');
  expect(tree).toEqual(untimed(await read(server.folder)));
}

describe('what is done on the drive is on the disk', () => {
  test.each([
    ['create', 'printf one > a; : > empty; mkdir d', { a: 'one', empty: '', d: null }],
    ['append', 'printf one > a; printf " two" >> a; printf " three" >> a', { a: 'one two three' }],
    ['overwrite', 'printf "long and longer" > a; printf short > a', { a: 'short' }],
    ['edit in place', 'printf 0123456789 > a; printf XY | dd of=a bs=1 seek=4 conv=notrunc status=none', { a: '0123XY6789' }],
    ['edit by a temporary file', 'printf "one\\ntwo\\n" > a; sed -i s/two/three/ a', { a: 'one\nthree\n' }],
    ['save as an editor does', 'printf old > a; printf new > a.tmp; sync a.tmp; mv a a~; mv a.tmp a; rm a~', { a: 'new' }],
    ['make shorter', 'printf 0123456789 > a; truncate -s 4 a', { a: '0123' }],
    ['make longer', 'printf 0123 > a; truncate -s 6 a', { a: '0123\0\0' }],
    ['make empty', 'printf 0123 > a; truncate -s 0 a', { a: '' }],
    ['rename', 'printf a > a; mv a b', { b: 'a' }],
    ['rename onto another', 'printf a > a; printf b > b; mv a b', { b: 'a' }],
    ['change the case of a name', 'printf a > readme; mv readme README; mkdir d; mv d D', { README: 'a', D: null }],
    ['move to another folder', 'mkdir d e; printf a > d/a; mv d/a e/b', { d: null, e: null, 'e/b': 'a' }],
    ['move a folder', 'mkdir d e; printf a > d/a; mv d e', { e: null, 'e/d': null, 'e/d/a': 'a' }],
    ['write into a folder that moved', 'mkdir d; printf a > d/a; mv d e; printf b >> e/a', { e: null, 'e/a': 'ab' }],
    ['copy a tree', 'mkdir d d/e; printf a > d/e/a; cp -r d f', { ...dea('d'), ...dea('f') }],
    ['remove', 'printf a > a; mkdir d; rm a; rmdir d', {}],
    ['remove a tree', 'mkdir d d/e; printf a > d/e/a; printf b > b; rm -r d', { b: 'b' }],
    ['remove and make again', 'printf a > a; rm a; mkdir a; rmdir a; printf b > a', { a: 'b' }],
  ])('%s', async (what, script, wanted: Record<string, string | null>) => {
    await mkdir(drive.at(what));
    await shell(drive.at(what), script);
    await expectBoth(what, wanted);
  });

  function dea(name: string): Record<string, string | null> {
    return { [name]: null, [`${name}/e`]: null, [`${name}/e/a`]: 'a' };
  }

  test('every name, for files and folders', async () => {
    const planted = join(local, 'planted');
    await mkdir(planted);
    await plant(planted, 2);
    await shell(local, `cp -r planted '${drive.at('planted')}'`);
    const wanted = untimed(await read(planted));
    await drive.uploaded();
    expect(untimed(await read(disk('planted')))).toEqual(wanted);
    expect(untimed(await read(drive.at('planted')))).toEqual(wanted);
  });

  test('every name moved and removed', async () => {
    await mkdir(drive.at('moved'));
    await plant(drive.at('moved'), 2);
    for (const name of NAMES) {
      await rename(drive.at('moved', `f ${name}`), drive.at('moved', `d ${name}`, name));
      await rename(drive.at('moved', `d ${name}`), drive.at('moved', name));
    }
    for (const name of NAMES) {
      const wanted = { [name]: `in ${name}`, [`0 ${name}`]: '', [`1 ${name}`]: `1 of ${name}` };
      await expectBoth(join('moved', name), wanted);
    }
    for (const name of NAMES) await rm(drive.at('moved', name, name));
    await shell(drive.at(), 'rm -r moved');
    expect(await readdir(disk())).not.toContain('moved');
  });

  test('2,000 small files', async () => {
    await mkdir(drive.at('many'));
    const wanted: Record<string, string> = {};
    for (let number = 0; number < 2_000; number++) {
      wanted[`file ${number}`] = `${number}\n`.repeat(number % 100);
      await writeFile(drive.at('many', `file ${number}`), wanted[`file ${number}`] ?? '');
    }
    await expectBoth('many', wanted);
    await shell(drive.at('many'), 'rm file\\ 1*');
    await expectBoth('many', Object.fromEntries(Object.entries(wanted).filter(([name]) => !name.startsWith('file 1'))));
  });

  test('a file of 300 MB, and a change in the middle of it', async () => {
    const large = createHash('sha256');
    for (let number = 0; number < 300; number++) {
      const piece = randomBytes(MIB);
      large.update(piece);
      await appendFile(join(local, 'large'), piece);
    }
    await shell(local, `cp large '${drive.at('large')}'`);
    await drive.uploaded();
    expect(untimed(await read(disk())).large).toBe(large.digest('hex'));
    await shell(
      local,
      `for file in large '${drive.at('large')}'; do printf changed | dd of="$file" bs=1M seek=150 conv=notrunc status=none; done`,
    );
    await drive.uploaded();
    await shell(local, `cmp large '${disk('large')}'; cmp large '${drive.at('large')}'`);
  });

  test('Z-apache-x: what is made executable is, and what is then edited stays so', async () => {
    const mayRun = async (name: string) => ((await stat(disk(name))).mode & 0o111).toString(8);
    await shell(drive.at(), 'echo "#!/bin/sh" > program; chmod +x program; cp program text');
    await shell(drive.at(), 'chmod -x text; echo "echo it ran" >> program');
    await drive.uploaded();
    expect([await mayRun('program'), await mayRun('text')]).toEqual(['111', '0']);
    expect((await run(disk('program'), [])).stdout).toBe('it ran\n');
    await shell(drive.at(), 'echo "echo again" >> program; mv program run; cp run program; chmod -x program; chmod +x program');
    await drive.uploaded();
    expect([await mayRun('run'), await mayRun('program')]).toEqual(['111', '111']);
    expect(await property(`${server.url}program`, 'A:executable')).toBe('T');
    expect((await run(drive.at('run'), [])).stdout).toBe('it ran\nagain\n');
  });

  test('all of it is there in a second mount, that has nothing cached, and after a remount of the first', async () => {
    await shell(drive.at(), 'mkdir -p own/d; echo "#!/bin/sh" > own/program; cp own/program own/d/text; chmod +x own/program');
    await drive.uploaded();
    const second = await mount(madeForOne, server.url);
    await expectAll(second);
    expect((await stat(second.at('own/program'))).mode & 0o111).toBe(0o111);
    expect((await stat(second.at('own/d/text'))).mode & 0o111).toBe(0);
    await second.unmount();
    await drive.unmount();
    drive = await mount(made, server.url, { place: drive.place });
    await expectAll(drive);
    expect((await stat(drive.at('own/program'))).mode & 0o111).toBe(0o111);
  });
});

test('df shows what the disk of the server has', async () => {
  // A disk that nobody else writes to.
  const folder = await madeForOne.folder('tmpfs');
  expect(await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', folder])).toMatchObject({ status: 0 });
  madeForOne.after(() => run('umount', [folder]));
  const { url } = await madeForOne.server({ folder });
  expect((await curl(['-T', '-', `${url}large`], { input: Buffer.alloc(10 * MIB) })).status).toBe(201);
  const shown = await statfs((await mount(madeForOne, url)).place.point);
  const real = await statfs(folder);
  expect({ free: shown.bavail * shown.bsize, size: shown.blocks * shown.bsize }).toEqual({
    free: real.bavail * real.bsize,
    size: real.blocks * real.bsize,
  });
  expect(real.bavail * real.bsize).toBeLessThan(54 * MIB);
});

test('what others change is seen', async () => {
  await writeFile(drive.at('shared'), 'mine');
  await drive.uploaded();
  expect((await curl(['-T', '-', `${server.url}shared`], { input: 'theirs, and longer' })).status).toBe(204);
  await eventually('the new content', async () => (await readFile(drive.at('shared'), 'utf8')) === 'theirs, and longer');
  await appendFile(drive.at('shared'), ', and mine');
  await drive.uploaded();
  expect(await readFile(disk('shared'), 'utf8')).toBe('theirs, and longer, and mine');
  expect((await curl(['-X', 'DELETE', `${server.url}shared`])).status).toBe(204);
  await eventually('gone', async () => !(await readdir(drive.at())).includes('shared'));
  await expect(truncate(drive.at('shared'), 0)).rejects.toMatchObject({ code: 'ENOENT' });
});

test("the README's command, as it stands and with davfs2's own defaults", async () => {
  const place = await newPlace(madeForOne);
  const plain = await mountBy(madeForOne, readmeCommand('mount -t davfs', { url: server.url, point: place.point }), place);
  await mkdir(plain.at('defaults'));
  await shell(plain.at('defaults'), 'printf one > a; mkdir d; printf b > d/b; mv d/b "d/c #1"; printf " two" >> a');
  const wanted = { a: 'one two', d: null, 'd/c #1': 'b' };
  // Uploads are ten seconds late by default, but `umount` waits for them.
  await plain.unmount();
  expect(await texts(disk('defaults'))).toEqual(wanted);
  expect(await texts(drive.at('defaults'))).toEqual(wanted);
});

test.each([
  { args: ['--base', '/dav'] },
  { args: ['--user', 'ann:open sesame'], user: 'ann:open sesame' },
  { args: ['--user', 'ann:open sesame', '--base', '/dav'], user: 'ann:open sesame' },
])('with $args', async ({ args, user }) => {
  const other = await madeForOne.server({ args });
  const there = await mount(madeForOne, other.url, { ...(user && { user }) });
  await mkdir(there.at('100% d #1'));
  await shell(there.at('100% d #1'), 'printf one > "ü 😀"; printf " two" >> "ü 😀"; mv "ü 😀" ../moved; printf b > b; mv b B');
  const wanted = { moved: 'one two', '100% d #1': null, '100% d #1/B': 'b' };
  const { 'lost+found': _, ...shown } = await texts(there.at());
  expect(shown).toEqual(wanted);
  await there.unmount();
  await rm(join(other.folder, '.dav207'), { recursive: true });
  expect(await texts(other.folder)).toEqual(wanted);
});
