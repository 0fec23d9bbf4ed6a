// What the disk does with many at once comes to the same as one verb after the other, whatever is in the tree.
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { build } from '../../src/operations/build.ts';
import { Notes } from '../../src/operations/carried-out.ts';
import type { Outcome } from '../../src/operations/outcome.ts';
import { type Removing, removeMembers, removeTree } from '../../src/operations/remove-tree.ts';
import type { Path, Ref } from '../../src/protocol/path.ts';
import { makeEtags } from '../../src/store/etag.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { type Calls, makeCalls } from '../../src/store/filesystem-calls.ts';
import { copyFilesOf } from '../../src/store/filesystem-copy-files.ts';
import type { Disk } from '../../src/store/filesystem-disk.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { makeLot } from '../../src/store/filesystem-lot.ts';
import { LOT_THREAD } from '../../src/store/filesystem-lot-thread.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import type { Copied, Resource, Store } from '../../src/store/store.ts';
import { drawn, FOLDERS, modes, outcome } from './odd-tree.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const at = (path: string) => path as Path;

/** There is a thread from now on that clears trees, until it has nothing to do. */
const begin = () => LOT_THREAD.share(makeLot('unlink', '/', '/', Array(1001).fill('none')));

beforeAll(begin);

const removal = (store: Store) => removed((root, removing) => removeTree(root, removing), store);

/** But for some members. */
const pruning = (store: Store) =>
  removed((root, removing) => removeMembers(root, removing, (members) => members.filter((path) => /[c02468]$/.test(path))), store);

/** As where nobody asks what was removed. */
async function clearing(store: Store): Promise<string[]> {
  const tally = await removeTree({ path: at('/t'), collection: true }, { store, side: 'source' });
  return [`${tally.done}`, ...keptIn(tally)];
}

/** The same where the thread has begun once some is gone. */
async function clearingLate(store: Store): Promise<string[]> {
  const { clear } = LOT_THREAD;
  let asked = 0;
  LOT_THREAD.clear = (place) => (asked++ < 3 ? undefined : clear(place));
  try {
    return await clearing(store);
  } finally {
    LOT_THREAD.clear = clear;
  }
}

const keptIn = ({ failures }: Outcome) =>
  failures.map(({ ref, error }) => `${ref.path} ${ref.collection} ${error.status} ${error.message}`);

async function removed(remove: (root: Ref, removing: Removing) => Promise<Outcome>, store: Store): Promise<string[]> {
  const notes = new Notes();
  const tally = await remove({ path: at('/t'), collection: true }, { store, side: 'source', notes });
  expect(tally.done).toBe(notes.kept.length);
  return [...keptIn(tally), ...notes.kept.map(({ ref }) => `- ${ref.path} ${ref.collection}`)];
}

async function copying(store: Store): Promise<string[]> {
  const source = await store.stat(at('/t'));
  if (!source) throw new Error('nothing to copy');
  const notes = new Notes();
  const file = (member: { path: Path }, to: Path) => store.copyFile(member.path, to);
  const tally = await build(source, at('/u'), at('/v'), { store, notes, file, files: store.bulk?.copyFiles });
  const failures = tally.failures.map(({ ref, side, error }) => `${side} ${ref.path} ${error.status} ${error.message}`);
  return [`${tally.done}`, ...failures, ...notes.kept.map(({ ref }) => `+ ${ref.path} ${ref.collection}`)];
}

describe.each([
  ['removed', removal],
  ['cleared', clearing],
  ['cleared at last', clearingLate],
  ['emptied', pruning],
  ['copied', copying],
])('as one by one, a tree is %s, and what is not is told', (_done, work) => {
  test('whatever is in it', async () => {
    let odd = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async (things) => {
        expect(await outcome({ t: things }, true, work)).toEqual(await outcome({ t: things }, false, work));
        if (things.some(({ kind }) => kind === 'reserved' || kind === 'bytes')) odd++;
      }),
      { numRuns: 60 },
    );
    expect(odd).toBeGreaterThan(5);
  });

  test('whatever of it may be listed, entered and written', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(drawn, modes, fc.nat(FOLDERS.length - 1), async (things, asked, foreign) => {
        const bulk = await outcome({ t: things }, true, work, { asked, foreign });
        expect(bulk).toEqual(await outcome({ t: things }, false, work, { asked, foreign }));
        if (JSON.stringify(bulk).includes(' 403 ')) refused++;
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(5);
  });
});

/** All that is told of a copy of `/from` to `/to`. */
async function copied(store: Store): Promise<Copied> {
  const all = { files: [] as Copied['files'][number][], others: [] as Resource[] };
  for await (const { files, others } of store.bulk?.copyFiles(at('/from'), at('/to')) ?? []) {
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
    for await (const batch of copyFilesOf(disk, at('/from'), at('/to'), () => {})) copies.push(batch);
    expect(copies).toEqual([{ files: [], others: [] }]);
    expect(readdirSync(`${folder}/to`)).toEqual([]);
  });
});
