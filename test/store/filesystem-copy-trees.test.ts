// Two threads copy what is plain of trees, tell what they left, and are led nowhere by what comes in the place of a directory.
import { execFileSync } from 'node:child_process';
import fs, { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isReservedName } from '../../src/protocol/path.ts';
import { copyTrees, type Growing, type Grown, LARGEST_DIRECTORY, type Left } from '../../src/store/filesystem-copy-trees.ts';
import { SMALL_DIRECTORY } from '../../src/store/filesystem-entries.ts';
import { LARGE } from '../../src/store/filesystem-handle.ts';
import { type LotThread, makeLotThread } from '../../src/store/filesystem-lot-thread.ts';
import { copyTreesOf, type Trees } from '../../src/store/filesystem-lot-trees.ts';
import { textOf } from '../../src/store/filesystem-names.ts';
import { smallCopies } from '../../src/store/filesystem-small-copy.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let from: string;
let to: string;

beforeEach(() => {
  home = temporaryFolder();
  [from, to] = [`${home}/from`, `${home}/to`];
  for (const place of ['from/c/ü', 'from/d', 'to', 'outside/c/ü']) mkdirSync(`${home}/${place}`, { recursive: true });
  for (const place of ['from/c/f', 'from/c/ü/ü', 'outside/f', 'outside/ü']) writeFileSync(`${home}/${place}`, place);
});
afterEach(() => removeFolder(home));

const descriptors = () => readdirSync('/proc/self/fd').length;

const growing = (levels = 16): Growing => ({
  from,
  to,
  trees: readdirSync(from).join('/'),
  next: new Int32Array(new SharedArrayBuffer(4)),
  levels,
  number: 7,
});

const copiesBy = (calls: Partial<typeof fs>, part = Number.POSITIVE_INFINITY, clock = () => 0, small = SMALL_DIRECTORY) => {
  const all = { ...fs, ...calls };
  return copyTrees(all, smallCopies(all, LARGE), textOf, isReservedName, '/proc/self/fd', small, LARGEST_DIRECTORY, part, clock);
};

const told = (left: readonly Left[]) =>
  left.map(({ collection, names, unnamed }) => [collection, [...names].sort().join(' '), unnamed]).sort();

const numbersOf = (place: string) => {
  const { dev, ino, ctimeNs } = lstatSync(place, { bigint: true });
  return `${dev} ${ino} ${ctimeNs}`;
};

test.each([SMALL_DIRECTORY, 0])('small files and collections are copied with their modes; what is none is left and told (%p)', (small) => {
  for (const name of ['c/k/l', 'd/k/.dav207-x', 'd/e']) mkdirSync(`${from}/${name}`, { recursive: true });
  writeFileSync(`${from}/c/program`, 'p', { mode: 0o755 });
  fs.chmodSync(`${from}/c/program`, 0o4777);
  writeFileSync(`${from}/d/large`, Buffer.alloc(LARGE + 1));
  writeFileSync(`${from}/d/fits`, Buffer.alloc(LARGE, 1));
  symlinkSync('c', `${from}/d/link`);
  writeFileSync(Buffer.from(`${from}/d/e/\xff`, 'latin1'), '');
  execFileSync('mkfifo', [`${from}/c/k/pipe`]);
  const held = descriptors();
  const { done, left, over, finished, changed } = copiesBy({}, undefined, undefined, small)(growing(), true);
  expect([done, over, finished, descriptors()]).toEqual([11, true, 2, held]);
  expect(told(left)).toEqual([
    ['c/k', 'pipe', 0],
    ['d', 'large link', 0],
    ['d/e', '', 1],
  ]);
  const made = readdirSync(to, { recursive: true, encoding: 'utf8' }).sort();
  expect(made).toEqual(['c', 'c/f', 'c/k', 'c/k/l', 'c/program', 'c/ü', 'c/ü/ü', 'd', 'd/e', 'd/fits', 'd/k']);
  expect([lstatSync(`${to}/c/program`).mode & 0o7777, readFileSync(`${to}/c/ü/ü`, 'utf8')]).toEqual([0o777, 'from/c/ü/ü']);
  expect(readFileSync(`${to}/d/fits`).equals(Buffer.alloc(LARGE, 1))).toBe(true);
  const triples = Array.from({ length: done }, (_, index) => changed.slice(3 * index, 3 * index + 3).join(' '));
  expect(triples.sort()).toEqual(made.map((name) => numbersOf(`${to}/${name}`)).sort());
});

