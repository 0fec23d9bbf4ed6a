// A link, a pipe or a device that another program puts in the place of what was just looked at: no verb is led out of the folder, and none waits.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { makeEtags } from '../../src/store/etag.ts';
import { setAttributes } from '../../src/store/filesystem-attributes.ts';
import { moveFilesOf, replaceFilesOf } from '../../src/store/filesystem-bring-files.ts';
import { type Calls, makeCalls } from '../../src/store/filesystem-calls.ts';
import { bytesOf, openFile } from '../../src/store/filesystem-content.ts';
import { copyMembersOf } from '../../src/store/filesystem-copy-members.ts';
import type { Disk } from '../../src/store/filesystem-disk.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { listCollection, requireListable } from '../../src/store/filesystem-list.ts';
import { makeLot } from '../../src/store/filesystem-lot.ts';
import { LOT_THREAD } from '../../src/store/filesystem-lot-thread.ts';
import { obstaclesIn } from '../../src/store/filesystem-obstacles.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import { presentIn } from '../../src/store/filesystem-present.ts';
import { putSmall } from '../../src/store/filesystem-put.ts';
import { removeResource } from '../../src/store/filesystem-remove.ts';
import { removeMembersOf, removeTreeOf } from '../../src/store/filesystem-remove-tree.ts';
import { renameResource } from '../../src/store/filesystem-rename.ts';
import { stageNear } from '../../src/store/filesystem-stage.ts';
import { copyContent, copyPatched, writeFile } from '../../src/store/filesystem-write.ts';
import { type Disk as Mounted, mountDisk } from '../tmpfs.ts';
import { at, chunks } from './speaking.ts';
import { removeFolder } from './temporary.ts';

let home: string;
let folder: string;
let aside: number;
/** Of what is not to be changed. */
let before: string[][];
/** In memory, as each call of each verb is swapped under in a fresh tree. */
let memory: Mounted;

beforeAll(() => {
  memory = mountDisk('16m');
  // What Node cannot make.
  execFileSync('sh', ['-c', 'mkfifo pipe && mknod zeros c 1 5'], { cwd: memory.folder });
  // There is a thread from now on that clears trees.
  return LOT_THREAD.share(makeLot('unlink', '/', '/', Array(1001).fill('none')));
});
afterAll(() => memory.end());

beforeEach(() => {
  home = `${realpathSync(memory.folder)}/home`;
  folder = `${home}/served`;
  aside = 0;
  plant(`${home}/outside/c`, 'outside');
  writeFileSync(`${home}/outside/c/outside`, '');
  plant(`${folder}/.dav207/c`, 'outside');
  mkdirSync(`${folder}/.dav207/tmp`);
  mkdirSync(`${folder}/p`);
  before = protectedNow();
});

function plant(root: string, content: string): void {
  for (const made of ['empty', 'odd', 'deep']) mkdirSync(`${root}/${made}`, { recursive: true });
  for (const made of ['f', 'deep/f']) writeFileSync(`${root}/${made}`, content);
  symlinkSync('nowhere', `${root}/odd/dangling`);
  for (const name of ['f', 'deep/f', 'empty', 'odd', 'deep', '.']) utimesSync(`${root}/${name}`, 1000, 1000);
}

afterEach(() => removeFolder(home));

/** Another program's work: something else bears the name, and what bore it is put aside. */
function instead(place: string, make: (place: string) => void): void {
  if (existsSync(place)) renameSync(place, `${home}/aside${aside++}`);
  if (existsSync(dirname(place))) make(place);
}

const linkTo = (target: string) => (place: string) => symlinkSync(target, place);
const pipe = (place: string) => linkSync(`${memory.folder}/pipe`, place);
const zeros = (place: string) => linkSync(`${memory.folder}/zeros`, place);
const OF_FILE = /read|list|from it|remove a file|Tree|onto|of a file|program/;
/** For verbs whose name says that they have to do with it. */
const SWAPS: readonly [string, () => void, verbs: RegExp][] = [
  ['a link out for the collection', () => instead(`${folder}/p/c`, linkTo('../../outside/c')), /./],
  ['a link out for the collection above', () => instead(`${folder}/p`, linkTo('../outside')), /./],
  ["a link into the server's own for the collection", () => instead(`${folder}/p/c`, linkTo('../.dav207/c')), /./],
  ['a link out for the file', () => instead(`${folder}/p/c/f`, linkTo('../../../outside/c/f')), OF_FILE],
  [
    'a link out for the member collections',
    () => ['empty', 'odd', 'deep'].map((name) => instead(`${folder}/p/c/${name}`, linkTo(`../../../outside/c/${name}`))),
    /list|obstacles|collection|Tree/,
  ],
  ['a pipe for the file', () => instead(`${folder}/p/c/f`, pipe), OF_FILE],
  ['a device for the file', () => instead(`${folder}/p/c/f`, zeros), OF_FILE],
  ['a link out for the new name', () => instead(`${folder}/p/c/new`, linkTo('../../../outside/c/new')), /write|into it/],
  ['a pipe for the new name', () => instead(`${folder}/p/c/new`, pipe), /write|into it/],
];

