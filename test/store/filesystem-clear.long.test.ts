// A thread clears a tree of what is plain, leaves all else as it is, and is led nowhere by what comes in the place of a directory.
import fs, { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isReservedName } from '../../src/protocol/path.ts';
import { type Cleared, clearTrees } from '../../src/store/filesystem-clear.ts';
import { SMALL_DIRECTORY } from '../../src/store/filesystem-entries.ts';
import { LARGE } from '../../src/store/filesystem-handle.ts';
import { makeLot } from '../../src/store/filesystem-lot.ts';
import { makeLotThread } from '../../src/store/filesystem-lot-thread.ts';
import { textOf } from '../../src/store/filesystem-names.ts';
import { makeThread, type Thread } from '../../src/store/filesystem-thread.ts';
import { eventually } from '../clients/program.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let home: string;
let tree: string;

beforeEach(() => {
  home = temporaryFolder();
  tree = `${home}/tree`;
  mkdirSync(`${tree}/c/ü`, { recursive: true });
  mkdirSync(`${home}/outside/c`, { recursive: true });
  writeFileSync(`${home}/outside/f`, '');
});
afterEach(() => removeFolder(home));

const descriptors = () => readdirSync('/proc/self/fd').length;

/** How many are gone. */
function cleared(calls: Partial<typeof fs> = {}, levels = 16, largest = SMALL_DIRECTORY, backwards = false): number {
  const clear = clearTrees({ ...fs, ...calls }, textOf, isReservedName, levels, '/proc/self/fd', largest, () => 0);
  for (let removed = 0; ; ) {
    const [some, last] = clear({ place: tree, number: 7, backwards });
    removed += Number(some);
    if (last === 1n) return removed;
  }
}

test.each([SMALL_DIRECTORY, 0])(
  'files of any size go, and collections that are empty then; what is not to be removed stays (%p)',
  (largest) => {
    writeFileSync(`${tree}/large`, Buffer.alloc(LARGE + 1));
    for (const name of ['c/f', 'c/ü/ü', 'k/l/f', 'd/.dav207-x', 'd/f', 'e/f', 'l/f', 'l/k/f']) {
      mkdirSync(`${tree}/${name.replace(/\/[^/]*$/, '')}`, { recursive: true });
      writeFileSync(`${tree}/${name}`, '');
    }
    writeFileSync(Buffer.from(`${tree}/e/\xff`, 'latin1'), '');
    symlinkSync('f', `${tree}/l/link`);
    const held = descriptors();
    expect([cleared({}, 16, largest), descriptors()]).toEqual([12, held]);
    expect([tree, `${tree}/d`].map((place) => readdirSync(place).sort())).toEqual([['d', 'e', 'l'], ['.dav207-x']]);
    expect(readdirSync(`${tree}/e`, { encoding: 'latin1' })).toEqual(['\xff']);
    expect(readdirSync(`${tree}/l`).sort()).toEqual(['f', 'link']);
  },
);

test('who begins at the other end leaves the files of large directories', () => {
  for (const name of ['f', 'c/f', 'd/e/f']) {
    mkdirSync(`${tree}/${name.replace(/\/?[^/]*$/, '')}`, { recursive: true });
    writeFileSync(`${tree}/${name}`, '');
  }
  expect(cleared({}, 16, 0, true)).toBe(1);
  expect(readdirSync(tree, { recursive: true }).sort()).toEqual(['c', 'c/f', 'd', 'd/e', 'd/e/f', 'f']);
  expect(cleared({}, 16, SMALL_DIRECTORY, true)).toBe(6);
});

test.each([SMALL_DIRECTORY, 0])('by two threads at once, from both ends, as by one (%p)', (largest) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.nat(29), (turns, at) => {
      for (let index = 0; index < 30; index++) {
        mkdirSync(`${tree}/${index % 3}/${index}/d`, { recursive: true });
        for (const name of [`${index}`, `${index % 3}/${index}/f`, `${index % 3}/${index}/d/f`])
          if (!existsSync(`${tree}/${name}`)) writeFileSync(`${tree}/${name}`, '');
      }
      writeFileSync(`${tree}/${at % 3}/${at}/.dav207-x`, '');
      const total = readdirSync(tree, { recursive: true }).length;
      let now = 0;
      const [one, other] = [false, true].map((backwards) => {
        const clear = clearTrees({ ...fs }, textOf, isReservedName, 16, '/proc/self/fd', largest, () => (now += 3));
        return () => clear({ place: tree, number: 1, backwards });
      }) as [() => Cleared, () => Cleared];
      let removed = 0;
      const over = [false, false];
      for (const which of [...turns, ...Array(1000).fill(true), ...Array(1000).fill(false)]) {
        if (over[Number(which)]) continue;
        const [some, last] = (which ? other : one)();
        removed += Number(some);
        over[Number(which)] = last === 1n;
      }
      const left = readdirSync(tree, { recursive: true }).sort();
      expect([left, removed]).toEqual([[`${at % 3}`, `${at % 3}/${at}`, `${at % 3}/${at}/.dav207-x`].sort(), total - left.length]);
      removeFolder(tree);
      mkdirSync(tree);
    }),
    { numRuns: 10 },
  );
});

