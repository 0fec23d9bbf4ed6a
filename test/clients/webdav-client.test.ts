// The npm package `webdav`, the client that programs in JavaScript use.
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient, type FileStat, type WebDAVClient } from 'webdav';
import type { RunningServer } from './dav207.ts';
import { NAMES } from './trees.ts';
import { undone } from './undone.ts';
import { clearDesk, openDesk, statusOf } from './webdav-desk.ts';

const made = undone();
let server: RunningServer;
let client: WebDAVClient;
beforeAll(async () => {
  ({ server, client } = await openDesk(made));
});
beforeEach(() => clearDesk(client));

const disk = (name: string) => join(server.folder, 'desk', name);
const content = (name: string) => readFile(disk(name), 'utf8');

describe('reading', () => {
  beforeEach(async () => {
    await mkdir(disk('sub/deeper'), { recursive: true });
    await writeFile(disk('note.txt'), 'a note\n');
    await utimes(disk('note.txt'), 0, 1_000_000_000);
    await writeFile(disk('sub/deeper/data.bin'), Buffer.from([0, 255, 10, 13, 128]));
  });

  test('exists', async () => {
    expect(await client.exists('/desk/note.txt')).toBe(true);
    expect(await client.exists('/desk/sub')).toBe(true);
    expect(await client.exists('/desk/nothing')).toBe(false);
  });

  test('getDAVCompliance', async () => {
    expect((await client.getDAVCompliance('/desk/note.txt')).compliance).toEqual(
      expect.arrayContaining(['1', '2', '3', 'sabredav-partialupdate']),
    );
  });

  test('getFileDownloadLink and getFileUploadLink', async () => {
    const credentials = (link: string) => {
      const { username, password } = new URL(link);
      return {
        Authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      };
    };
    const bare = (link: string) => link.replace(/\/\/[^@/]*@/, '//');
    const download = client.getFileDownloadLink('/desk/note.txt');
    expect(await (await fetch(bare(download), { headers: credentials(download) })).text()).toBe('a note\n');
    const upload = client.getFileUploadLink('/desk/linked.txt').replace(/\?.*$/, '');
    expect((await fetch(bare(upload), { method: 'PUT', body: 'by link', headers: credentials(upload) })).status).toBe(201);
    expect(await content('linked.txt')).toBe('by link');
  });

  test('setHeaders and getHeaders: what is set goes along with every request', async () => {
    const other = createClient(server.url, { username: 'ann', password: 'open sesame' });
    other.setHeaders({ ...other.getHeaders(), 'If-None-Match': '*' });
    expect(other.getHeaders()).toMatchObject({ 'If-None-Match': '*' });
    expect(await statusOf(other.putFileContents('/desk/note.txt', 'over'))).toBe(412);
    expect(await content('note.txt')).toBe('a note\n');
  });

  test('stat of a file and of a collection', async () => {
    expect(await client.stat('/desk/note.txt')).toEqual({
      filename: '/desk/note.txt',
      basename: 'note.txt',
      lastmod: 'Sun, 09 Sep 2001 01:46:40 GMT',
      size: 7,
      type: 'file',
      etag: expect.stringMatching(/^[\w-]+$/),
      mime: expect.stringMatching(/^text\/plain/),
    });
    expect(await client.stat('/desk/sub')).toMatchObject({ filename: '/desk/sub', basename: 'sub', type: 'directory' });
    expect(await statusOf(client.stat('/desk/nothing'))).toBe(404);
  });

  test('getDirectoryContents, one level and the whole tree', async () => {
    const names = (found: unknown) => (found as FileStat[]).map(({ filename, type }) => `${type} ${filename}`).sort();
    expect(names(await client.getDirectoryContents('/desk'))).toEqual(['directory /desk/sub', 'file /desk/note.txt']);
    expect(names(await client.getDirectoryContents('/desk', { deep: true }))).toEqual([
      'directory /desk/sub',
      'directory /desk/sub/deeper',
      'file /desk/note.txt',
      'file /desk/sub/deeper/data.bin',
    ]);
    expect(await statusOf(client.getDirectoryContents('/desk/nothing'))).toBe(404);
  });

  test('getFileContents as text and as bytes', async () => {
    expect(await client.getFileContents('/desk/note.txt', { format: 'text' })).toBe('a note\n');
    expect([...((await client.getFileContents('/desk/sub/deeper/data.bin')) as Buffer)]).toEqual([0, 255, 10, 13, 128]);
    expect(await statusOf(client.getFileContents('/desk/nothing'))).toBe(404);
  });

  test('createReadStream, whole and with a range', async () => {
    expect(await text(client.createReadStream('/desk/note.txt'))).toBe('a note\n');
    expect(await text(client.createReadStream('/desk/note.txt', { range: { start: 2, end: 4 } }))).toBe('not');
    expect(await text(client.createReadStream('/desk/note.txt', { range: { start: 5 } }))).toBe('e\n');
  });
});

