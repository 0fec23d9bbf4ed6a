// The drive as a folder (gvfs-fuse), which programs that know nothing of GNOME get from Files: shell commands, thousands of small
// files, a large one. The same is done to a folder here, and both must be equal.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { lock } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Session, startSession, uriOf } from './gvfs.ts';
import { eventually, type Outcome, run } from './program.ts';
import { NAMES, plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const SMALL = 2_000; // files
const LARGE = 300_000_000; // bytes

const made = undone();
let server: RunningServer;
let session: Session;
let point: string;
let here: string;
let outside: string;

/** `$1` is the folder outside of both. Nothing here touches the drive from this process: a stuck drive would stick us. */
const shell = (script: string, cwd: string): Promise<Outcome> => run('sh', ['-ec', script, 'sh', outside], { cwd });
const reading = async (folder: string) => JSON.stringify(untimed(await read(folder)));

/** gvfs-fuse uploads when a file is released, which close() does not wait for. */
async function expectSame(): Promise<void> {
  const wanted = await reading(here);
  await eventually('the upload', async () => (await reading(server.folder)) === wanted).catch(() => {});
  expect(untimed(await read(server.folder))).toEqual(untimed(await read(here)));
}

beforeAll(async () => {
  server = await made.server();
  here = await made.folder('here');
  outside = await made.folder('outside');
  await mkdir(join(outside, 'tree'));
  await plant(join(outside, 'tree'), 1);
  await mkdir(join(outside, 'many'));
  for (let number = 0; number < SMALL; number++) await writeFile(join(outside, 'many', `${number}.txt`), `${number}`.repeat(number % 50));
  await mounted();
});

async function mounted(): Promise<void> {
  session = await startSession(made);
  expect(await session.mount(server.url)).toMatchObject({ status: 0 });
  point = await session.pointOf(server.url);
}

// Each script runs in the drive and in the folder here.
test.each([
  ['makes files', "echo one > a.txt; : > nothing; echo 'a & b' > 'ü % #1.txt'; printf '%s\\n' long line > 😀"],
  ['makes folders', "mkdir one 'two & 100%'; mkdir -p 日本語/deeper/still; echo deep > 日本語/deeper/still/file"],
  ['overwrites', 'echo two, and longer > a.txt'],
  ['overwrites with less', 'echo 3 > a.txt'],
  ['writes in many pieces', '{ for i in 1 2 3 4 5 6 7 8 9; do echo $i; done; cat a.txt; } > pieces'],
  ['writes behind the end, which leaves a hole', 'dd if="$1/tree/deep/large.bin" of=gap bs=1k count=3 seek=5 status=none'],
  ['copies a file in and over', 'cp "$1/tree/deep/large.bin" large; cp "$1/tree/f plain" a.txt'],
  ['copies within the drive', 'cp large one/copy; cp a.txt one'],
  ['edits with sed', 'sed -i s/in/IN/ one/a.txt'],
  ['saves as editors do: aside, then over', 'echo next > one/.a.txt.swp; mv one/.a.txt.swp one/a.txt'],
  ['keeps a backup as editors do', 'mv one/a.txt one/a.txt~; echo newer > one/a.txt'],
  ['renames', "mv a.txt 'b (1).txt'"],
  ['renames by case only', "mv 'b (1).txt' 'B (1).txt'"],
  ['renames from NFC to NFD', "mv 'ü % #1.txt' 'u\u0308 % #1.txt'"],
  ['moves a file between folders', "mv one/copy 'two & 100%'"],
  ['moves it over another', "mv 'two & 100%/copy' large"],
  ['renames a folder', 'mv one One'],
  ['moves a folder into a folder', "mv 日本語 'two & 100%/'"],
  ['copies a folder within the drive', "cp -r 'two & 100%' again"],
  ['removes a file and an empty folder', 'rm nothing; mkdir empty; rmdir empty'],
  ['copies a tree in, with every name', 'cp -r "$1/tree" .'],
  ['finds in it', "find tree -type f -name '*large*' | wc -l > found"],
  ['removes a tree', "rm -r again 'two & 100%'"],
])('%s', async (_, script) => {
  expect(await shell(script, here)).toMatchObject({ status: 0 });
  const { status, stderr } = await shell(script, point);
  expect({ status, stderr: stderr.replace(/^sed: preserving permissions .*\n/, '') }).toEqual({ status: 0, stderr: '' });
  await expectSame();
});

// gvfs can neither write into the middle of a WebDAV file nor make links nor set modes and times: it says so, and nothing is lost.
test.each([
  ['append', 'echo more >> found'],
  ['write into the middle', 'printf XX | dd of=found conv=notrunc bs=1 seek=1 status=none'],
  ['shorten', 'truncate -s 1 found'],
  ['link', 'ln -s found link'],
  ['set a mode', 'chmod 600 found'],
  ['remove a folder that is not empty', 'rmdir tree'],
])('cannot %s, and loses nothing', async (_, script) => {
  const { stderr } = await shell(script, point);
  expect(stderr).toMatch(/not supported|not empty/);
  await expectSame();
});

test('reads everything as it was written, in a session of its own', async () => {
  await session.end();
  await mounted();
  expect(await run('diff', ['-r', here, point])).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test(`carries ${SMALL} small files in, out, elsewhere and away`, async () => {
  const copied = 'cp -r "$1/many" . && mkdir parent';
  expect(await shell(copied, here)).toMatchObject({ status: 0 });
  expect(await shell(copied, point)).toMatchObject({ status: 0, stderr: '' });
  await expectSame();
  expect(await shell('mv many parent/many && diff -r "$1/many" parent/many', point)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  await shell('mv many parent/many', here);
  await expectSame();
  for (const root of [here, point]) expect(await shell('rm -r parent', root)).toMatchObject({ status: 0, stderr: '' });
  await expectSame();
});

test(`carries a file of ${LARGE} bytes in and out, with gio and as a folder`, async () => {
  const large = join(outside, 'large');
  await run('sh', ['-c', `head -c ${LARGE} /dev/urandom > "$1"`, 'sh', large]);
  const same = async (path: string) => expect(await run('cmp', [large, path])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const uri = uriOf(server.url, 'huge');
  await session.gio(['copy', large, uri]);
  await same(join(server.folder, 'huge'));
  await session.gio(['copy', uri, join(outside, 'back')]);
  await same(join(outside, 'back'));
  await same(join(point, 'huge'));
  expect(await shell('cp "$1/large" huge', point)).toMatchObject({ status: 0, stderr: '' });
  await eventually('the upload', () => (server.stderr().match(/PUT \/huge 20[14]/g) ?? []).length === 2);
  await same(join(server.folder, 'huge'));
  expect(await shell('rm huge', point)).toMatchObject({ status: 0, stderr: '' });
  await expectSame();
});

test('loses nothing that somebody else has locked', async () => {
  for (const root of [here, server.folder]) await shell('mkdir -p kept/sub; echo mine > kept/sub/locked; echo free > kept/free', root);
  await lock(`${server.url}kept/sub/locked`);
  await shell('cp tree/deep/large.bin kept/sub/locked', point); // Says nothing: the upload comes after close().
  await eventually('the refusal', () => /PUT \/kept\/sub\/locked 423/.test(server.stderr()));
  await expectSame();
  expect((await shell('mv kept/free kept/sub/locked', point)).stderr).toContain('Input/output error');
  await expectSame();
  const { status, stderr } = await shell('rm -r kept', point);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^rm: cannot remove 'kept\/sub\/locked': Input\/output error\n$/),
  });
  await rm(join(here, 'kept/free'));
  await expectSame();
});

test('deletes a tree of every name', async () => {
  expect(Object.keys(await read(join(server.folder, 'tree'))).length).toBeGreaterThan(2 * NAMES.length);
  for (const root of [here, point]) expect(await shell('rm -r tree', root)).toMatchObject({ status: 0, stderr: '' });
  await expectSame();
});
