// LibreOffice opens documents on the server, locks them while they are open, and saves them there.
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from 'webdav';
import { curl } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Office, startOffice } from './office.ts';
import { undone } from './undone.ts';

/** Where nobody else takes a port while the server is started anew. */
const LONELY = ['--host', '127.0.0.10'];

const made = undone();
const madeForOne = undone(afterEach);
let folder: string;
let server: RunningServer;
let office: Office;
let other: Office;
beforeAll(async () => {
  folder = await made.folder('office');
  server = await made.server({ folder, args: LONELY });
  // One after the other: where root starts LibreOffice, the first on a machine makes a folder that all share
  // (/var/spool/libreoffice/uno_packages/cache/uno_packages), and another that is about to make it as well may crash (7.4.7).
  office = await startOffice(made);
  other = await startOffice(made);
});
beforeEach(() => Promise.all([office.person('Abort'), other.person('Approve')]));

/** LibreOffice's own name for `http://`: with it every LibreOffice goes through WebDAV. */
const dav = (url: string) => url.replace(/^http/, 'vnd.sun.star.webdav');
const disk = (name: string) => join(folder, name);
/** The paragraph that the tests write, out of the XML in the file. */
const textOf = async (path: string) => /<text:p [^>]*>([^<]*)<\/text:p>/.exec(await office.content(path))?.[1];

/** The lock on a resource, without the seconds that it has left. */
async function lockOn(url: string, args: readonly string[] = []): Promise<string | undefined> {
  const { status, body } = await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', ...args, url]);
  expect(status).toBe(207);
  const lock = /<D:activelock>.*<\/D:activelock>/.exec(body)?.[0];
  // LibreOffice asks for three minutes, and refreshes its lock half a minute before they are over.
  if (lock) expect(Number(/Second-(\d+)/.exec(lock)?.[1])).toBeLessThanOrEqual(180);
  return lock?.replace(/Second-\d+/, '');
}

/** A new document on the server, saved and closed. Gives its http URL. */
async function document(name: string, text: string): Promise<string> {
  const url = `${server.url}${encodeURIComponent(name)}`;
  await office.create(text);
  await office.saveAs(dav(url));
  await office.close();
  return url;
}

test('Save As makes a document on the server, locked from then until it is closed', async () => {
  await office.create('begun');
  await office.saveAs(dav(`${server.url}new.odt`));
  expect(await lockOn(`${server.url}new.odt`)).toContain('LibreOffice');
  expect(await textOf(disk('new.odt'))).toBe('begun');
  await office.write('gone on with');
  await office.save();
  await office.close();
  expect(await lockOn(`${server.url}new.odt`)).toBeUndefined();
  expect(await other.open(pathToFileURL(disk('new.odt')).href)).toMatchObject({ text: 'gone on with' });
  await other.close();
});

