// Pipes, sockets and devices in the folder: no method opens one, waits for one, writes to one or takes one for a file.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';
import { CHANGING, READING } from './verbs.ts';

let home: string;
let folder: string;
let served: Served;
let listener: Server;
const at = (path: string) => join(folder, path);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dav207-special-'));
  folder = join(home, 'served');
  mkdirSync(folder);
  served = await serve({ folder });
  listener = createServer().listen(join(home, 's'));
});
afterAll(async () => {
  listener.close();
  await served.close();
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  for (const path of Object.keys(treeOf(folder))) rmSync(at(path), { recursive: true, force: true });
  mkdirSync(at('c'));
  writeFileSync(at('c/f'), 'inside');
  writeFileSync(at('g'), 'g');
});

const shell = (command: string) => (path: string) => void execFileSync('sh', ['-c', command, 'sh', path], { cwd: home });
describe.each<[string, (path: string) => void]>([
  ['a fifo', shell('mkfifo "$1"')],
  ['a socket', shell('cp -a s "$1"')],
  ['a character device', shell('mknod "$1" c 1 5')], // of zeros, without end
  ['a block device', shell('mknod "$1" b 7 250')],
  ['a link to a fifo', shell('(test -p served/pipe || mkfifo served/pipe) && ln -s "$PWD/served/pipe" "$1"')],
  ['a link to a device outside', shell('ln -s /dev/zero "$1"')],
  ['a link to what a process has open', shell('ln -s /proc/self/fd/0 "$1"')],
])('%s', (_what, make) => {
  const list = async (target: string) => (await served.ask('PROPFIND', target, { headers: { Depth: '1' } })).text;

  test('is not there for any method, nor what would be below it', async () => {
    make(at('special'));
    const before = treeOf(folder);
    for (const target of ['/special', '/special/', '/special/x'])
      for (const [method, headers, body] of [...CHANGING, ...READING]) {
        const asked = {
          headers: { ...headers, ...(headers.Destination && { Destination: '/made' }) },
          ...(body !== undefined && { body }),
        };
        const { status } = await served.ask(method, target, asked);
        expect([method, target, method === 'POST' || [403, 404, 409].includes(status)]).toEqual([method, target, true]);
      }
    expect([(await list('/')).includes('special'), (await served.ask('GET', '/')).text.includes('special')]).toEqual([false, false]);
    expect(treeOf(folder)).toEqual(before);
  });

  test('is no place to copy or move to, nor to write a part of', async () => {
    make(at('special'));
    const before = treeOf(folder);
    for (const method of ['COPY', 'MOVE'])
      for (const from of ['/g', '/c/'])
        for (const to of ['/special', '/special/', '/special/x']) {
          const { status } = await served.ask(method, from, { headers: { Destination: to } });
          expect([method, from, to, [403, 409].includes(status)]).toEqual([method, from, to, true]);
        }
    const part = await served.ask('PUT', '/special', { headers: { 'Content-Range': 'bytes 0-0/*' }, body: 'x' });
    expect(part.status).toBe(403);
    expect(treeOf(folder)).toEqual(before);
  });

  test.each([{}, { Prefer: 'handling=strict' }])(
    'in a collection it is left out of a COPY, goes along with MOVE, and goes with DELETE (%j)',
    async (headers) => {
      make(at('c/special'));
      const kind = lstatSync(at('c/special')).mode;
      expect((await list('/c/')).includes('special')).toBe(false);
      expect((await served.ask('COPY', '/c/', { headers: { ...headers, Destination: '/copied/' } })).status).toBe(201);
      expect(treeOf(at('copied'))).toEqual({ '/f': 'inside' });
      expect((await served.ask('MOVE', '/c/', { headers: { ...headers, Destination: '/moved/' } })).status).toBe(201);
      expect(lstatSync(at('moved/special')).mode).toBe(kind);
      expect((await served.ask('MOVE', '/copied/', { headers: { ...headers, Destination: '/moved/' } })).status).toBe(204);
      expect(treeOf(at('moved'))).toEqual({ '/f': 'inside' });
      make(at('moved/again'));
      expect((await served.ask('DELETE', '/moved/', { headers })).status).toBe(204);
      expect(Object.keys(treeOf(folder)).filter((path) => path !== '/pipe')).toEqual(['/g']);
    },
  );
});