/** The system's calls, but after number `deceived` of them the swap happens, before anybody can make use of what was seen. */
function deceiving(deceived: number, swap: () => void): { calls: Calls; count(): number } {
  let count = 0;
  const after = <Args extends unknown[], Seen>(call: (...args: Args) => Promise<Seen>) =>
    (async (...args: Args): Promise<Seen> => {
      try {
        return await call(...args);
      } finally {
        if (++count === deceived) swap();
      }
    }) as never;
  const real = makeCalls(Object.assign(async <T>(now: () => T) => now(), { here: <T>(now: () => T) => now() }));
  const { lots, entries, members, here, turn, ...single } = real;
  const each = <T extends object>(those: T) =>
    Object.fromEntries(Object.entries(those).map(([name, call]) => [name, after(call as never)])) as unknown as T;
  const calls: Calls = {
    ...each(single),
    lots: each(lots),
    async *entries(place) {
      for await (const batch of entries(place)) {
        if (++count === deceived) swap();
        yield batch;
      }
    },
    members: (place, path) => after(members(place, path)),
    here(now) {
      try {
        return here(now);
      } finally {
        if (++count === deceived) swap();
      }
    },
    turn,
  };
  return { calls, count: () => count };
}

async function textOf(disk: Disk, path: Path): Promise<string> {
  const { handle, stats } = await openFile(disk, path);
  const parts: Uint8Array[] = [];
  for await (const part of bytesOf(handle, Number(stats.size))) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function namesOf(disk: Disk, path: Path): Promise<string> {
  const names: string[] = [];
  for await (const batch of listCollection(disk, path, () => {})) names.push(...batch.map(({ path: member, size }) => `${member} ${size}`));
  return names.join();
}

async function copiesOf(disk: Disk, from: Path, to: Path): Promise<void> {
  for await (const { files } of copyMembersOf(disk, from, to, 1, () => {})) expect(files.length).toBeLessThan(2);
}

async function replacesOf(disk: Disk, from: Path, to: Path): Promise<void> {
  const which = { from, to, aside: async () => at('/aside'), alone: () => false };
  for await (const { files } of replaceFilesOf(disk, which, () => {})) expect(files.length).toBeLessThan(2);
}

async function movesOf(disk: Disk, from: Path, to: Path): Promise<void> {
  for await (const { files } of moveFilesOf(disk, { from, to, alone: () => false }, () => {})) expect(files.length).toBeLessThan(2);
}

const patch = () => ({ offset: 0, bytes: chunks('p') });
const times = { modified: 5_000_000, accessed: 5_000_000 };
const VERBS: readonly [string, (disk: Disk) => Promise<unknown>][] = [
  ['read', (disk) => textOf(disk, at('/p/c/f'))],
  ['list', (disk) => namesOf(disk, at('/p/c'))],
  ['obstacles', (disk) => obstaclesIn(disk, at('/p/c'))],
  ['write', (disk) => writeFile(disk, at('/p/c/new'), chunks('x'))],
  ['put, a write', (disk) => putSmall(disk, at('/p/c/new'), Buffer.from('x'))],
  ['put onto a file, or write there', (disk) => putSmall(disk, at('/p/c/f'), Buffer.from('x'))],
  ['stage', (disk) => stageNear(disk, at('/p/c/f'))],
  ['copyFile from it', (disk) => copyContent(disk, at('/p/c/f'), at('/copy'))],
  ['copyFile into it', (disk) => copyContent(disk, at('/g'), at('/p/c/new'))],
  ['copyPatched from it', (disk) => copyPatched(disk, at('/p/c/f'), at('/copy'), patch())],
  ['copyPatched into it', (disk) => copyPatched(disk, at('/g'), at('/p/c/new'), patch())],
  ['copyMembers, Trees too, from it', (disk) => copiesOf(disk, at('/p/c'), at('/q'))],
  ['copyMembers, Trees too, into it', (disk) => copiesOf(disk, at('/q'), at('/p/c'))],
  ['replaceFiles from it', (disk) => replacesOf(disk, at('/p/c'), at('/q'))],
  ['replaceFiles into it', (disk) => replacesOf(disk, at('/q'), at('/p/c'))],
  ['moveFiles from it', (disk) => movesOf(disk, at('/p/c'), at('/aside'))],
  ['moveFiles into it', (disk) => movesOf(disk, at('/q'), at('/p/c'))],
  ['listable', async (disk) => expect(await requireListable(disk, at('/p/c')).catch(() => undefined)).toBeUndefined()],
  ['present, as in a list', async (disk) => `of ${[...(await presentIn(disk, at('/p/c'), ['f', 'outside']))]}`],
  ['remove a file', (disk) => removeResource(disk, at('/p/c/f'))],
  ['remove an empty collection', (disk) => removeResource(disk, at('/p/c/empty'))],
  ['remove a collection with what nobody sees', (disk) => removeResource(disk, at('/p/c/odd'))],
  ['removeTree', (disk) => removeTreeOf(disk, at('/p/c'), { one: () => {} })],
  ['removeTree by a thread', (disk) => removeTreeOf(disk, at('/p/c'), { one: () => {}, many: () => {} })],
  ['removeTree of the members only', (disk) => removeMembersOf(disk, at('/p/c'), () => [], { one: () => {} })],
  ['rename from it', (disk) => renameResource(disk, at('/p/c/f'), at('/moved'))],
  ['rename a collection from it', (disk) => renameResource(disk, at('/p/c/empty'), at('/moved'))],
  ['rename into it', (disk) => renameResource(disk, at('/g'), at('/p/c/new'))],
  ['rename onto it', (disk) => renameResource(disk, at('/g'), at('/p/c/f'))],
  ['set times of a file', (disk) => setAttributes(disk, at('/p/c/f'), times)],
  ['set times of a collection', (disk) => setAttributes(disk, at('/p/c/empty'), times)],
  ['make a program of it', (disk) => setAttributes(disk, at('/p/c/f'), { executable: true })],
];

/** All that is in a place, with what a verb could change of it. */
function stateOf(place: string): string[] {
  const names = ['.', ...readdirSync(place, { recursive: true, encoding: 'utf8' })].sort();
  return names.map((name) => {
    const { mode, mtimeMs, size, ctimeMs } = lstatSync(`${place}/${name}`);
    return [name, mode, mtimeMs, size, ctimeMs].join(' ');
  });
}

const protectedNow = () => [stateOf(`${home}/outside`), stateOf(`${folder}/.dav207/c`)];

/** Is nothing told of what is outside, and nothing of it changed? False when there was no such call. */
async function deceive(work: (disk: Disk) => Promise<unknown>, deceived: number, swap: () => void): Promise<boolean> {
  for (const name of ['p', 'q', 'aside', 'copy', 'moved']) removeFolder(`${folder}/${name}`);
  plant(`${folder}/p/c`, 'inside');
  writeFileSync(`${folder}/g`, 'g');
  for (const name of ['aside', 'q/one/new', 'q/two/new']) mkdirSync(`${folder}/${name}`, { recursive: true });
  writeFileSync(`${folder}/q/new`, 'q');
  // What was seen in one turn of the event loop is known to the end of it.
  await new Promise((resolve) => setImmediate(resolve));
  const { calls, count } = deceiving(deceived, swap);
  const told = await work({ calls, paths: diskPaths(folder, calls), etags: makeEtags(), flush: flushBy(calls, async () => {}) }).catch(
    (error: Error) => error,
  );
  if (typeof told === 'string') expect(told).not.toMatch(/outside|\/f 7|^$/); // seven bytes are outside's, none a pipe's
  expect(protectedNow()).toEqual(before);
  for (const name of ['copy', 'moved', 'q/f', 'q/deep/f', 'q/new', 'aside/f']) {
    const made = `${folder}/${name}`;
    if (lstatSync(made, { throwIfNoEntry: false })?.isFile()) expect(readFileSync(made, 'utf8')).not.toContain('tside');
  }
  return count() >= deceived;
}

describe.each(VERBS)('%s', (verb, work) => {
  test.each(SWAPS.filter(([, , verbs]) => verbs.test(verb)))('%s', async (_what, swap) => {
    for (let deceived = 1; await deceive(work, deceived, swap); deceived++);
  });
});
