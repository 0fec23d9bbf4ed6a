// `rclone mount`: the served folder as a drive through FUSE, as the README says, with rclone's write cache.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { settled } from './drive.ts';
import { run } from './program.ts';
import { driveTests, mount } from './rclone-drive.ts';
import { readmeCommand } from './readme.ts';
import { plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

driveTests('as the README says');

describe('rclone mount, its own ways', () => {
  const made = undone(afterEach);
  let server: RunningServer;
  let planted: string;
  let point: string;
  let cache: string;
  let command: string;

  beforeEach(async () => {
    server = await made.server({ args: ['--log-format', 'json'] });
    [planted = '', point = '', cache = ''] = await Promise.all(['planted', 'point', 'cache'].map(made.folder));
    await plant(planted, 1);
    command = readmeCommand('rclone mount', { url: server.url, point });
  });

  async function copyIn(...flags: string[]): Promise<void> {
    const { status, stderr } = await run('cp', [...flags, `${planted}/.`, point]);
    if (status !== 0) throw new Error(stderr);
  }

  test('what an unmount comes too early for is uploaded when the same command mounts again', async () => {
    const first = await mount(made, command, point, cache);
    await copyIn('-r');
    await first.unmount();
    const drive = await mount(made, command, point, cache);
    expect(await settled(server.folder, planted, drive.idle)).toEqual(untimed(await read(planted)));
  });

  test('vendor owncloud: the times of files are kept', async () => {
    const keeping = command.replace(':webdav,', ':webdav,vendor=owncloud,');
    const drive = await mount(made, keeping, point);
    await copyIn('-r', '--preserve=timestamps');
    await settled(server.folder, planted, drive.idle);
    expect(await read(server.folder)).toEqual(await read(planted));
    await drive.unmount();
    await mount(made, keeping, point);
    expect(await read(point)).toEqual(await read(planted));
  });
});
