// What the server itself prints at its start for who wants a network drive, typed as printed, with a password.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { mountBy, newPlace } from './davfs2.ts';
import { settled } from './drive.ts';
import { startSession, uriOf } from './gvfs.ts';
import { eventually } from './program.ts';
import { mount } from './rclone-drive.ts';
import { undone } from './undone.ts';

const made = undone();
let server: RunningServer;
beforeAll(async () => {
  server = await made.server({ args: ['--base', '/dav', '--user', 'ann:open: sesame'] });
  await eventually('all of it is printed', () => server.stdout().endsWith('\n\n'));
});

/** The command that is printed, for another place than `/mnt/dav`. */
function printed(words: string, point = ''): string {
  const [, command = 'nothing'] = new RegExp(`^ +(?:Linux +)?(${words}.*)$`, 'm').exec(server.stdout()) ?? [];
  return command.replace('/mnt/dav', point);
}

const content = (name: string) => readFile(join(server.folder, name), 'utf8');

test('rclone', async () => {
  const [point, local] = [await made.folder('point'), await made.folder('local')];
  const command = printed('rclone mount', point);
  expect(command).toContain(' --webdav-user ann --webdav-pass "$(rclone obscure PASSWORD)" ');
  const drive = await mount(made, command.replace('PASSWORD', "'open: sesame'"), point);
  for (const folder of [point, local]) await writeFile(join(folder, 'by rclone'), 'written');
  expect(await settled(server.folder, local, drive.idle)).toMatchObject({ 'by rclone': expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await content('by rclone')).toBe('written');
  await drive.unmount();
});

test('davfs2', async () => {
  const place = await newPlace(made);
  const drive = await mountBy(made, printed('mount -t davfs', place.point), place, 'ann\nopen: sesame\n');
  await writeFile(drive.at('by davfs2'), 'written');
  await drive.unmount();
  expect(await content('by davfs2')).toBe('written');
});

test('gio', async () => {
  const session = await startSession(made);
  expect(await session.mountBy(printed('gio mount'), 'ann\nopen: sesame\n')).toMatchObject({ status: 0 });
  await session.gio(['save', uriOf(server.url, 'by gio')], 'written');
  expect(await content('by gio')).toBe('written');
});
