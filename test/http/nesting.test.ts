// Collections in collections in collections: no deeper than the operator lets them, and what is deep already is walked without a descriptor for each level.
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { rowsOf } from './locking.ts';
import { type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
afterEach(() => served.close());

const tooDeep = (limit: number) => [403, `Collections may be nested ${limit} deep at most.\n`];
const said = ({ status, text }: Reply) => [status, text];
const to = (Destination: string, prefer?: string) => ({ headers: { Destination, ...(prefer && { Prefer: prefer }) } });

test('MKCOL, COPY and MOVE go as deep as the limit, and no deeper; a file has no depth', async () => {
  served = await serve({ maxDepth: 2 });
  const { ask } = served;
  for (const target of ['/a/', '/a/b/', '/x/']) expect((await ask('MKCOL', target)).status).toBe(201);
  expect(said(await ask('MKCOL', '/a/b/c/'))).toEqual(tooDeep(2));
  expect((await ask('PUT', '/a/b/f', { body: 'f' })).status).toBe(201);
  for (const method of ['COPY', 'MOVE'])
    expect([method, ...said(await ask(method, '/x/', to('/a/b/x/')))]).toEqual([method, ...tooDeep(2)]);
  expect((await ask('COPY', '/a/b/f', to('/a/b/g'))).status).toBe(201);
  expect((await ask('MKCOL', '/a/b/')).status).toBe(405);
  expect(treeOf(served.folder)).toEqual({ '/a/': '', '/a/b/': '', '/a/b/f': 'f', '/a/b/g': 'f', '/x/': '' });
});

test('COPY leaves out what would be too deep, and names it; a strict one copies nothing', async () => {
  served = await serve({ maxDepth: 2 });
  for (const path of ['a/b', 'x']) mkdirSync(join(served.folder, path), { recursive: true });
  expect((await served.ask('PUT', '/a/b/f', { body: 'f' })).status).toBe(201);
  const lenient = await served.ask('COPY', '/a/', to('/x/a/', 'return=minimal'));
  expect([lenient.status, rowsOf(lenient)]).toEqual([207, ['/x/a/b/ 403']]);
  expect((await served.ask('COPY', '/a/', to('/x/b/', 'handling=strict'))).status).toBe(403);
  expect(treeOf(served.folder)).toEqual({ '/a/': '', '/a/b/': '', '/a/b/f': 'f', '/x/': '', '/x/a/': '' });
});

test('PROPFIND of a whole tree says where it does not look further', async () => {
  served = await serve({ maxDepth: 2, depthInfinity: true });
  mkdirSync(join(served.folder, 'a/b/c/d'), { recursive: true });
  const rows = rowsOf(await served.ask('PROPFIND', '/', { headers: { Depth: 'infinity' } }));
  expect(rows.map((row) => row.trim())).toEqual(['/', '/a/', '/a/b/', '/a/b/c/ 403']);
});

const LEVELS = 1_000;
const descriptors = () => readdirSync('/proc/self/fd').length;

/** The store and the state in it hold a few. */
const FEW = 20;

test('a thousand nested collections are listed, copied, moved, locked and deleted', async () => {
  served = await serve({ maxDepth: 2_000, depthInfinity: true });
  const { ask, folder } = served;
  // From the inside out: the whole path is longer than a system call takes.
  for (let level = 0; level < LEVELS; level++) {
    mkdirSync(join(folder, 'new'));
    if (level > 0) renameSync(join(folder, 'd'), join(folder, 'new/d'));
    renameSync(join(folder, 'new'), join(folder, 'd'));
  }
  const deepest = '/d'.repeat(LEVELS);
  expect((await ask('PUT', `${deepest}/f`, { body: 'found' })).status).toBe(201);
  const before = descriptors();
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, descriptors());
  }, 1);
  const listed = await ask('PROPFIND', '/d/', { headers: { Depth: 'infinity' } });
  expect(listed.text.match(/<D:response>/g)).toHaveLength(LEVELS + 1);
  expect((await ask('COPY', '/d/', to('/e/'))).status).toBe(201);
  expect((await ask('MOVE', '/e/', to('/m/'))).status).toBe(201);
  expect((await ask('GET', `${deepest.replaceAll('d', 'X').replace('X', 'm').replaceAll('X', 'd')}/f`)).text).toBe('found');
  await served.lock(`${deepest}/f`);
  expect((await ask('DELETE', '/m/')).status).toBe(204);
  const partly = await ask('DELETE', '/d/');
  expect([partly.status, rowsOf(partly).at(-1)]).toEqual([207, `${deepest}/f 423 lock-token-submitted ${deepest}/f`]);
  clearInterval(watching);
  expect(most).toBeLessThan(before + FEW);
});