test('what is below so many levels is left, and so is a collection that cannot be read, or made, or is large', () => {
  expect([told(copiesBy({})(growing(1), true).left), readdirSync(`${to}/c`)]).toEqual([[['c', 'ü', 0]], ['f']]);
  mkdirSync(`${home}/again`);
  mkdirSync(`${home}/again/c`);
  to = `${home}/again`;
  expect(told(copiesBy({})(growing(), true).left)).toEqual([['', 'c', 0]]);
  const failing = (verb: 'mkdirSync' | 'readdirSync' | 'openSync', place: string) => ({
    [verb]: (...asked: [string]) => {
      const parent = `${asked[0]}`.replace(/\/[^/]*$/, '');
      if (`${fs.realpathSync(verb === 'readdirSync' ? `${asked[0]}` : parent)}`.endsWith(place)) throw new Error('fails');
      return (fs[verb] as (...asked: unknown[]) => unknown)(...asked);
    },
  });
  const cases: [Partial<typeof fs>, unknown][] = [
    [failing('readdirSync', 'from/c/ü'), [['c', 'ü', 0]]],
    [failing('mkdirSync', 'copy/c'), [['c', 'ü', 0]]],
    // The copy of a collection that cannot be entered is taken back.
    [failing('openSync', 'copy/c'), [['c', 'f ü', 0]]],
    [{ fstatSync: ((fd: number, options: never) => Object.assign(fs.fstatSync(fd, options), !options && { size: LARGEST_DIRECTORY + 1 })) as never }, [['', 'c', 0], ['', 'd', 0]]], // biome-ignore format: a table
  ];
  for (const [calls, left] of cases) {
    removeFolder(`${home}/copy`);
    mkdirSync(`${home}/copy`);
    to = `${home}/copy`;
    expect(told(copiesBy(calls)(growing(), true).left)).toEqual(left);
    expect(fs.existsSync(`${to}/c/ü`)).toBe(false);
  }
});

test('a file that cannot be written is left, and nothing of it is there', () => {
  const writeSync = ((fd: number, ...rest: [Uint8Array]) => {
    if (fs.readlinkSync(`/proc/self/fd/${fd}`).endsWith('ü/ü')) throw new Error('full');
    return fs.writeSync(fd, ...rest);
  }) as typeof fs.writeSync;
  expect([told(copiesBy({ writeSync })(growing(), true).left), readdirSync(`${to}/c/ü`)]).toEqual([[['c/ü', 'ü', 0]], []]);
});

test.each(['from/c', 'from/c/ü', 'to/c', 'to/c/ü'])('a link that has come in the place of %s is not followed, nor one above it', (at) => {
  const place = `${home}/${at}`;
  let swapped = 0;
  const openSync: typeof fs.openSync = (entry, flags, mode) => {
    if (fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory()) {
      renameSync(place, `${home}/aside${swapped++}`);
      symlinkSync(`${home}/outside`, place);
    }
    return fs.openSync(entry, flags, mode);
  };
  copiesBy({ openSync })(growing(), true);
  expect([swapped, readdirSync(`${home}/outside`, { recursive: true }).sort()]).toEqual([1, ['c', 'c/ü', 'f', 'ü']]);
  expect(execFileSync('find', ['to', '-type', 'f', '-exec', 'cat', '{}', ';'], { cwd: home }).toString()).not.toContain('outside');
});

test('is done in parts, and given up in the midst of a tree', () => {
  for (let index = 0; index < 10; index++) writeFileSync(`${from}/c/f${index}`, '');
  let now = 0;
  const copy = copiesBy({}, 3, () => now++);
  const work = growing();
  const parts: Grown[] = [copy(work, true)];
  expect([parts[0]?.over, parts[0]?.finished]).toEqual([false, 0]);
  for (let part = copy(work, false); ; part = copy(work, false)) {
    parts.push(part);
    if (part.over) break;
  }
  // The collection is there, and nothing more is made in it.
  expect(parts.slice(1).reduce((sum, { done }) => sum + done, 0)).toBe(1);
  const all = parts.flatMap(({ left }) => left);
  const copied = readdirSync(`${to}/c`);
  expect(all.map(({ collection }) => collection)).toEqual(['c']);
  expect([...(all[0]?.names ?? []), ...copied].sort()).toEqual(readdirSync(`${from}/c`).sort());
  expect([copied.length > 0, fs.existsSync(`${to}/d`)]).toEqual([true, false]);
});

