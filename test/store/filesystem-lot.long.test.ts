// Many small files are copied and removed by two threads, and come to the same as by one.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LARGE } from '../../src/store/filesystem-handle.ts';
import { makeLot, makeLots } from '../../src/store/filesystem-lot.ts';
import { type LotThread, makeLotThread } from '../../src/store/filesystem-lot-thread.ts';
import type { Lot } from '../../src/store/filesystem-small-files.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const COUNT = 600;
const names = Array.from({ length: COUNT }, (_, index) => `ü${index}`);
let folder: string;
let from: string;
let to: string;

beforeEach(() => {
  folder = temporaryFolder();
  [from, to] = [`${folder}/from`, `${folder}/to`];
  for (const place of [from, to]) mkdirSync(place);
  for (const name of names) writeFileSync(`${from}/${name}`, name);
});
afterEach(() => removeFolder(folder));

const numbersOf = (place: string) => {
  const { dev, ino, ctimeNs } = lstatSync(place, { bigint: true });
  return { dev, ino, ctimeNs };
};

describe('the thread thread the event loop, alone', () => {
  test('copies with content and mode, and leaves what is no small file or has its name taken', async () => {
    chmodSync(`${from}/ü1`, 0o4777);
    writeFileSync(`${from}/ü2`, Buffer.alloc(LARGE + 1));
    writeFileSync(`${from}/ü3`, '');
    writeFileSync(`${to}/ü4`, 'there');
    const lot = makeLot('copy', from, to, ['ü0', 'ü1', 'ü2', 'ü3', 'ü4', 'link', 'none']);
    symlinkSync('ü0', `${from}/link`);
    await makeLotThread(-1, 2).share(lot);
    expect([...lot.done]).toEqual([1, 1, 0, 1, 0, 0, 0]);
    expect(readdirSync(to).sort()).toEqual(['ü0', 'ü1', 'ü3', 'ü4']);
    expect(['ü0', 'ü1', 'ü3', 'ü4'].map((name) => readFileSync(`${to}/${name}`, 'utf8'))).toEqual(['ü0', 'ü1', '', 'there']);
    expect(lstatSync(`${to}/ü1`).mode & 0o7777).toBe(0o777);
  });

  test('replaces what a rename of a file may, and leaves nothing aside', async () => {
    const onto = `${folder}/onto`;
    mkdirSync(`${onto}/ü2`, { recursive: true });
    writeFileSync(`${onto}/ü1`, 'before');
    const lot = makeLot('replace', from, to, ['ü0', 'ü1', 'ü2', 'none'], onto);
    await makeLotThread(-1, 2).share(lot);
    expect([[...lot.done], readdirSync(to), readdirSync(onto).sort()]).toEqual([[1, 2, 0, 0], [], ['ü0', 'ü1', 'ü2']]);
    expect(['ü0', 'ü1'].map((name) => readFileSync(`${onto}/${name}`, 'utf8'))).toEqual(['ü0', 'ü1']);
    expect([...lot.numbers.slice(0, 6)]).toEqual(['ü0', 'ü1'].flatMap((name) => Object.values(numbersOf(`${onto}/${name}`))));
  });

  test('moves files, and leaves what is none or has its name taken', async () => {
    writeFileSync(`${to}/ü1`, 'there');
    mkdirSync(`${from}/collection`);
    symlinkSync('ü0', `${from}/link`);
    const lot = makeLot('move', from, to, ['ü0', 'ü1', 'collection', 'link', 'none']);
    await makeLotThread(-1, 2).share(lot);
    expect([[...lot.done], readdirSync(to).sort(), existsSync(`${from}/ü0`)]).toEqual([[1, 0, 0, 0, 0], ['ü0', 'ü1'], false]);
    expect(['ü0', 'ü1'].map((name) => readFileSync(`${to}/${name}`, 'utf8'))).toEqual(['ü0', 'there']);
    expect([...lot.numbers.slice(0, 3)]).toEqual(Object.values(numbersOf(`${to}/ü0`)));
  });

  test('removes, and leaves what is no small file', async () => {
    writeFileSync(`${from}/ü2`, Buffer.alloc(LARGE + 1));
    mkdirSync(`${from}/collection`);
    symlinkSync('ü0', `${from}/link`);
    const lot = makeLot('unlink', from, from, ['ü0', 'ü1', 'ü2', 'collection', 'link']);
    await makeLotThread(-1, 2).share(lot);
    expect([...lot.done]).toEqual([1, 1, 0, 0, 0]);
    expect(['ü0', 'ü1', 'ü2', 'collection'].map((name) => existsSync(`${from}/${name}`))).toEqual([false, false, true, true]);
  });

  test('is asked for many files only', async () => {
    const [lot, few] = [names.slice(0, 33), names.slice(33, 65)].map((some) => makeLot('unlink', from, from, some)) as [Lot, Lot];
    const thread = makeLotThread(65, 2);
    const done = async (shared: Lot) => {
      await thread.share(shared);
      return shared.done.filter((one) => one === 1).length;
    };
    expect([await done(lot), await done(few), await done(few), await done(lot)]).toEqual([0, 0, 0, 33]);
  });

  test('begins at once for many that may be to come, and not for the sum of a few', async () => {
    const lot = makeLot('unlink', from, from, names.slice(0, 33));
    const thread = makeLotThread(100, 2);
    for (const files of [100, 100]) thread.foresee(files);
    await thread.share(lot);
    expect(lot.done.some((one) => one === 1)).toBe(false);
    thread.foresee(101);
    await thread.share(lot);
    expect(lot.done.every((one) => one === 1)).toBe(true);
  });

  test('that fails leaves all as it is, and is asked no more', async () => {
    const thread = makeLotThread(-1, 2);
    const lot = makeLot('unlink', from, from, ['ü0']);
    await thread.share({ ...lot, next: undefined as never });
    await thread.share(lot);
    expect([...lot.done]).toEqual([0]);
  });
});

