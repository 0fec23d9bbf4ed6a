// A small file written and put in its place in one slice: all of it or nothing, and only where nothing else has to be thought of.
import fs, { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { makeEtags, type Numbers } from '../../src/store/etag.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import type { Disk } from '../../src/store/filesystem-disk.ts';
import { flushBy } from '../../src/store/filesystem-flush.ts';
import { holdAnew } from '../../src/store/filesystem-hold.ts';
import { makePace, makeTurns } from '../../src/store/filesystem-pace.ts';
import { diskPaths } from '../../src/store/filesystem-path.ts';
import { putSmall } from '../../src/store/filesystem-put.ts';
import { resourceOf } from '../../src/store/filesystem-resource.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let folder: string;
let atOnce: boolean;
let disk: Disk;

beforeEach(async () => {
  home = temporaryFolder();
  folder = `${home}/served`;
  for (const made of [`${folder}/c`, `${folder}/.dav207/tmp`, `${home}/outside`]) mkdirSync(made, { recursive: true });
  for (const file of [`${folder}/c/f`, `${home}/outside/f`]) writeFileSync(file, 'old');
  symlinkSync('f', `${folder}/c/link`);
  atOnce = true;
  // A slice without an end, and a moment ago is always.
  jest.spyOn(performance, 'now').mockReturnValue(0);
  disk = await diskBy(() => 0);
});

async function diskBy(clock: () => number): Promise<Disk> {
  const calls = makeCalls(makePace(() => atOnce, makeTurns(clock)));
  const made = { calls, paths: diskPaths(folder, calls), etags: makeEtags(), flush: flushBy(calls, undefined) };
  for (const known of ['/c/f', '/.dav207/tmp/any']) await made.paths.resolve(known as Path);
  return made;
}

afterEach(() => {
  jest.restoreAllMocks();
  removeFolder(home);
});

const put = (path: string, content = 'new') => putSmall(disk, path as Path, Buffer.from(content));
const staged = () => readdirSync(`${folder}/.dav207/tmp`);

test.each(['/c/f', '/c/none'])('%s is put in its place, and told as it is then', async (path) => {
  const told = await put(path);
  expect(readFileSync(folder + path, 'utf8')).toBe('new');
  const spot = await disk.paths.existing(path as Path);
  expect(told).toEqual({ made: resourceOf(path as Path, false, spot.stats, disk.etags) });
  expect(staged()).toEqual([]);
});

test('what tells entity-tags apart is told of what has gone and what has come', async () => {
  const { ino } = lstatSync(`${folder}/c/f`, { bigint: true });
  const told: [string, bigint][] = [];
  const written = (stamp: Numbers) => void told.push(['written', stamp.ino]);
  const touched = (stamp: Numbers) => void told.push(['touched', stamp.ino]);
  await putSmall({ ...disk, etags: { ...disk.etags, written, touched } }, '/c/f' as Path, Buffer.from('new'));
  expect(told).toEqual([
    ['touched', ino],
    ['written', lstatSync(`${folder}/c/f`, { bigint: true }).ino],
  ]);
});

test('what another program has put there since is not told as what has come', async () => {
  const rename = fs.renameSync;
  jest.spyOn(fs, 'renameSync').mockImplementationOnce((from, to) => {
    rename(from, to);
    rename(`${home}/outside/f`, to);
  });
  expect(await put('/c/f')).toEqual({ made: undefined });
  expect(readFileSync(`${folder}/c/f`, 'utf8')).toBe('old');
});

test.each([0o600, 0o664, 0o4644])('a file of mode %o keeps it, but for set-id bits', async (mode) => {
  chmodSync(`${folder}/c/f`, mode);
  expect(await put('/c/f')).toBeDefined();
  expect(lstatSync(`${folder}/c/f`).mode & 0o7777).toBe(mode & 0o777);
});

test.each([
  ['a link', '/c/link', () => {}],
  ['a collection', '/c', () => {}],
  ['what has no collection', '/d/f', () => {}],
  ['a name that is too long', `/c/${'n'.repeat(300)}`, () => {}],
  ['what is somebody else’s', '/c/f', () => chownSync(`${folder}/c/f`, 1234, 1234)],
  ['a large file', '/c/f', () => writeFileSync(`${folder}/c/f`, Buffer.alloc(300_000))],
  [
    'a disk that may not answer',
    '/c/f',
    () => {
      atOnce = false;
    },
  ],
  ['a staging place that is gone', '/c/f', () => renameSync(`${folder}/.dav207/tmp`, `${home}/tmp`)],
  ['a staging place behind a link', '/c/f', () => linkStaging()],
])('%s is left to who does it step by step, and stays', async (_, path, change) => {
  holdAnew(); // as at the end of a turn
  change();
  const before = [folder, `${home}/outside`].map(contentsOf);
  expect(await put(path)).toBe(undefined);
  expect([folder, `${home}/outside`].map(contentsOf)).toEqual(before);
});

test('a link that has come in the place of a collection leads nowhere', async () => {
  holdAnew();
  renameSync(`${folder}/c`, `${home}/was`);
  symlinkSync('../outside', `${folder}/c`);
  expect(await put('/c/f')).toBe(undefined);
  expect([`${home}/outside/f`, `${home}/was/f`].map((file) => readFileSync(file, 'utf8'))).toEqual(['old', 'old']);
});

test.each(Array.from({ length: 12 }, (_, looks) => looks))(
  'is done in the next slice where one ends after %i looks at the clock',
  async (looks) => {
    let left = Number.POSITIVE_INFINITY;
    disk = await diskBy(() => (left-- > 0 ? 0 : 3));
    await new Promise((resolve) => setImmediate(resolve));
    left = looks;
    expect(await put('/c/f')).toBeDefined();
    expect([readFileSync(`${folder}/c/f`, 'utf8'), staged()]).toEqual(['new', []]);
  },
);

function linkStaging(): void {
  renameSync(`${folder}/.dav207/tmp`, `${home}/tmp`);
  symlinkSync(`${home}/tmp`, `${folder}/.dav207/tmp`);
}

function contentsOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        `${entry.parentPath}/${entry.name} ${entry.isFile() ? readFileSync(`${entry.parentPath}/${entry.name}`).toString('latin1') : ''}`,
    )
    .sort();
}
