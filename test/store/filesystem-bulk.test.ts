// What the disk does with many at once comes to the same as one verb after the other, whatever is in the tree.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
import { LARGE } from '../../src/store/filesystem-handle.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import type { Copied, Resource, Store } from '../../src/store/store.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const at = (path: string) => path as Path;

/** One thing in a tree, made by what it says. */
type Kind = 'file' | 'program' | 'large' | 'empty' | 'link' | 'dangling' | 'outward' | 'loop' | 'pipe' | 'reserved' | 'bytes';
interface Drawn {
  readonly kind: Kind;
  readonly in: number;
}

const KINDS: readonly Kind[] = ['file', 'program', 'large', 'empty', 'link', 'dangling', 'outward', 'loop', 'pipe', 'reserved', 'bytes'];
const FOLDERS = ['t', 't/a', 't/a/b', 't/c'];
const drawn = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), in: fc.nat(FOLDERS.length - 1) }), { maxLength: 12 });

function make(folder: string, things: readonly Drawn[]): void {
  for (const name of FOLDERS) mkdirSync(`${folder}/${name}`, { recursive: true });
  writeFileSync(`${folder}/kept`, 'kept');
  for (const [index, { kind, in: where }] of things.entries()) {
    const place = `${folder}/${FOLDERS[where]}/${index}`;
    switch (kind) {
      case 'file':
      case 'program':
        writeFileSync(place, `content ${index}`, { mode: kind === 'program' ? 0o751 : 0o640 });
        break;
      case 'large':
        writeFileSync(place, Buffer.alloc(LARGE + 1, index));
        break;
      case 'empty':
        writeFileSync(place, '');
        break;
      case 'link':
        symlinkSync(relative(dirname(place), `${folder}/kept`), place);
        break;
      case 'dangling':
        symlinkSync('nowhere', place);
        break;
      case 'outward':
        symlinkSync('/etc/hostname', place);
        break;
      case 'loop':
        symlinkSync(relative(dirname(place), `${folder}/t`) || '.', place);
        break;
      case 'pipe':
        execFileSync('mkfifo', [place]);
        break;
      case 'reserved':
        mkdirSync(`${folder}/${FOLDERS[where]}/.dav207-${index}`);
        break;
      case 'bytes':
        writeFileSync(Buffer.concat([Buffer.from(`${place}-`), Buffer.from([0xff])]), 'no name');
        break;
    }
  }
}

const NOBODY = 65_534;
/** Of a collection: its owner's own, not writable, not to be entered, not to be listed, and one where all may write and nobody remove what is another's. */
const MODES = [0o755, 0o755, 0o555, 0o444, 0o311, 0o1777];
const modes = fc.array(fc.constantFrom(...MODES), { minLength: FOLDERS.length, maxLength: FOLDERS.length });

/** The collections are nobody's, and the one with the number `foreign` is another's. */
function restrict(folder: string, asked: readonly number[], foreign: number): void {
  execFileSync('chown', ['-R', `${NOBODY}`, folder]);
  execFileSync('find', [`${folder}/${FOLDERS[foreign]}`, '-maxdepth', '1', '-exec', 'chown', '-h', '0', '{}', ';']);
  for (const [index, mode] of asked.entries()) chmodSync(`${folder}/${FOLDERS[index]}`, mode);
}

/** As a user who may not do everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** A fresh folder with these things in it, and what `work` tells, in an order of its own, and leaves. */
async function outcome(
  things: readonly Drawn[],
  bulk: boolean,
  work: (store: Store) => Promise<readonly string[]>,
  rights?: { readonly asked: readonly number[]; readonly foreign: number },
): Promise<unknown> {
  const folder = temporaryFolder();
  try {
    make(folder, things);
    if (rights) restrict(folder, rights.asked, rights.foreign);
    const store = filesystemStore({ folder });
    const working = () => work(bulk ? store : { ...store, bulk: undefined });
    const told = await (rights ? asNobody(working) : working());
    return { told: told.toSorted(), left: listing(folder) };
  } finally {
    removeFolder(folder);
  }
}

/** Every name with its type, mode, size and where it leads, and the content of every file: names that are no text too. */
function listing(folder: string): string[] {
  const print = ['-printf', '%P %y %m %s %l\\n', '-type', 'f', '-exec', 'md5sum', '{}', ';'];
  const found = execFileSync('find', ['.', '-path', './.dav207/*', '-prune', '-o', ...print], { cwd: folder, encoding: 'latin1' });
  return found.split('\n').sort();
}

const removal = (store: Store) => removed((root, removing) => removeTree(root, removing), store);

/** But for some members. */
const pruning = (store: Store) => removed((root, removing) => removeMembers(root, removing, (path) => /[c02468]$/.test(path)), store);

async function removed(remove: (root: Ref, removing: Removing) => Promise<Outcome>, store: Store): Promise<string[]> {
  const notes = new Notes();
  const tally = await remove({ path: at('/t'), collection: true }, { store, side: 'source', notes });
  expect(tally.done).toBe(notes.kept.length);
  const kept = tally.failures.map(({ ref, error }) => `${ref.path} ${ref.collection} ${error.status} ${error.message}`);
  return [...kept, ...notes.kept.map(({ ref }) => `- ${ref.path} ${ref.collection}`)];
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
  ['emptied', pruning],
  ['copied', copying],
])('as one by one, a tree is %s, and what is not is told', (_done, work) => {
  test('whatever is in it', async () => {
    let odd = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async (things) => {
        expect(await outcome(things, true, work)).toEqual(await outcome(things, false, work));
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
        const bulk = await outcome(things, true, work, { asked, foreign });
        expect(bulk).toEqual(await outcome(things, false, work, { asked, foreign }));
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
