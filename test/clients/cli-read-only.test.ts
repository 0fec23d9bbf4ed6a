// --read-only: nothing is changed, not even where that is all that could be done.

import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { BINARY, dav207 } from './dav207.ts';
import { expectMistake, operator } from './operator.ts';
import { run, start } from './program.ts';

const at = operator();

const WRITES = [
  ['PUT', '-d', 'x'],
  ['DELETE'],
  ['MKCOL'],
  ['COPY', '-H', 'Destination: /copy.txt'],
  ['MOVE', '-H', 'Destination: /moved.txt'],
  ['PROPPATCH', '-H', 'Content-Type: application/xml', '-d', '<D:propertyupdate xmlns:D="DAV:"/>'],
  ['LOCK', '-H', 'Content-Type: application/xml', '-d', '<D:lockinfo xmlns:D="DAV:"/>'],
  ['UNLOCK', '-H', 'Lock-Token: <urn:uuid:0>'],
] as const;

/** Whatever is asked, `url` shows a note with what it is, and nothing of it can be changed. */
async function expectOnlyRead(url: string): Promise<void> {
  for (const [method, ...args] of WRITES)
    for (const name of ['note.txt', 'new.txt']) {
      const { status, body } = await curl(['-X', method, ...args, `${url}${name}`]);
      expect({ method, name, status, body }).toEqual({ method, name, status: 403, body: expect.stringMatching(/\w+ .+\.\n$/) });
    }
  expect((await curl([`${url}note.txt`])).body).toBe('a note');
  expect((await curl(['-I', `${url}note.txt`])).headers['content-length']).toBe('6');
  expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', url])).body).toContain('/note.txt');
  expect((await curl(['-X', 'OPTIONS', url])).headers.allow).not.toMatch(/PUT|DELETE|LOCK/);
  const page = await curl(['-H', 'Accept: text/html', url]);
  expect([page.status, page.headers['content-type'], page.body]).toEqual([
    200,
    expect.stringMatching(/html/),
    expect.stringContaining('note.txt'),
  ]);
}

test('refuses every write with 403, on what is there and what is not, and leaves nothing in the folder', async () => {
  await writeFile(join(at.folder, 'note.txt'), 'a note');
  const server = await at.serve({ args: ['--read-only'] });
  await expectOnlyRead(server.url);
  await server.stop();
  expect(await readdir(at.folder)).toEqual(['note.txt']);
  expect(await readFile(join(at.folder, 'note.txt'), 'utf8')).toBe('a note');
});

test('serves the folder beside the process that writes it', async () => {
  const writer = await at.serve();
  await curl(['-X', 'MKCOL', `${writer.url}made`]);
  await lock(`${writer.url}made`);
  const reader = await at.serve({ args: ['--read-only'] });
  expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', `${reader.url}made`])).body).toContain('activelock');
});

/** A note with a property, as a server left it. */
async function plantProperty(folder: string): Promise<void> {
  await writeFile(join(folder, 'note.txt'), 'a note');
  const server = await at.serve({ folder });
  const update = '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><colour xmlns="urn:c">red</colour></D:prop></D:set></D:propertyupdate>';
  await curl(['-X', 'PROPPATCH', '-H', 'Content-Type: application/xml', '-d', update, `${server.url}note.txt`]);
  await server.stop();
}

async function allpropOf(url: string): Promise<string> {
  return (await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', url])).body;
}

describe('where nothing can be written', () => {
  test('on a file system that is mounted so: it is asked for by name, and shows what properties there are', async () => {
    const mount = await at.sub('mount');
    expect(await run('mount', ['-t', 'tmpfs', 'none', mount])).toMatchObject({ status: 0 });
    at.after(() => run('umount', [mount]));
    const [bare, known] = [join(mount, 'bare'), join(mount, 'known')];
    for (const folder of [bare, known]) await mkdir(folder);
    await writeFile(join(bare, 'note.txt'), 'a note');
    await plantProperty(known);
    await run('mount', ['-o', 'remount,ro', mount]);
    for (const folder of [bare, known]) {
      expectMistake(await dav207([folder, '--port', '0']), folder, '--read-only');
      const server = await at.serve({ folder, args: ['--read-only'] });
      await expectOnlyRead(server.url);
      expect(/<colour xmlns="urn:c">red</.test(await allpropOf(server.url))).toBe(folder === known);
      await server.stop();
    }
    expect(await readdir(bare)).toEqual(['note.txt']);
  });

  test('by a user who may only read, who is not shown the properties that others keep to themselves', async () => {
    await plantProperty(at.folder);
    const own = join(at.folder, '.dav207');
    await chmod(at.folder, 0o555);
    if (process.getuid?.() === 0) await chown(own, 65_534, 65_534);
    const args = [BINARY, at.folder, '--port', '0'];
    expectMistake(await run(...asReader(args)), at.folder, '--read-only');
    const shown = [];
    const said = [];
    for (const mode of [0o000, 0o555]) {
      await chmod(own, mode);
      const { child, done } = await start(...asReader([...args, '--read-only']));
      try {
        const [line] = await once(createInterface(child.stdout as Readable), 'line');
        const [url] = /http:\S+/.exec(line) ?? [];
        await expectOnlyRead(String(url));
        shown.push((await allpropOf(String(url))).includes('colour'));
      } finally {
        child.kill();
        said.push((await done).stderr.split('\n').filter((line) => line.includes(own)));
      }
    }
    expect(shown).toEqual([false, true]);
    expect(said).toEqual([[expect.stringContaining(`${own} may not be read by this user: locks and properties are not shown.`)], []]);
    expect((await readdir(at.folder)).sort()).toEqual(['.dav207', 'note.txt']);
  });
});

/** Root without the right to pass over permissions: any other user might not reach this program. */
function asReader(args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [process.execPath, [...args]];
  return ['setpriv', ['--bounding-set=-dac_override,-dac_read_search', process.execPath, ...args]];
}