describe('writing', () => {
  test('createDirectory, one and all that are missing', async () => {
    expect(await statusOf(client.createDirectory('/desk/a/b/c'))).toBe(409);
    await client.createDirectory('/desk/a/b/c', { recursive: true });
    expect(await readdir(disk(''), { recursive: true })).toEqual(['a', 'a/b', 'a/b/c']);
    expect(await statusOf(client.createDirectory('/desk/a'))).toBe(405);
  });

  test('putFileContents: new, over, and not over', async () => {
    expect(await client.putFileContents('/desk/note.txt', 'one')).toBe(true);
    expect(await client.putFileContents('/desk/note.txt', Buffer.from('two'))).toBe(true);
    expect(await client.putFileContents('/desk/note.txt', 'three', { overwrite: false })).toBe(false);
    expect(await content('note.txt')).toBe('two');
    expect(await client.putFileContents('/desk/new.txt', 'four', { overwrite: false })).toBe(true);
    expect(await content('new.txt')).toBe('four');
    expect(await statusOf(client.putFileContents('/desk/no/parent.txt', 'five'))).toBe(409);
  });

  test('Z-crange-b, Z-patch-a: partialUpdateFileContents', async () => {
    await client.putFileContents('/desk/note.txt', 'abcdef');
    await client.partialUpdateFileContents('/desk/note.txt', 2, 3, 'XX');
    expect(await content('note.txt')).toBe('abXXef');
    await client.partialUpdateFileContents('/desk/note.txt', 6, 8, Buffer.from('ghi'));
    expect(await content('note.txt')).toBe('abXXefghi');
    expect(await statusOf(client.partialUpdateFileContents('/desk/note.txt', 20, 20, 'x'))).toBe(416);
    expect(await statusOf(client.partialUpdateFileContents('/desk/nothing.txt', 0, 0, 'x'))).toBe(404);
    expect(await content('note.txt')).toBe('abXXefghi');
  });

  test('createWriteStream', async () => {
    const chunks = Array.from({ length: 64 }, (_, index) => Buffer.alloc(65_536, index));
    const answered = new Promise<number>((resolve, reject) => {
      const stream = client.createWriteStream('/desk/large.bin', {}, ({ status }) => resolve(status)) as Writable;
      pipeline(chunks, stream).catch(reject);
    });
    expect(await answered).toBe(201);
    expect((await readFile(disk('large.bin'))).equals(Buffer.concat(chunks))).toBe(true);
  });

  test('copyFile and moveFile, of files and of collections', async () => {
    await client.createDirectory('/desk/sub');
    await client.putFileContents('/desk/sub/note.txt', 'a note');
    await client.copyFile('/desk/sub/note.txt', '/desk/copy.txt');
    await client.copyFile('/desk/sub', '/desk/twin');
    await client.moveFile('/desk/sub', '/desk/moved');
    await client.moveFile('/desk/copy.txt', '/desk/moved/copy.txt');
    expect((await readdir(disk(''), { recursive: true })).sort()).toEqual([
      'moved',
      'moved/copy.txt',
      'moved/note.txt',
      'twin',
      'twin/note.txt',
    ]);
    expect(await statusOf(client.moveFile('/desk/nothing', '/desk/anything'))).toBe(404);
    expect(await statusOf(client.copyFile('/desk/moved/note.txt', '/desk/twin/note.txt', { overwrite: false }))).toBe(412);
  });

  test('deleteFile, of a file and of a collection', async () => {
    await client.createDirectory('/desk/sub/deeper', { recursive: true });
    await client.putFileContents('/desk/note.txt', 'a note');
    await client.deleteFile('/desk/note.txt');
    await client.deleteFile('/desk/sub');
    expect(await readdir(disk(''))).toEqual([]);
    expect(await statusOf(client.deleteFile('/desk/note.txt'))).toBe(404);
  });
});

test.each(NAMES)('a name travels through every call: %s', async (name) => {
  await client.createDirectory(`/desk/${name}`);
  await client.putFileContents(`/desk/${name}/${name}`, name);
  expect(await client.exists(`/desk/${name}/${name}`)).toBe(true);
  expect(await client.getFileContents(`/desk/${name}/${name}`, { format: 'text' })).toBe(name);
  const listed = (await client.getDirectoryContents(`/desk/${name}`)) as FileStat[];
  expect(listed.map(({ basename }) => basename)).toEqual([name]);
  await client.copyFile(`/desk/${name}/${name}`, `/desk/${name}/and again`);
  await client.moveFile(`/desk/${name}`, `/desk/${name}!`);
  expect((await readdir(disk(`${name}!`))).sort()).toEqual([name, 'and again'].sort());
  expect(await content(`${name}!/${name}`)).toBe(name);
});

test('customRequest: PROPPATCH, and PROPFIND gives the property back', async () => {
  await client.putFileContents('/desk/note.txt', 'a note');
  const patched = await client.customRequest('/desk/note.txt', {
    method: 'PROPPATCH',
    headers: { 'Content-Type': 'application/xml' },
    data: '<D:propertyupdate xmlns:D="DAV:" xmlns:c="urn:example:colours"><D:set><D:prop><c:colour>red &amp; blue</c:colour></D:prop></D:set></D:propertyupdate>',
  });
  expect(patched.status).toBe(207);
  expect(await patched.text()).toMatch(/HTTP\/1\.1 200 OK/);
  const found = await client.stat('/desk/note.txt', {
    details: true,
    data: '<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><colour xmlns="urn:example:colours"/></D:prop></D:propfind>',
  });
  expect(found).toMatchObject({ data: { props: { colour: 'red & blue' } } });
});

async function text(stream: ReturnType<WebDAVClient['createReadStream']>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as Readable) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
