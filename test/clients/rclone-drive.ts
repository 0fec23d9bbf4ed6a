// A drive of rclone's: mounted by the command that the README prints, tried with what people do on a drive, and taken away again.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { mounted, serverErrors, settled, work } from './drive.ts';
import { eventually, type Running, run, start } from './program.ts';
import { readmeCommand } from './readme.ts';
import { plant, read, untimed } from './trees.ts';
import { type Undone, undone } from './undone.ts';

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

export interface Mount {
  readonly running: Running;
  /** Whether rclone has uploaded all that it was given. */
  idle(): Promise<boolean>;
  unmount(): Promise<void>;
}

/**
 * Types the command and waits until the drive is there. Its cache is fresh unless `cache` is a folder. Whatever comes, `made` takes
 * the drive away again.
 */
export async function mount(made: Undone, command: string, point: string, cache?: string): Promise<Mount> {
  await run('rclone', ['version'], { env: { RCLONE_CONFIG: '/dev/null' } }); // Fails, and says what to install, where there is no rclone.
  const env = { RCLONE_CONFIG: '/dev/null', RCLONE_RC: 'true', RCLONE_RC_ADDR: '127.0.0.1:0', ...(cache && { XDG_CACHE_HOME: cache }) };
  const running = await start('sh', ['-c', `exec ${command}`], { env, timeout: 3_600_000 });
  made.after(() => abandon(running, point));
  let said = '';
  running.child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  await eventually(`a drive at ${point}`, async () => running.child.exitCode !== null || (await mounted(point)));
  if (running.child.exitCode !== null) throw new Error(`${command} ended:\n${said}`);
  return {
    running,
    async idle() {
      // The last: `rclone obscure` in the command has one too, while it runs.
      const [, control] = [...said.matchAll(/remote control on (http\S+)/g)].at(-1) ?? [];
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
async function abandon({ child, done }: Running, point: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (await mounted(point)) await run('fusermount3', ['-u', '-z', point]);
  child.kill('SIGKILL');
  await done;
  // It may have mounted between the two.
  if (await mounted(point)) await run('fusermount3', ['-u', '-z', point]);
}

/** `alter` makes the drive's command out of the README's; without it that is run as printed, with its cache. */
export function driveTests(title: string, alter?: (command: string) => string): void {
  const cached = alter === undefined;
  describe(`rclone mount, ${title}`, () => {
    // In `off` rclone opens no file for reading and writing, seeks in none and appends to none, whatever the server.
    const parts = PARTS.filter(({ script }) => cached || script !== 'edit');
    const made = undone();
    let server: RunningServer;
    let drive: Mount | undefined;
    let planted: string;
    let reference: string;
    let point: string;
    let command: string;

    beforeAll(async () => {
      server = await made.server({ args: ['--log-format', 'json'] });
      [planted = '', reference = '', point = ''] = await Promise.all(['planted', 'reference', 'point'].map(made.folder));
      await plant(planted, 1);
      const line = readmeCommand('rclone mount', { url: server.url, point });
      command = alter?.(line) ?? line;
      expect(command === line).toBe(cached);
      drive = await mount(made, command, point);
    });

    async function same(folder: string): Promise<void> {
      const wanted = untimed(await read(join(reference, folder)));
      const idle = drive?.idle ?? (async () => true);
      expect(await settled(join(server.folder, folder), join(reference, folder), idle)).toEqual(wanted);
      expect(untimed(await read(join(point, folder)))).toEqual(wanted);
    }

    test.each(parts)('$script: the disk, the drive and a local folder are equal', async ({ script, folder }) => {
      const env = { PLANTED: planted };
      await work(`drive/${script}`, join(reference, folder), env);
      await work(`drive/${script}`, join(point, folder), env);
      await same(folder);
    });

    test('all of it is there when it is mounted again, with an empty cache', async () => {
      await drive?.unmount();
      drive = await mount(made, command, point);
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
}
