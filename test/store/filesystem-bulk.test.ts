// What the disk does with many at once: what it is asked for and what it leaves. That it comes to the same as one by one is held by random-bulk.
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { removeTree } from '../../src/operations/remove-tree.ts';
import type { Path } from '../../src/protocol/path.ts';
import { makeEtags } from '../../src/store/etag.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { type Calls, makeCalls } from '../../src/store/filesystem-calls.ts';
import { copyMembersOf } from '../../src/store/filesystem-copy-members.ts';
import type { Disk } from '../../src/store/filesystem-disk.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { makeLot } from '../../src/store/filesystem-lot.ts';
import { LOT_THREAD } from '../../src/store/filesystem-lot-thread.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import type { Copied, Resource, Store } from '../../src/store/store.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const at = (path: string) => path as Path;

/** There is a thread from now on that clears trees, until it has nothing to do. */
const begin = () => LOT_THREAD.share(makeLot('unlink', '/', '/', Array(1001).fill('none')));

beforeAll(begin);

/** All that is told of a copy of `/from` to `/to`. */
async function copied(store: Store): Promise<Copied> {
  const all = { files: [] as Copied['files'][number][], others: [] as Resource[], more: 0 };
  for await (const { files, others } of store.bulk?.copyMembers(at('/from'), at('/to'), 0) ?? []) {
    all.files.push(...files);
    all.others.push(...others);
  }
  return all;
}

test('a thread that begins is given all that is left of a collection', async () => {
  const folder = temporaryFolder();
  for (let index = 0; index < 9; index++) mkdirSync(`${folder}/t/c${index}/d`, { recursive: true });
  for (let index = 0; index < 9; index++) writeFileSync(`${folder}/t/c${index}/f`, '');
  await begin();
  const { clear } = LOT_THREAD;
  const left: number[] = [];
  LOT_THREAD.clear = (place) => {
    left.push(readdirSync(place).length);
    return left.length > 7 ? clear(place) : undefined;
  };
  const tally = await removeTree({ path: at('/t'), collection: true }, { store: filesystemStore({ folder }), side: 'source' });
  LOT_THREAD.clear = clear;
  // It is asked at each collection that is gone into, and before the next one.
  expect([tally.done, left, readdirSync(folder)]).toEqual([28, [9, 9, 2, 0, 8, 2, 0, 7], []]);
  removeFolder(folder);
});

function diskOf(folder: string): Disk {
  const calls = makeCalls(async (now) => now());
  return { calls, paths: diskPaths(realpathSync(folder), calls), etags: makeEtags(), flush: flushBy(calls, undefined) };
}

describe('of many files', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = temporaryFolder();
    store = filesystemStore({ folder });
    mkdirSync(`${folder}/from`);
    mkdirSync(`${folder}/to`);
  });
  afterEach(() => removeFolder(folder));

  test('each is copied with its mode, and nothing is written over', async () => {
    for (let index = 0; index < 100; index++) writeFileSync(`${folder}/from/${index}`, `${index}`);
    chmodSync(`${folder}/from/7`, 0o4711);
    writeFileSync(`${folder}/to/3`, 'there');
    const { files, others } = await copied(store);
    expect([files.length, others]).toEqual([100, []]);
    expect(files.flatMap(({ path, error }) => (error ? [[path, error.status]] : []))).toEqual([['/from/3', 409]]);
    expect(readFileSync(`${folder}/to/3`, 'utf8')).toBe('there');
    expect(readFileSync(`${folder}/to/99`, 'utf8')).toBe('99');
    expect(statSync(`${folder}/to/7`).mode & 0o7777).toBe(0o711);
  });

  test('what is to be flushed, and who only reads, has no such thing', () => {
    expect(filesystemStore({ folder, readOnly: true }).bulk).toBeUndefined();
    expect(filesystemStore({ folder, sync: async () => {} }).bulk).toBeUndefined();
  });

  test('a link that has come in the place of a file is not followed', async () => {
    writeFileSync(`${folder}/from/f`, 'f');
    const { calls, paths, etags, flush } = diskOf(folder);
    const swapping: Calls['entries'] = async function* (place) {
      for await (const batch of calls.entries(place)) {
        removeFolder(`${folder}/from/f`);
        symlinkSync('/etc/hostname', `${folder}/from/f`);
        yield batch;
      }
    };
    const disk = { calls: { ...calls, entries: swapping }, paths, etags, flush };
    const copies = [];
    for await (const batch of copyMembersOf(disk, at('/from'), at('/to'), 0, () => {})) copies.push(batch);
    expect(copies).toEqual([{ files: [], others: [], more: 0 }]);
    expect(readdirSync(`${folder}/to`)).toEqual([]);
  });
});
