// Collections that hold what no client can see: another server's state, a file whose name is not UTF-8. Nothing replaces or loses it.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const hidden: [string, (folder: string) => Buffer][] = [
  ['a foreign .dav207', (folder) => Buffer.from(join(folder, '.dav207'))],
  ['a file whose name is not UTF-8', (folder) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])])],
];

test.each(hidden)('H-17.3-a: %s is not overwritten with the collection it is in', async (_what, place) => {
  const root = `/over-${hidden.findIndex(([what]) => what === _what)}`;
  const at = (path: string) => join(served.folder, root, path);
  mkdirSync(at('s'), { recursive: true });
  mkdirSync(at('d/deep'), { recursive: true });
  writeFileSync(at('s/new.txt'), 'new');
  writeFileSync(at('f'), 'file');
  writeFileSync(at('d/old.txt'), 'old');
  const secret = place(at('d/deep'));
  writeFileSync(secret, 'kept');

  const moved = await served.ask('MOVE', `${root}/s/`, { headers: { Destination: `${root}/d/` } });
  expect(moved.status).toBe(207);
  expect(rowsOf(moved).map(({ href, status }) => [href, status])).toEqual([
    [`${root}/s/`, 424],
    [`${root}/d/`, 424],
    [`${root}/d/deep/`, 403],
  ]);
  const direct = await served.ask('MOVE', `${root}/s/`, { headers: { Destination: `${root}/d/deep/` } });
  expect(direct.status).toBe(403);
  const file = await served.ask('COPY', `${root}/f`, { headers: { Destination: `${root}/d/` } });
  expect(file.status).toBe(403);
  for (const left of ['s/new.txt', 'd/old.txt']) expect(existsSync(at(left))).toBe(true);
  expect(existsSync(secret)).toBe(true);
});

test('H-17.3-a: nor is it deleted; the rest of the collection is', async () => {
  mkdirSync(join(served.folder, 'gone/.dav207'), { recursive: true });
  writeFileSync(join(served.folder, 'gone/.dav207/state.mdb'), 'kept');
  writeFileSync(join(served.folder, 'gone/x'), 'x');
  const reply = await served.ask('DELETE', '/gone/');
  expect(rowsOf(reply).map(({ href, status }) => [href, status])).toEqual([['/gone/', 403]]);
  expect([existsSync(join(served.folder, 'gone/.dav207/state.mdb')), existsSync(join(served.folder, 'gone/x'))]).toEqual([true, false]);
});