describe('a document that is open', () => {
  test('is locked for everybody else, until it is closed', async () => {
    const url = await document('shared.odt', 'before');
    expect(await office.open(dav(url))).toEqual({ text: 'before', readonly: false, copy: false });
    const lock = await lockOn(url);
    expect(lock).toMatch(/<D:exclusive\/>.*<owner xmlns="DAV:">LibreOffice/);
    const before = await readFile(disk('shared.odt'));
    for (const args of [['PUT', '-d', 'mine'], ['DELETE'], ['MOVE', '-H', 'Destination: /mine.odt']] as const)
      expect((await curl(['-X', ...args, url])).status).toBe(423);
    const client = createClient(server.url);
    await expect(client.putFileContents('/shared.odt', 'mine')).rejects.toMatchObject({ status: 423 });
    expect(await client.getFileContents('/shared.odt')).toEqual(before);

    await office.write('after');
    await office.save();
    expect(await lockOn(url)).toBe(lock);
    expect((await curl(['-X', 'DELETE', url])).status).toBe(423);
    await office.close();
    expect(await lockOn(url)).toBeUndefined();
    expect(await textOf(disk('shared.odt'))).toBe('after');
    expect((await curl(['-X', 'DELETE', url])).status).toBe(204);
  });

  test('opens read-only, or as a copy, for another LibreOffice, which cannot overwrite it', async () => {
    const url = await document('twice.odt', 'before');
    await office.open(dav(url));
    expect(await other.open(dav(url))).toEqual({ text: 'before', readonly: true, copy: false });
    await other.write('stolen');
    await expect(other.save()).rejects.toThrow('ErrorCodeIOException');
    await other.close();
    await other.person('Disapprove');
    expect(await other.open(dav(url))).toEqual({ text: 'before', readonly: false, copy: true });
    await other.write('stolen');
    await expect(other.save()).rejects.toThrow('ErrorCodeIOException');
    await other.close();
    await office.write('after');
    await office.save();
    await office.close();
    expect(await other.open(dav(url))).toEqual({ text: 'after', readonly: false, copy: false });
    await other.write('the other’s');
    await other.save();
    await other.close();
    expect(await textOf(disk('twice.odt'))).toBe('the other’s');
    expect(await lockOn(url)).toBeUndefined();
  });

  test('is saved although the server was started anew meanwhile: its lock is still there', async () => {
    const url = await document('long.odt', 'before');
    await office.open(dav(url));
    const lock = await lockOn(url);
    await server.end();
    const { port } = new URL(url);
    server = await made.server({ folder, args: [...LONELY, '--port', port] });
    expect(await lockOn(url)).toBe(lock);
    await office.write('after');
    await office.save();
    await office.close();
    expect(await textOf(disk('long.odt'))).toBe('after');
    expect(await lockOn(url)).toBeUndefined();
  });

  test('whose lock somebody took away does not overwrite what was written since', async () => {
    const url = await document('broken.odt', 'before');
    await office.open(dav(url));
    const token = /<D:locktoken><D:href>(.*?)</.exec((await lockOn(url)) ?? '')?.[1];
    expect((await curl(['-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, url])).status).toBe(204);
    expect((await curl(['-X', 'PUT', '-d', 'written since', url])).status).toBe(204);
    await office.write('after');
    await expect(office.save()).rejects.toThrow('ErrorCodeIOException');
    await office.close();
    expect(await readFile(disk('broken.odt'), 'utf8')).toBe('written since');
    expect(await lockOn(url)).toBeUndefined();
  });
});

describe('names', () => {
  test.each(['two  blanks', '100%', 'a#b', "it's", '(round)'])('%s', async (name) => {
    const url = await document(`${name}.odt`, 'before');
    expect(await office.open(dav(url))).toMatchObject({ text: 'before', readonly: false });
    await office.write('after');
    await office.save();
    await office.close();
    expect(await textOf(disk(`${name}.odt`))).toBe('after');
    expect(await lockOn(url)).toBeUndefined();
  });

  // LibreOffice 7.4 forgets the token of its lock when it saves to a name with letters in its percent-encoding (%C3, %2B): it sends PUT without If, the server answers 423 as it must (RFC 4918 §7.5), and LibreOffice says that it could not
  // save. Whichever it does, what a person sees is true and nothing is lost.
  test.each(['Grüße 日本語', 'R&D', 'a+b'])('%s opens, and is saved, or is not and stays as it was', async (name) => {
    const url = `${server.url}${encodeURIComponent(`${name}.odt`)}`;
    await document('plain.odt', 'before');
    await copyFile(disk('plain.odt'), disk(`${name}.odt`));
    expect(await office.open(dav(url))).toEqual({ text: 'before', readonly: false, copy: false });
    expect(await lockOn(url)).toContain('LibreOffice');
    await office.write('after');
    const saved = await office.save().then(
      () => true,
      () => false,
    );
    await office.close();
    expect(await textOf(disk(`${name}.odt`))).toBe(saved ? 'after' : 'before');
    expect(await lockOn(url)).toBeUndefined();
  });

  test('http:// will do instead of vnd.sun.star.webdav://', async () => {
    const url = await document('http.odt', 'before');
    expect(await office.open(url)).toEqual({ text: 'before', readonly: false, copy: false });
    expect(await lockOn(url)).toContain('LibreOffice');
    await office.write('after');
    await office.save();
    await office.close();
    expect(await textOf(disk('http.odt'))).toBe('after');
  });
});

test('the file dialog lists, makes, copies, moves and deletes', async () => {
  const url = await document('listed.odt', 'listed');
  const inside = dav(`${server.url}made%20here`);
  await office.files('createFolder', inside);
  await office.files('copy', dav(url), `${inside}/copied.odt`);
  await office.files('move', `${inside}/copied.odt`, `${inside}/moved.odt`);
  expect(await office.files('getFolderContents', inside, true)).toEqual([`${server.url}made%20here/moved.odt`]);
  expect(await office.files('isFolder', inside)).toBe(true);
  expect(await office.files('exists', `${inside}/copied.odt`)).toBe(false);
  expect(await office.files('getSize', `${inside}/moved.odt`)).toBe((await readFile(disk('listed.odt'))).length);
  expect(await textOf(disk('made here/moved.odt'))).toBe('listed');
  // LibreOffice 7.4 writes `?` for every letter beyond ASCII in a Destination. What it names then is the folder itself.
  await office.files('copy', dav(url), `${inside}/%C3%BC.odt`).catch(() => {});
  expect(await textOf(disk('made here/moved.odt'))).toBe('listed');
  await office.files('kill', inside);
  expect(await readdir(folder)).not.toContain('made here');
});

test('--base and --user: who knows the password saves, the lock holds against the next, a stranger does not come in', async () => {
  const guarded = await madeForOne.server({ args: ['--base', '/dav/here', '--user', 'ann:open: sesame ü', '--user', 'bob:secret'] });
  const url = `${guarded.url}kept.odt`;
  await office.person('Abort', 'ann', 'open: sesame ü');
  await office.create('before');
  await office.saveAs(dav(url));
  await office.close();
  expect(await office.open(dav(url))).toEqual({ text: 'before', readonly: false, copy: false });
  await other.person('Approve', 'bob', 'wrong');
  await expect(other.open(dav(url))).rejects.toThrow();
  await other.person('Approve', 'bob', 'secret');
  expect(await other.open(dav(url))).toEqual({ text: 'before', readonly: true, copy: false });
  await other.close();
  await office.write('after');
  await office.save();
  await office.close();
  expect(await textOf(join(guarded.folder, 'kept.odt'))).toBe('after');
  expect(await lockOn(url, ['-u', 'bob:secret'])).toBeUndefined();
});

test('--read-only: a document opens read-only, so that nobody edits what cannot be saved', async () => {
  await document('reading.odt', 'to be read');
  const reader = await madeForOne.server({ folder, args: ['--read-only'] });
  expect(await other.open(dav(`${reader.url}reading.odt`))).toEqual({ text: 'to be read', readonly: true, copy: false });
  await other.close();
});
