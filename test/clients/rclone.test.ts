// rclone: a tree of difficult names goes up and comes back byte for byte, is moved, compared and purged.
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { type Outcome, run } from './program.ts';
import { below, plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

// Vendor `other` knows nothing beyond RFC 4918; `owncloud` and `nextcloud` send X-OC-Mtime, and so keep times.
describe.each([
  { vendor: 'other', timed: false, each: 6, args: [], login: {} },
  { vendor: 'owncloud', timed: true, each: 1, args: ['--base', '/remote.php/webdav'], login: {} },
  { vendor: 'nextcloud', timed: true, each: 1, args: ['--user', 'ann:open sesame'], login: { USER: 'ann', PASS: 'open sesame' } },
])('rclone, vendor $vendor', ({ vendor, timed, each, args, login }) => {
  const made = undone();
  let server: RunningServer;
  let planted: string;
  let back: string;
  const compared = (tree: Awaited<ReturnType<typeof read>>) => (timed ? tree : untimed(tree));

  /** `X:` is the served folder. rclone ends with 0 or the test fails with all it said. */
  async function rclone(...command: string[]): Promise<Outcome> {
    const { PASS, ...rest } = login as { PASS?: string; USER?: string };
    const remote = { TYPE: 'webdav', URL: server.url, VENDOR: vendor, ...rest, ...(PASS && { PASS: await obscured(PASS) }) };
    const env = Object.fromEntries(Object.entries(remote).map(([name, value]) => [`RCLONE_CONFIG_X_${name}`, value]));
    // Names are compared as they are: NFC and NFD of one word are two files here.
    const outcome = await run('rclone', [...command, '--no-unicode-normalization', '--retries', '1'], {
      env: { ...env, RCLONE_CONFIG: '/dev/null' },
    });
    if (outcome.status !== 0) throw new Error(`rclone ${command.join(' ')} ended with ${outcome.status}:\n${outcome.stderr}`);
    return outcome;
  }

  async function obscured(password: string): Promise<string> {
    return (await run('rclone', ['obscure', password], { env: { RCLONE_CONFIG: '/dev/null' } })).stdout.trim();
  }

  beforeAll(async () => {
    server = await made.server({ args });
    planted = await made.folder('planted');
    await plant(planted, each);
    back = await made.folder('back');
  });

  test('copies the tree up, with every name', async () => {
    await rclone('copy', planted, 'X:tree', '--create-empty-src-dirs');
    expect(compared(below(await read(server.folder), 'tree'))).toEqual(compared(await read(planted)));
  });

  test('finds no difference, and copies nothing the second time', async () => {
    const { stderr } = await rclone('check', planted, 'X:tree', '--download');
    expect(stderr).toMatch(/ 0 differences found/);
    const again = await rclone('copy', planted, 'X:tree', '-v', '--size-only');
    expect(again.stderr).not.toMatch(/Copied/);
  });

  test('Z-cksum-a, Z-cksum-b: its checksums are kept and told, until the file is another', async () => {
    if (!timed) return;
    const lines = ({ stdout }: Outcome) => stdout.split('\n').filter(Boolean).sort();
    const here = lines(await rclone('sha1sum', planted));
    expect(lines(await rclone('sha1sum', 'X:tree'))).toEqual(here);
    const { stderr } = await rclone('check', planted, 'X:tree');
    expect(stderr).toMatch(/ 0 differences found/);
    expect(stderr).not.toMatch(/hashes could not be checked/);
    const file = join(server.folder, 'tree/deep/large.bin');
    await utimes(file, 1e9, 1e9 + 1);
    expect(lines(await rclone('sha1sum', 'X:tree/deep/large.bin')).join()).not.toMatch(/[0-9a-f]{40}/);
    await rclone('copy', join(planted, 'deep'), 'X:tree/deep');
    expect(lines(await rclone('sha1sum', 'X:tree'))).toEqual(here);
  });

  test('lists it', async () => {
    const listed = JSON.parse((await rclone('lsjson', '-R', 'X:tree')).stdout) as {
      Path: string;
      Size: number;
      IsDir: boolean;
      ModTime: string;
    }[];
    const wanted = await read(planted);
    expect(listed.map(({ Path }) => Path).sort()).toEqual(Object.keys(wanted).sort());
    expect(
      listed
        .filter(({ IsDir }) => IsDir)
        .map(({ Path }) => Path)
        .sort(),
    ).toEqual(
      Object.keys(wanted)
        .filter((path) => wanted[path]?.hash === undefined)
        .sort(),
    );
    expect(listed.find(({ Path }) => Path === 'deep/large.bin')?.Size).toBe(5 * 1024 * 1024 + 1);
    expect(listed.find(({ Path }) => Path === 'deep/empty')?.Size).toBe(0);
    if (!timed) return;
    const times = listed.filter(({ IsDir }) => !IsDir).map(({ Path, ModTime }) => [Path, Date.parse(ModTime) / 1000]);
    expect(Object.fromEntries(times)).toEqual(
      Object.fromEntries(Object.entries(wanted).flatMap(([path, { modified }]) => (modified === undefined ? [] : [[path, modified]]))),
    );
  });

  test('copies it back', async () => {
    await rclone('copy', 'X:tree', back, '--create-empty-src-dirs');
    expect(compared(await read(back))).toEqual(compared(await read(planted)));
  });

  test('moves a folder and a file on the server', async () => {
    const before = below(await read(server.folder), 'tree');
    const folder = await rclone('moveto', '-v', 'X:tree/d 100%', 'X:moved & gone/über 😀');
    expect(folder.stderr).toMatch(/Server side directory move succeeded/);
    const file = await rclone('moveto', '-v', 'X:tree/deep/large.bin', 'X:tree/f plain');
    expect(file.stderr).toMatch(/Moved \(server-side\)/);
    const after = await read(server.folder);
    expect(untimed(below(after, 'moved & gone/über 😀'))).toEqual(untimed(below(before, 'd 100%')));
    expect(after['tree/f plain']?.hash).toBe(before['deep/large.bin']?.hash);
    expect(after['tree/d 100%']).toBeUndefined();
    expect(after['tree/deep/large.bin']).toBeUndefined();
  });

  test('copies on the server', async () => {
    const { stderr } = await rclone('copyto', '-v', 'X:tree/f plain', 'X:tree/f copy');
    expect(stderr).toMatch(/Copied \(server-side copy\)/);
    const after = await read(server.folder);
    expect(after['tree/f copy']?.hash).toBe(after['tree/f plain']?.hash);
  });

  test('syncs: what is gone here goes there', async () => {
    await rclone('sync', join(planted, 'deep'), 'X:tree', '--create-empty-src-dirs');
    expect(compared(below(await read(server.folder), 'tree'))).toEqual(compared(below(await read(planted), 'deep')));
  });

  test('purges', async () => {
    await rclone('purge', 'X:tree');
    await rclone('purge', 'X:moved & gone');
    expect(await read(server.folder)).toEqual({});
  });
});