test('what is below so many levels stays, and so does a collection that cannot be listed', () => {
  mkdirSync(`${tree}/c/ü/d/e`, { recursive: true });
  for (const name of ['c/ü/f', 'c/ü/d/f']) writeFileSync(`${tree}/${name}`, '');
  expect(cleared({}, 3)).toBe(1);
  expect(readdirSync(tree, { recursive: true }).sort()).toEqual(['c', 'c/ü', 'c/ü/d', 'c/ü/d/e', 'c/ü/d/f']);
  const listed = (place: unknown) => {
    if (`${place}` !== tree && fs.readlinkSync(`${place}`).endsWith('/e')) throw new Error('may not be listed');
  };
  const opendirSync: typeof fs.opendirSync = (place, options) => {
    listed(place);
    return fs.opendirSync(place, options);
  };
  const reading = ((place: string, options: object) => {
    listed(place);
    return fs.readdirSync(place, options);
  }) as typeof fs.readdirSync;
  expect(cleared({ opendirSync, readdirSync: reading }, 16, 0)).toBe(1);
  expect(cleared({ opendirSync, readdirSync: reading })).toBe(0);
  expect(existsSync(`${tree}/c/ü/d/e`)).toBe(true);
});

test('a link that has come in the place of a collection is not followed, and one above it leads nowhere else', () => {
  for (const at of ['c', 'c/ü']) {
    mkdirSync(`${tree}/c/ü/c`, { recursive: true });
    const openSync: typeof fs.openSync = (entry, flags, mode) => {
      if (existsSync(`${tree}/${at}`) && fs.readdirSync(`${tree}/c`).includes('ü')) {
        renameSync(`${tree}/${at}`, `${home}/aside`);
        symlinkSync(`${home}/outside`, `${tree}/${at}`);
      }
      return fs.openSync(entry, flags, mode);
    };
    cleared({ openSync });
    expect([at, ...readdirSync(`${home}/outside`).sort()]).toEqual([at, 'c', 'f']);
    removeFolder(`${home}/aside`);
    removeFolder(tree);
  }
});

test('is done in parts, and another tree in between', () => {
  for (let index = 0; index < 100; index++) writeFileSync(`${tree}/c/f${index}`, '');
  mkdirSync(`${home}/other/c`, { recursive: true });
  let now = 0;
  const unlinkSync: typeof fs.unlinkSync = (place) => {
    fs.unlinkSync(place);
    now++;
  };
  const clear = clearTrees({ ...fs, unlinkSync }, textOf, isReservedName, 16, '/proc/self/fd', SMALL_DIRECTORY, () => now);
  expect([...clear({ place: tree, number: 1, backwards: false })]).toEqual([32n, 0n]);
  expect([...clear({ place: `${home}/other`, number: 2, backwards: false })]).toEqual([1n, 1n]);
  let last = 0n;
  while (last === 0n) last = clear({ place: tree, number: 1, backwards: false })[1] ?? 1n;
  expect(readdirSync(tree)).toEqual([]);
});

test('a thread is asked once it has begun', async () => {
  const thread = makeLotThread(-1, 2);
  expect(thread.clear(tree)).toBeUndefined();
  await thread.share(makeLot('unlink', tree, tree, ['none']));
  expect([await thread.clear(tree), readdirSync(tree)]).toEqual([2, []]);
});

test('a second one begins at the other end, be it later', async () => {
  for (let index = 0; index < 3000; index++) {
    mkdirSync(`${tree}/${index % 100}`, { recursive: true });
    writeFileSync(`${tree}/${index % 100}/${index}`, '');
  }
  const all: { readonly ready: boolean }[] = [];
  const asked: unknown[] = [];
  const made = <Asked, Told extends object | undefined>(...given: Parameters<typeof makeThread>): Thread<Asked, Told> => {
    const real = makeThread<Asked, Told>(...given);
    const which = all.push(real);
    return {
      get ready() {
        return real.ready && (which === 1 || asked.length > 1);
      },
      get waiting() {
        return real.waiting;
      },
      expect: real.expect,
      foresee: real.foresee,
      ask(one) {
        asked.push(which);
        return real.ask(one);
      },
    };
  };
  const thread = makeLotThread(-1, 2, made);
  thread.foresee(1, true);
  await eventually('both are there', () => all.every(({ ready }) => ready));
  expect([await thread.clear(tree), readdirSync(tree)]).toEqual([3102, []]);
  expect(asked).toContain(2);
});

test('a second one is not asked for what is gone in one part', async () => {
  const asked: number[] = [];
  let threads = 0;
  const thread = makeLotThread(-1, 2, <Asked, Told extends object | undefined>(): Thread<Asked, Told> => {
    const which = ++threads;
    const ask = async () => {
      asked.push(which);
      // Of two trees: one that is gone in one part, and one of which the first has two.
      return new BigInt64Array([5n, asked.length === 2 ? 0n : 1n]) as object as Told;
    };
    return { ready: true, waiting: 0, expect: () => true, foresee() {}, ask };
  });
  expect([await thread.clear(tree), asked]).toEqual([5, [1]]);
  expect([await thread.clear(tree), asked]).toEqual([15, [1, 1, 2, 1]]);
});
