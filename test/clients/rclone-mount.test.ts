// `rclone mount`: the served folder as a drive through FUSE, as the README says, with rclone's write cache.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type RunningServer, startServer } from './dav207.ts';
import { settled } from './drive.ts';
import { run } from './program.ts';
import { abandon, driveTests, type Mount, mount } from './rclone-drive.ts';
import { readmeCommand } from './readme.ts';
import { plant, read, untimed } from './trees.ts';

// rclone spaces its requests 10 ms apart, so thousands of files take their time.
jest.setTimeout(300_000);

driveTests('as the README says');

describe('rclone mount, its own ways', () => {
  let server: RunningServer;
  let drive: Mount | undefined;
  let planted: string;
  let point: string;
  let cache: string;
  let command: string;

  beforeEach(async () => {
    server = await startServer({ args: ['--log-format', 'json'] });
    const folders = ['planted', 'point', 'cache'].map((name) => mkdtemp(join(tmpdir(), `dav207-${name}-`)));
    [planted = '', point = '', cache = ''] = await Promise.all(folders);
    await plant(planted, 1);
    command = readmeCommand('rclone mount', { url: server.url, point });
  });
  afterEach(async () => {
    await abandon(drive, point);
    for (const folder of [planted, point, cache]) await rm(folder, { recursive: true, force: true });
    await server.stop();
  });

  async function copyIn(...flags: string[]): Promise<void> {
    const { status, stderr } = await run('cp', [...flags, `${planted}/.`, point]);
    if (status !== 0) throw new Error(stderr);
  }

  test('what an unmount comes too early for is uploaded when the same command mounts again', async () => {
    drive = await mount(command, point, cache);
    await copyIn('-r');
    await drive.unmount();
    drive = await mount(command, point, cache);
    expect(await settled(server.folder, planted, drive.idle)).toEqual(untimed(await read(planted)));
  });

  test('vendor owncloud: the times of files are kept', async () => {
    const keeping = command.replace(':webdav,', ':webdav,vendor=owncloud,');
    drive = await mount(keeping, point);
    await copyIn('-r', '--preserve=timestamps');
    await settled(server.folder, planted, drive.idle);
    expect(await read(server.folder)).toEqual(await read(planted));
    await drive.unmount();
    drive = await mount(keeping, point);
    expect(await read(point)).toEqual(await read(planted));
  });
});