test('by two threads each is done once, and told with its numbers', async () => {
  const thread = makeLotThread(-1, 2);
  await thread.share(makeLot('unlink', from, from, [])); // it has started
  const lots = makeLots(async (now) => now(), thread);
  const copied = await lots.copy(from, to, names);
  expect(names.filter((_, index) => !copied.isDone(index))).toEqual([]);
  expect(names.filter((name) => readFileSync(`${to}/${name}`, 'utf8') !== name)).toEqual([]);
  const numbers = names.map((name) => numbersOf(`${to}/${name}`));
  expect(copied.changed).toEqual(numbers);
  const removed = await lots.unlink(to, names);
  expect(names.filter((_, index) => !removed.isDone(index))).toEqual([]);
  expect([removed.changed, readdirSync(to)]).toEqual([[], []]);
});

test('where the disk does not answer at once nothing is done here, and no thread waits for it', async () => {
  let asked = 0;
  const lots = makeLots(async (_now, later) => later(), {
    free: true,
    foresee: () => void asked++,
    share: () => Promise.reject(new Error('was asked')),
    clear: () => Promise.reject(new Error('was asked')),
    grow: () => Promise.reject(new Error('was asked')),
  });
  const removed = await lots.unlink(from, names);
  expect([names.some((_, index) => removed.isDone(index)), removed.changed]).toEqual([false, []]);
  expect(await lots.clear(from)).toBeUndefined();
  await lots.foresee(COUNT);
  expect([asked, readdirSync(from).length]).toEqual([0, COUNT]);
});

test('of two lots at once one is left to the thread, and neither is shared', async () => {
  const taken: [number, number][] = [];
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const thread: LotThread = {
    free: true,
    foresee: () => {},
    async share(lot) {
      taken.push([lot.names.length, Atomics.load(lot.next, 0)]);
      await gone;
      Atomics.store(lot.next, 0, lot.names.length);
      lot.done.fill(1);
    },
    clear: () => undefined,
    grow: () => undefined,
  };
  const lots = makeLots(async (now) => {
    await new Promise((resolve) => setImmediate(resolve));
    return now();
  }, thread);
  const [first, second] = [names.slice(0, 30), names.slice(30, 70)].map((some) => lots.unlink(from, some));
  expect([(await first)?.isDone(29), taken, readdirSync(from).length]).toEqual([true, [[40, 0]], COUNT - 30]);
  go();
  expect((await second)?.isDone(39)).toBe(true);
  await lots.unlink(from, names.slice(100, 150));
  expect(taken).toEqual([
    [40, 0],
    [50, 8],
  ]);
});

test('what another thread has taken is waited for', async () => {
  const slow: LotThread = {
    free: false,
    foresee: () => {},
    async share({ next, done }) {
      Atomics.store(next, 0, COUNT);
      await new Promise((resolve) => setImmediate(resolve));
      done.fill(1);
    },
    clear: () => undefined,
    grow: () => undefined,
  };
  const removed = await makeLots(async (now) => now(), slow).unlink(from, names);
  expect(names.every((_, index) => removed.isDone(index))).toBe(true);
});