test('a larger directory is read in parts, and given up meanwhile it has no copy', () => {
  for (let index = 0; index < 10; index++) writeFileSync(`${from}/c/f${index}`, '');
  let now = 0;
  const copy = copiesBy({}, 3, () => now++, 0);
  const [work, held] = [growing(), descriptors()];
  expect([copy(work, true).over, readdirSync(to)]).toEqual([false, []]);
  const parts = [copy(work, false)];
  while (!parts.at(-1)?.over) parts.push(copy(work, false));
  expect([told(parts.flatMap(({ left }) => left)), readdirSync(to), descriptors()]).toEqual([[['', 'c', 0]], [], held]);
});

type Paced = <T>(now: () => T, later: () => Promise<T>) => Promise<T>;

function copied(thread: LotThread, pace: Paced = async (now) => now()): Promise<Trees> {
  return copyTreesOf(pace, thread, { from, to, names: readdirSync(from), levels: 16, written: () => {} });
}

/** More than one part of the work. */
function plantMany(): void {
  for (let index = 0; index < 200; index++) mkdirSync(`${from}/k${index}/l`, { recursive: true });
}

test('two threads take each tree once', async () => {
  plantMany();
  const thread = makeLotThread(-1, 2);
  let beside = 0;
  const counting: LotThread = {
    ...thread,
    grow: (work, some, tell) =>
      thread.grow(work, some, (grown) => {
        beside += grown.finished;
        tell(grown);
      }),
  };
  let parts = 0;
  const pace: Paced = async (now) => {
    // After the first part here the thread has its turn.
    while (parts === 1 && beside === 0) await new Promise((resolve) => setImmediate(resolve));
    parts++;
    return now();
  };
  expect(await copied(counting, pace)).toEqual({ done: 405, left: [], lost: false });
  expect(readdirSync(to, { recursive: true }).sort()).toEqual(readdirSync(from, { recursive: true }).sort());
  expect(beside).toBeGreaterThan(0);
});

const never: LotThread = { ...makeLotThread(-1, 2), grow: () => new Promise(() => {}) };

test('where the disk does not answer at once all is left, and no thread asked', async () => {
  const asked: LotThread = { ...never, grow: () => Promise.reject(new Error('was asked')) };
  const slow: Paced = async (_now, later) => later();
  expect(await copied(asked, slow)).toEqual({ done: 0, left: [{ collection: '', names: ['c', 'd'], unnamed: 0 }], lost: false });
});

test('while it is slow the thread goes on alone, and what was begun here is finished later', async () => {
  plantMany();
  let calls = 0;
  const pace: Paced = async (now, later) => {
    calls++;
    return calls > 1 && calls < 5 ? later() : now();
  };
  expect(await copied(never, pace)).toEqual({ done: 405, left: [], lost: false });
  expect(calls).toBeGreaterThan(5);
});

test('where it stays slow what was begun here is left, and the rest too once the thread has ended', async () => {
  plantMany();
  let calls = 0;
  let ends = () => {};
  const end = new Promise<void>((resolve) => {
    ends = resolve;
  });
  const pace: Paced = async (now, later) => {
    if (++calls === 102) ends();
    return calls > 1 ? later() : now();
  };
  const { left, lost } = await copied({ ...never, grow: () => end }, pace);
  const tops = left.filter(({ collection }) => collection === '').flatMap(({ names }) => names);
  expect([lost, [...tops, ...readdirSync(to)].sort()]).toEqual([false, readdirSync(from).sort()]);
  expect(calls).toBeGreaterThan(101);
});

test('of a thread that ends with a tree half copied that is told, and with none it is done here', async () => {
  const ended = (taken: number): LotThread => ({
    ...never,
    async grow({ next }) {
      Atomics.add(next, 0, taken);
      throw new Error('has ended');
    },
  });
  expect(await copied(ended(0))).toEqual({ done: 5, left: [], lost: false });
  removeFolder(to);
  mkdirSync(to);
  expect((await copied(ended(1))).lost).toBe(true);
});
