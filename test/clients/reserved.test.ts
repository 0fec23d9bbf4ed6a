// The folder that is the server's own, `.dav207`: no client reads it, lists it or writes it, under any name.
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { undone } from './undone.ts';

const OWN = [
  '.dav207',
  '.dav207/',
  '.dav207/state.mdb',
  '.dav207/tmp/x',
  '%2edav207',
  '.dav20%37/owner',
  '.dav207-abc',
  'sub/.dav207',
  'sub/.dav207-abc/x',
];
const made = undone(afterEach);
let folder: string;
let server: RunningServer;
beforeEach(async () => {
  folder = await made.folder('reserved');
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'note.txt'), 'a note');
  server = await made.server({ folder, args: ['--depth-infinity'] });
  await curl(['-X', 'MKCOL', `${server.url}made`]); // From now on there is a `.dav207`.
  await lock(`${server.url}made`);
});

test('is there on the disk, closed to other users', async () => {
  expect((await readdir(folder)).sort()).toEqual(['.dav207', 'made', 'note.txt', 'sub']);
  expect((await stat(join(folder, '.dav207'))).mode & 0o777).toBe(0o700);
});

test('is in no listing, neither the XML nor the page', async () => {
  for (const depth of ['1', 'infinity']) {
    const { status, body } = await curl(['-X', 'PROPFIND', '-H', `Depth: ${depth}`, server.url]);
    expect(status).toBe(207);
    expect(body).toContain('note.txt');
    expect(body).not.toContain('.dav207');
  }
  expect((await curl([server.url])).body).not.toContain('.dav207');
});

test.each(OWN)('%s is not there to be read', async (name) => {
  for (const args of [[], ['-I'], ['-X', 'PROPFIND', '-H', 'Depth: 0']])
    expect((await curl([...args, `${server.url}${name}`])).status).toBe(404);
});

test.each(OWN)('%s cannot be written, as Request-URI or as Destination', async (name) => {
  const before = await snapshot();
  const xml = ['-H', 'Content-Type: application/xml', '-d'];
  const writes = [
    ['PUT', '-d', 'x'],
    ['DELETE'],
    ['MKCOL'],
    ['COPY', '-H', 'Destination: /copy.txt'],
    ['MOVE', '-H', 'Destination: /moved.txt'],
    ['PROPPATCH', ...xml, '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="urn:x">1</x></D:prop></D:set></D:propertyupdate>'],
    [
      'LOCK',
      ...xml,
      '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
    ],
    ['UNLOCK', '-H', 'Lock-Token: <urn:uuid:0>'],
  ] as const;
  for (const [method, ...args] of writes) {
    const { status } = await curl(['-X', method, ...args, `${server.url}${name}`]);
    expect({ method, refused: [403, 404].includes(status), status }).toEqual({ method, refused: true, status });
  }
  for (const method of ['COPY', 'MOVE']) {
    const { status } = await curl(['-X', method, '-H', `Destination: /${name}`, `${server.url}note.txt`]);
    expect({ method, status }).toEqual({ method, status: 403 });
  }
  expect(await snapshot()).toEqual(before);
});

test.each(OWN)('%s in an If tag tells nothing about itself', async (name) => {
  // Were it looked at, "there is an entity" would make this condition true.
  const { status } = await curl(['-T', '-', '-H', `If: </${name}> (["anything"])`, `${server.url}note.txt`], { input: 'x' });
  expect([400, 403, 412]).toContain(status);
  const negated = await curl(['-T', '-', '-H', 'If: </nothing/there> (Not ["anything"])', `${server.url}note.txt`], { input: 'as ever' });
  const own = await curl(['-T', '-', '-H', `If: </${name}> (Not ["anything"])`, `${server.url}note.txt`], { input: 'as ever' });
  expect([negated.status, 400, 403]).toContain(own.status);
});

test('a copy of the folder above leaves it out', async () => {
  await writeFile(join(folder, 'sub/x.txt'), 'x');
  await mkdir(join(folder, 'sub/.dav207'));
  await writeFile(join(folder, 'sub/.dav207/foreign'), 'x');
  expect((await curl(['-X', 'COPY', '-H', 'Destination: /twin', `${server.url}sub`])).status).toBe(201);
  expect(await readdir(join(folder, 'twin'))).toEqual(['x.txt']);
});

test('a collection that holds a foreign one cannot be deleted', async () => {
  await mkdir(join(folder, 'sub/.dav207'));
  const { status } = await curl(['-X', 'DELETE', `${server.url}sub`]);
  expect(status).toBe(403);
  expect(existsSync(join(folder, 'sub/.dav207'))).toBe(true);
});

async function snapshot(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((path) => !path.startsWith('.dav207/')).sort();
}
