// `rclone mount` without a cache: what is written is sent as it comes; for vendor owncloud without a Content-Length, from 100 kB on.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { serverErrors, settled } from './drive.ts';
import { run } from './program.ts';
import { driveTests, type Mount, mount } from './rclone-drive.ts';
import { readmeCommand } from './readme.ts';
import { plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const README_CACHE = '--vfs-cache-mode writes --vfs-write-back 1s';
const uncached = (command: string) => command.replace(README_CACHE, '--vfs-cache-mode off');

driveTests('without a cache, streaming', (command) => uncached(command).replace(':webdav,', ':webdav,vendor=owncloud,'));

// rclone gathers a file here, and sends it with its length.
describe('rclone mount, without a cache, else as the README says', () => {
  const made = undone();
  let server: RunningServer;
  let drive: Mount;
  let planted: string;
  let reference: string;
  let point: string;
  beforeAll(async () => {
    server = await made.server({ args: ['--log-format', 'json'] });
    [planted = '', reference = '', point = ''] = await Promise.all(['planted', 'reference', 'point'].map(made.folder));
    await plant(planted, 1);
    drive = await mount(made, uncached(readmeCommand('rclone mount', { url: server.url, point })), point);
  });

  const shell = (script: string, cwd: string) => run('sh', ['-ec', script, 'sh', planted], { cwd });

  test.each([
    ['creates', 'mkdir 1; cd 1; printf one > a; : > empty; mkdir d; printf b > d/b'],
    ['renames by case', 'mkdir 2; cd 2; printf one > a; mkdir d; printf b > d/b; mv a A; mv d D'],
    ['copies in and within', 'mkdir 3; cd 3; cp "$1/deep/large.bin" large; cp large twin; cp "$1/deep/empty" empty; cmp large twin'],
    ['overwrites', 'mkdir 4; cd 4; printf one > a; printf "two, and longer" > a; cp "$1/deep/large.bin" b; printf short > b'],
    ['empties', 'mkdir 5; cd 5; printf one > a; : > a'],
    [
      'moves and removes',
      'mkdir 6; cd 6; mkdir d; printf one > a; printf two > b; mv a d; mv b d/a; mkdir gone; printf x > gone/x; rm -r gone',
    ],
    ['carries every name', 'cp -r "$1" 7; diff -r "$1" 7'],
  ])('%s', async (_, script) => {
    for (const folder of [reference, point]) expect(await shell(script, folder)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const wanted = untimed(await read(reference));
    expect(await settled(server.folder, reference, drive.idle)).toEqual(wanted);
    expect(untimed(await read(point))).toEqual(wanted);
  });

  // Of a file that is there, `off` can only write the whole.
  test.each([
    ['append', 'printf more >> "$1"'],
    ['write into the middle', 'printf XX | dd of="$1" conv=notrunc bs=1 seek=1 status=none'],
    ['shorten', 'truncate -s 1 "$1"'],
  ])('cannot %s, and loses nothing', async (what, script) => {
    expect(await shell(`printf whole > "${what}"`, point)).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = await run('sh', ['-ec', script, 'sh', what], { cwd: point });
    expect({ refused: status !== 0, stderr }).toEqual({
      refused: true,
      stderr: expect.stringMatching(/not permitted|not supported|I\/O error/),
    });
    expect(await readFile(join(server.folder, what), 'utf8')).toBe('whole');
    expect((await run('cat', [what], { cwd: point })).stdout).toBe('whole');
    expect(await shell(`rm "${what}"`, point)).toMatchObject({ status: 0 });
    expect(serverErrors(server)).toEqual([]);
    expect(await readdir(join(server.folder, '.dav207/tmp'))).toEqual([]);
  });
});
