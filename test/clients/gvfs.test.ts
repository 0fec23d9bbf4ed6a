// gio, the command line of GNOME's file system: a tree of difficult names goes to the drive, is listed, comes back, is renamed,
// and goes. The same is done to a folder here, and both must be equal.
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { certificate } from './certificate.ts';
import type { RunningServer } from './dav207.ts';
import { type Session, startSession, uriOf } from './gvfs.ts';
import { run } from './program.ts';
import { NAMES, plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const made = undone();
let tls: readonly string[];
beforeAll(async () => {
  tls = (await certificate(await made.folder('tls'))).flags;
});

// gio asks for what it has not been told: a name, a password, whether to trust a certificate that nobody has signed.
describe.each([
  { how: 'open to everybody', each: 5, args: () => [], right: '', wrong: undefined },
  {
    how: 'with a password, below a base',
    each: 1,
    args: () => ['--base', '/dav', '--user', 'ann:open sesame'],
    right: 'ann\nopen sesame\n',
    wrong: 'ann\nopen barley\n',
  },
  {
    how: 'over https',
    each: 1,
    args: () => tls,
    right: '1\n',
    wrong: '2\n',
  },
])('gvfs, $how', ({ each, args, right, wrong }) => {
  const made = undone();
  let server: RunningServer;
  let session: Session;
  let here: string;

  const at = (path: string) => join(here, path);
  const uri = (path: string) => uriOf(server.url, path);
  const expectSame = async () => expect(untimed(await read(server.folder))).toEqual(untimed(await read(here)));

  beforeAll(async () => {
    server = await made.server({ args: args() });
    here = await made.folder('here');
    await plant(here, each);
    session = await startSession(made);
  });

  test('is mounted as the README says', async () => {
    if (wrong !== undefined) {
      expect((await session.mount(server.url, wrong)).status).not.toBe(0);
      expect((await session.tryGio(['list', uri('')])).stderr).toContain('not mounted');
    }
    expect(await session.mount(server.url, right)).toMatchObject({ status: 0 });
    const room = await session.gio(['info', '--filesystem', uri('')]);
    expect(room).toMatch(/filesystem::type: webdav/);
    expect(room).toMatch(/filesystem::free: [1-9]/);
  });

  test('takes a tree, with every name', async () => {
    const { collections, filesOf } = await planted();
    await session.gio(['mkdir', ...collections.slice(1).map(uri)]);
    for (const folder of collections) if (filesOf(folder).length > 0) await session.gio(['copy', ...filesOf(folder).map(at), uri(folder)]);
    await expectSame();
  });

  test('lists it, with kinds, sizes and times', async () => {
    const listed: Record<string, string> = {};
    for (const folder of (await planted()).collections) {
      const lines = await session.gio(['list', '--hidden', '--print-uris', '--attributes', 'time::modified', uri(folder)]);
      for (const line of lines.split('\n').filter(Boolean)) {
        const [address = '', size = '', kind = '', modified = ''] = line.split('\t');
        const path = address.slice(uri('').length).split('/').map(decodeURIComponent).join('/');
        listed[path] = `${kind} ${kind === '(directory)' ? '' : size} ${modified}`;
      }
    }
    const wanted: Record<string, string> = {};
    for (const path of Object.keys(await read(here))) {
      const found = await stat(join(server.folder, path));
      const kind = found.isDirectory() ? '(directory) ' : `(regular) ${found.size}`;
      wanted[path] = `${kind} time::modified=${Math.floor(found.mtimeMs / 1000)}`;
    }
    expect(listed).toEqual(wanted);
  });

  test('gives it back', expectBack);

  test('shows it to every other program, as a folder', async () => {
    const point = await session.pointOf(server.url);
    expect(await run('diff', ['-r', here, point])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('renames a file of every name, and a collection of every name by case only', async () => {
    for (const name of NAMES) {
      await session.gio(['rename', uri(`f ${name}`), `renamed ${name}`]);
      await rename(at(`f ${name}`), at(`renamed ${name}`));
      await session.gio(['rename', uri(`d ${name}`), `D ${name}`]);
      await rename(at(`d ${name}`), at(`D ${name}`));
    }
    await expectSame();
  });

  test('gives back the same after it was unmounted and mounted again', async () => {
    await session.gio(['mount', '--unmount', uri('')]);
    expect((await session.tryGio(['list', uri('')])).stderr).toContain('not mounted');
    expect(await session.mount(server.url, right)).toMatchObject({ status: 0 });
    await expectBack();
  });

  test('deletes the tree as Files does, the members first', async () => {
    await session.gio([
      'remove',
      ...Object.keys(await read(here))
        .reverse()
        .map(uri),
    ]);
    expect(await read(server.folder)).toEqual({});
    expect(await session.gio(['list', '--hidden', uri('')])).toBe('');
  });

  async function expectBack(): Promise<void> {
    const back = await made.folder('back');
    const { collections, filesOf } = await planted();
    for (const folder of collections) {
      await mkdir(join(back, folder), { recursive: true });
      if (filesOf(folder).length > 0) await session.gio(['copy', ...filesOf(folder).map(uri), join(back, folder)]);
    }
    expect(untimed(await read(back))).toEqual(untimed(await read(here)));
  }

  /** The collections here, parents first, the root as ''; the files in each. */
  async function planted(): Promise<{ collections: string[]; filesOf: (folder: string) => string[] }> {
    const entries = Object.entries(await read(here));
    const collections = entries.filter(([, { hash }]) => hash === undefined).map(([path]) => path);
    const files = entries.filter(([, { hash }]) => hash !== undefined).map(([path]) => path);
    const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return { collections: ['', ...collections], filesOf: (folder) => files.filter((path) => parentOf(path) === folder) };
  }
});
