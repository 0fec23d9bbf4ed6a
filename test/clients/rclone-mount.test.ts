// `rclone mount`: the served folder as a drive through FUSE, with rclone's write cache as the README says, and without any.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type RunningServer, startServer } from './dav207.ts';
import { mounted, serverErrors, settled, work } from './drive.ts';
import { eventually, type Running, run, start } from './program.ts';
import { readmeCommand } from './readme.ts';
import { plant, read, untimed } from './trees.ts';

// rclone spaces its requests 10 ms apart, so thousands of files take their time.
jest.setTimeout(300_000);

/** Scripts of fixtures/drive, and the folder each works in. */
const PARTS = [
  { script: 'files', folder: 'files' },
  { script: 'edit', folder: 'edit' },
  { script: 'names', folder: 'names' },
  { script: 'respell', folder: 'names' },
  { script: 'trees', folder: 'trees' },
  { script: 'rearrange', folder: 'trees' },
  { script: 'large', folder: 'large' },
  { script: 'many', folder: 'many' },
  { script: 'tidy', folder: 'many' },
];

interface Mount {
  readonly running: Running;
  /** Whether rclone has uploaded all that it was given. */
  idle(): Promise<boolean>;
  unmount(): Promise<void>;
}

/** Types the command and waits until the drive is there. Its cache is fresh unless `cache` is a folder. */
async function mount(command: string, point: string, cache?: string): Promise<Mount> {
  const env = { RCLONE_CONFIG: '/dev/null', RCLONE_RC: 'true', RCLONE_RC_ADDR: '127.0.0.1:0', ...(cache && { XDG_CACHE_HOME: cache }) };
  const running = await start('sh', ['-c', `exec ${command}`], { env, timeout: 900_000 });
  let said = '';
  running.child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  await eventually(`a drive at ${point}`, async () => running.child.exitCode !== null || (await mounted(point))).catch((error) => {
    running.child.kill('SIGKILL');
    throw error;
  });
  if (running.child.exitCode !== null) throw new Error(`${command} ended:\n${said}`);
  return {
    running,
    async idle() {
      const [, control] = /remote control on (http\S+)/.exec(said) ?? [];
      const stats = (await (await fetch(`${control}vfs/stats`, { method: 'POST' })).json()) as {
        diskCache?: { uploadsInProgress: number; uploadsQueued: number };
      };
      const { uploadsInProgress, uploadsQueued } = stats.diskCache ?? { uploadsInProgress: 0, uploadsQueued: 0 };
      return uploadsInProgress + uploadsQueued === 0;
    },
    async unmount() {
      const { status, stderr } = await run('fusermount3', ['-u', point]);
      const ended = status === 0 ? (await running.done).status : undefined;
      if (ended !== 0) throw new Error(`fusermount3 ended with ${status}, rclone with ${ended}:\n${stderr}${said}`);
    },
  };
}

/** However a test has left it. */
async function abandon(drive: Mount | undefined, point: string): Promise<void> {
  if (await mounted(point)) await run('fusermount3', ['-u', '-z', point]);
  if (drive?.running.child.exitCode === null) drive.running.child.kill('SIGKILL');
  await drive?.running.done.catch(() => {});
}

const README_CACHE = '--vfs-cache-mode writes --vfs-write-back 1s';

describe.each([
  { title: 'as the README says', alter: (command: string) => command, cached: true, many: 2_000 },
  // Without a cache rclone sends what is written as it comes; for vendor owncloud without a Content-Length, from 100 kB on.
  {
    title: 'without a cache, streaming',
    alter: (command: string) => command.replace(README_CACHE, '--vfs-cache-mode off').replace(':webdav,', ':webdav,vendor=owncloud,'),
    cached: false,
    many: 500,
  },
])('rclone mount, $title', ({ alter, cached, many }) => {
  // In `off` rclone opens no file for reading and writing, seeks in none and appends to none, whatever the server.
  const parts = PARTS.filter(({ script }) => cached || script !== 'edit');
  let server: RunningServer;
  let drive: Mount | undefined;
  let planted: string;
  let reference: string;
  let point: string;
  let command: string;

  beforeAll(async () => {
    server = await startServer({ args: ['--log-format', 'json'] });
    const folders = ['planted', 'reference', 'point'].map((name) => mkdtemp(join(tmpdir(), `dav207-${name}-`)));
    [planted = '', reference = '', point = ''] = await Promise.all(folders);
    await plant(planted, 1);
    const line = readmeCommand('rclone mount', { url: server.url, point });
    command = alter(line);
    expect(command === line).toBe(cached);
    drive = await mount(command, point);
  });
  afterAll(async () => {
    await abandon(drive, point);
    for (const folder of [planted, reference, point]) await rm(folder, { recursive: true, force: true });
    await server.stop();
  });

  async function same(folder: string): Promise<void> {
    const wanted = untimed(await read(join(reference, folder)));
    const idle = drive?.idle ?? (async () => true);
    expect(await settled(join(server.folder, folder), join(reference, folder), idle)).toEqual(wanted);
    expect(untimed(await read(join(point, folder)))).toEqual(wanted);
  }

  test.each(parts)('$script: the disk, the drive and a local folder are equal', async ({ script, folder }) => {
    const env = { PLANTED: planted, MANY: `${many}` };
    await work(`drive/${script}`, join(reference, folder), env);
    await work(`drive/${script}`, join(point, folder), env);
    await same(folder);
  });

  test('all of it is there when it is mounted again, with an empty cache', async () => {
    await drive?.unmount();
    drive = await mount(command, point);
    await same('.');
  });

  // With nothing of a file in its cache: parts of it are asked for.
  test.each(cached ? ['pieces', 'revise'] : ['pieces'])('%s, of what lies on the server', async (script) => {
    const folder = script === 'pieces' ? 'large' : 'edit';
    for (const place of [reference, point]) await work(`drive/${script}`, join(place, folder));
    await same(folder);
  });

  test('the server has met no error of its own, and keeps nothing back', async () => {
    await drive?.unmount();
    expect(serverErrors(server)).toEqual([]);
    expect(await readdir(join(server.folder, '.dav207/tmp'))).toEqual([]);
  });
});

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
