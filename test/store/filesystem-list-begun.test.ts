// A listing that was begun comes to what any other would, or is left to be made as any other.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeEtags } from '../../src/store/etag.ts';
import { type Calls, makeCalls } from '../../src/store/filesystem-calls.ts';
import type { Disk } from '../../src/store/filesystem-disk.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { listCollection } from '../../src/store/filesystem-list.ts';
import { beginListing } from '../../src/store/filesystem-list-begun.ts';
import { type LookThread, makeLookThread } from '../../src/store/filesystem-look-thread.ts';
import { makeAhead } from '../../src/store/filesystem-members.ts';
import { diskPaths, type Reach } from '../../src/store/filesystem-path.ts';
import type { Resource } from '../../src/store/store.ts';
import { here } from './held-directory.ts';
import { at } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;
let thread: LookThread;

beforeEach(async () => {
  home = temporaryFolder();
  folder = `${home}/served`;
  mkdirSync(`${folder}/c/sub`, { recursive: true });
  mkdirSync(`${folder}/c/.dav207-x`);
  for (const name of ['a', 'b', 'ü']) writeFileSync(`${folder}/c/${name}`, name);
  thread = makeLookThread(2, Number.POSITIVE_INFINITY);
  while (!(await thread.list(folder))) await new Promise((resolve) => setImmediate(resolve));
});

afterEach(() => removeFolder(home));

function diskOf(ahead: Calls['ahead'] = makeAhead(here, thread), reach?: Reach): Disk {
  const calls = { ...makeCalls(here), ahead };
  return { calls, paths: diskPaths(folder, calls, reach), etags: makeEtags(), flush: flushBy(calls, undefined) };
}

async function listed(disk: Disk, begun = beginListing(disk, at('/c'))): Promise<Resource[]> {
  const members: Resource[] = [];
  for await (const batch of listCollection(disk, at('/c'), () => {}, begun)) members.push(...batch);
  return members.sort((a, b) => (a.path < b.path ? -1 : 1));
}

test('it is what the thread has told, and the same as any other', async () => {
  const disk = diskOf();
  const ready = await beginListing(disk, at('/c'))?.();
  expect(ready?.unnamed).toBe(0);
  const members = await listed(disk);
  expect(members.map(({ path }) => path)).toEqual(['/c/a', '/c/b', '/c/sub', '/c/ü']);
  expect(members).toEqual(await listed(disk, async () => undefined));
});

test('a collection with a link in it is listed as any other: where it leads is judged', async () => {
  mkdirSync(`${home}/outside`);
  symlinkSync('../../outside', `${folder}/c/out`);
  symlinkSync('a', `${folder}/c/in`);
  const disk = diskOf();
  expect(await beginListing(disk, at('/c'))?.()).toBeUndefined();
  expect((await listed(disk)).map(({ path }) => path)).toEqual(['/c/a', '/c/b', '/c/in', '/c/sub', '/c/ü']);
});

test('none is begun where links lead out of the folder, nor where nothing is known of the way', () => {
  expect(beginListing(diskOf(undefined, { outside: true }), at('/c'))).toBeUndefined();
  expect(beginListing(diskOf(), at('/c/sub'))).toBeUndefined();
});

test('503: the folder has gone since', async () => {
  const told = await makeAhead(here, thread)(`${folder}/c`);
  const begun = beginListing(
    diskOf(async () => told),
    at('/c'),
  );
  renameSync(folder, `${home}/gone`);
  await expect(begun?.()).rejects.toMatchObject({ status: 503 });
});

test('what was told long ago is looked at again', async () => {
  const clock = performance.now;
  try {
    const begun = beginListing(diskOf(), at('/c'));
    performance.now = () => clock.call(performance) + 1_001;
    expect(await begun?.()).toBeUndefined();
  } finally {
    performance.now = clock;
  }
});
