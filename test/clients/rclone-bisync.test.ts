// `rclone bisync`: two folders kept equal through the server, while both of them change.
import { rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { serverErrors, work } from './drive.ts';
import { run } from './program.ts';
import { plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

describe('rclone bisync', () => {
  const made = undone();
  let server: RunningServer;
  let here: string;
  let there: string;
  /** What both should come to: all that is done at either place is done here as well. */
  let reference: string;
  /** bisync's own memory of what it last saw. */
  let memory: string;

  beforeAll(async () => {
    server = await made.server({ args: ['--log-format', 'json'] });
    [here = '', there = '', reference = '', memory = ''] = await Promise.all(['here', 'there', 'reference', 'memory'].map(made.folder));
    for (const folder of [here, reference]) {
      await plant(folder, 1);
      await rmdir(join(folder, 'nothing in it')); // bisync carries files, and the folders that they need.
    }
  });

  /** bisync compares times, so it wants a vendor that keeps them. Folders that are left without a file go. */
  async function bisync(folder: string, ...flags: string[]): Promise<void> {
    const remote = `:webdav,vendor=owncloud,url="${server.url}":`;
    const always = ['--workdir', memory, '--remove-empty-dirs', '--no-unicode-normalization', '--retries', '1'];
    const { status, stderr } = await run('rclone', ['bisync', folder, remote, ...always, ...flags], {
      env: { RCLONE_CONFIG: '/dev/null' },
    });
    if (status !== 0) throw new Error(`rclone bisync ended with ${status}:\n${stderr}`);
  }

  /** The one place's changes reach the server, then the other's, and those come back to the first. */
  async function meet(): Promise<void> {
    for (const folder of [here, there, here]) await bisync(folder);
  }

  async function equal(): Promise<void> {
    const tree = await read(server.folder);
    expect(await read(here)).toEqual(tree);
    expect(await read(there)).toEqual(tree);
    const files = ([, hash]: [string, string]) => hash !== 'collection';
    expect(Object.entries(untimed(tree)).filter(files)).toEqual(Object.entries(untimed(await read(reference))).filter(files));
  }

  test('brings a tree from the one place to the server, and to the other', async () => {
    for (const folder of [here, there]) await bisync(folder, '--resync');
    await equal();
  });

  test.each([1, 2])('day %i: both places change, and meet', async (day) => {
    for (const folder of [here, reference]) await work(`bisync/${day}-here`, folder);
    for (const folder of [there, reference]) await work(`bisync/${day}-there`, folder);
    await meet();
    await equal();
  });

  test('one file changed at both places is kept twice', async () => {
    // Path1 is the folder that comes second, path2 the server, which has what came first.
    await writeFile(join(here, 'f plain'), 'as it is here');
    await writeFile(join(there, 'f plain'), 'as it should be there');
    await rm(join(reference, 'f plain'));
    await writeFile(join(reference, 'f plain..path1'), 'as it should be there');
    await writeFile(join(reference, 'f plain..path2'), 'as it is here');
    await meet();
    await equal();
  });

  test('nothing went wrong at the server', () => {
    expect(serverErrors(server)).toEqual([]);
  });
});
