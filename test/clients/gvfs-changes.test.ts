// gio, change by change: what a person does in Files or saves in an editor, what the drive says no to, and what becomes of
// what somebody else has locked. Each is done to the drive and to a folder here, and both must be equal.
import { copyFile, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lock } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Session, startSession, uriOf } from './gvfs.ts';
import { read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const LOGIN = ['-u', 'bob:password']; // of the person with the locks
const made = undone();
let server: RunningServer;
let session: Session;
let here: string;
let outside: string;

const at = (path: string) => join(here, path);
const uri = (path: string) => uriOf(server.url, path);
const gio = (...args: string[]) => session.gio(args);
const expectSame = async () => expect(untimed(await read(server.folder))).toEqual(untimed(await read(here)));

beforeAll(async () => {
  server = await made.server({ args: ['--base', '/dav', '--user', 'ann:secret', '--user', 'bob:password'] });
  here = await made.folder('here');
  outside = await made.folder('outside');
  for (const path of ['docs/sub', 'other', 'Größe & 100%', '日本語', 'empty']) await mkdir(at(path), { recursive: true });
  for (const path of ['a.txt', 'b #1.txt', 'c;d=e.txt', '😀.txt', 'docs/deep.txt', 'docs/sub/deeper.txt', 'other/o.txt', '日本語/中文'])
    await writeFile(at(path), `in ${path}`);
  await writeFile(join(outside, 'upload'), 'from outside');
  await cp(here, server.folder, { recursive: true });
  session = await startSession(made);
  expect(await session.mount(server.url, 'ann\nsecret\n')).toMatchObject({ status: 0 });
});

interface Change {
  readonly what: string;
  readonly there: () => Promise<unknown>;
  readonly locally: () => Promise<unknown>;
}
const CHANGES: readonly Change[] = [
  renaming('renames a file', 'a.txt', 'A & B %41.txt'),
  renaming('renames it by case only', 'A & B %41.txt', 'a & b %41.txt'),
  renaming('renames a folder', 'docs', 'Übung'),
  renaming('decomposes its name', 'Übung', 'U\u0308bung'),
  renaming('renames it by case only', 'U\u0308bung', 'u\u0308bung'),
  renaming('renames it back', 'u\u0308bung', 'docs'),
  moving('moves a file into a folder', 'b #1.txt', 'Größe & 100%', 'Größe & 100%/b #1.txt'),
  moving('moves a folder into a folder', '日本語', 'Größe & 100%', 'Größe & 100%/日本語'),
  moving('moves a file over a file', 'c;d=e.txt', 'other/o.txt'),
  {
    what: 'moves a folder over a file',
    there: () => gio('move', '-T', uri('empty'), uri('other/o.txt')),
    locally: () => rm(at('other/o.txt')).then(() => rename(at('empty'), at('other/o.txt'))),
  },
  copying('copies a file to the drive', 'new'),
  copying('copies a file over another', '😀.txt'),
  {
    what: 'copies a file within the drive',
    there: () => gio('copy', uri('docs/deep.txt'), uri('other/copy % of')),
    locally: () => copyFile(at('docs/deep.txt'), at('other/copy % of')),
  },
  {
    what: 'copies it over another',
    there: () => gio('copy', uri('docs/sub/deeper.txt'), uri('other/copy % of')),
    locally: () => copyFile(at('docs/sub/deeper.txt'), at('other/copy % of')),
  },
  saving('saves a new document', 'document', 'new', ['--create']),
  saving('saves it again, longer', 'document', 'ä'.repeat(100_000)),
  saving('saves it shorter', 'document', 'b'),
  saving('saves it empty', 'document', ''),
  {
    what: 'saves over the version that was read',
    there: async () => session.gio(['save', '--etag', await etagOf('document'), uri('document')], 'the next version'),
    locally: () => writeFile(at('document'), 'the next version'),
  },
  { what: 'makes a folder', there: () => gio('mkdir', uri('Untitled Folder')), locally: () => mkdir(at('Untitled Folder')) },
  renaming('gives it a name', 'Untitled Folder', 'Fotos %2F'),
  { what: 'removes a file', there: () => gio('remove', uri('new')), locally: () => rm(at('new')) },
  {
    what: 'removes an empty folder',
    there: () => gio('remove', uri('Fotos %2F')),
    locally: () => rm(at('Fotos %2F'), { recursive: true }),
  },
];
test.each(CHANGES)('$what', async ({ there, locally }) => {
  await there();
  await locally();
  await expectSame();
});

// [what, gio's words, what it says]
const REFUSALS: readonly [string, () => readonly string[], string][] = [
  ['a name that is taken', () => ['rename', uri('document'), '😀.txt'], 'Target file already exists'],
  ['a name that a folder has', () => ['rename', uri('document'), 'docs'], 'Target file already exists'],
  ['a folder that exists', () => ['mkdir', uri('docs')], 'Target file already exists'],
  ['a new document that exists', () => ['save', '--create', uri('document')], 'Target file already exists'],
  ['a version that is not the last one', () => ['save', '--etag', '"old"', uri('document')], 'externally modified'],
  ['a folder over a folder', () => ['move', '-T', uri('docs'), uri('other')], 'Can’t move directory over directory'],
  ['a folder into itself', () => ['move', uri('docs'), uri('docs/sub')], 'Forbidden'],
  ['what is not there', () => ['cat', uri('nowhere')], 'Not Found'],
  ['the move of what is not there', () => ['move', uri('nowhere'), uri('somewhere')], 'Not Found'],
  ['a folder that is not there', () => ['copy', uri('document'), uri('nowhere/document')], 'HTTP Error: Conflict'],
  ['the removal of a folder that is not empty', () => ['remove', uri('docs')], 'Directory not empty'],
  // A WebDAV drive has no wastebasket. Files then asks whether to delete for good.
  ['the wastebasket', () => ['trash', uri('docs')], 'Operation not supported'],
  ['the name of what is the server’s own', () => ['mkdir', uri('.dav207')], 'Forbidden'],
];
test.each(REFUSALS)('is told no: %s', async (_, args, said) => {
  const { status, stderr } = await session.tryGio(args());
  expect(stderr).toContain(said);
  expect(status).not.toBe(0);
  await expectSame();
});

describe('what somebody else has locked', () => {
  beforeAll(async () => {
    for (const path of ['locked', 'locked/free', 'locked/of bob', 'locked/whole']) await both((root) => mkdir(join(root, path)));
    for (const path of ['locked/free/1', 'locked/of bob/mine', 'locked/of bob/2', 'locked/whole/3', 'locked/4'])
      await both((root) => writeFile(join(root, path), `in ${path}`));
    await lock(`${server.url}locked/of%20bob/mine`, LOGIN);
    await lock(`${server.url}locked/whole/`, LOGIN);
  });

  test.each([
    ['removed', () => ['remove', uri('locked/of bob/mine')]],
    ['overwritten by an upload', () => ['copy', join(outside, 'upload'), uri('locked/of bob/mine')]],
    ['overwritten by a copy', () => ['copy', uri('locked/4'), uri('locked/of bob/mine')]],
    ['overwritten by a move', () => ['move', uri('locked/4'), uri('locked/of bob/mine')]],
    ['saved', () => ['save', uri('locked/of bob/mine')]],
    ['renamed', () => ['rename', uri('locked/of bob/mine'), 'mine?']],
    ['moved', () => ['move', uri('locked/of bob/mine'), uri('other')]],
    ['given new members', () => ['copy', join(outside, 'upload'), uri('locked/whole')]],
    ['given a new folder', () => ['mkdir', uri('locked/whole/folder')]],
    ['robbed of a member', () => ['move', uri('locked/whole/3'), uri('other')]],
    ['moved as a folder', () => ['move', uri('locked/whole'), uri('other')]],
    // gvfs takes a 207 for success (gvfsbackenddav.c, try_move_do_cb), so it must be no 207.
    ['moved with its folder', () => ['move', uri('locked'), uri('gone')]],
    ['renamed with its folder', () => ['rename', uri('locked'), 'LOCKED']],
  ] satisfies [string, () => string[]][])('is not %s, and the person is told', async (_, args) => {
    const { status, stderr } = await session.tryGio(args());
    expect(stderr).toContain('HTTP Error: Locked');
    expect(status).not.toBe(0);
    await expectSame();
  });

  test('stays when its folder is deleted as Files does it, and the person is told', async () => {
    const inside = Object.keys(await read(here)).filter((path) => path.startsWith('locked'));
    const left = inside.filter((path) => /^locked(\/(of bob(\/mine)?|whole(\/3)?))?$/.test(path));
    const { status, stderr } = await session.tryGio(['remove', ...inside.reverse().map(uri)]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${uri('locked/of bob/mine')}: HTTP Error: Locked`);
    expect(stderr).toContain(`${uri('locked/whole/3')}: HTTP Error: Locked`);
    for (const path of inside) if (!left.includes(path)) await rm(at(path), { recursive: true });
    await expectSame();
  });
});

function both(change: (root: string) => Promise<unknown>): Promise<unknown> {
  return Promise.all([server.folder, here].map(change));
}
function renaming(what: string, from: string, to: string): Change {
  return { what, there: () => gio('rename', uri(from), to), locally: () => rename(at(from), at(to)) };
}
function moving(what: string, from: string, to: string, becomes = to): Change {
  return { what, there: () => gio('move', uri(from), uri(to)), locally: () => rename(at(from), at(becomes)) };
}
function copying(what: string, to: string): Change {
  return { what, there: () => gio('copy', join(outside, 'upload'), uri(to)), locally: () => copyFile(join(outside, 'upload'), at(to)) };
}
function saving(what: string, path: string, content: string, options: readonly string[] = []): Change {
  return { what, there: () => session.gio(['save', ...options, uri(path)], content), locally: () => writeFile(at(path), content) };
}
async function etagOf(path: string): Promise<string> {
  return /etag::value: (.*)$/m.exec(await gio('info', '--attributes', 'etag::value', uri(path)))?.[1] ?? '';
}
