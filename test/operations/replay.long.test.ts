// Replay: what a crash left of a write is finished or undone at the next start, on the memory pair and on disk with LMDB.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { asideOf } from '../../src/operations/staging.ts';
import { childOf, isWithin, type Path } from '../../src/protocol/path.ts';
import type { JournalRecord, State } from '../../src/state/state.ts';
import { STAGING } from '../../src/store/own-place.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld, through, type World } from '../scenarios/world.ts';
import { type Pair, pairs } from './pairs.ts';

const warn = () => {};

const SOURCE = ['/s/ {s}', '  a (new) {a} [L1]', '  b (b)'];
const DESTINATION = ['/d/ {d} [L2 depth 0]', '  old (old) {o} [L3]'];
const MOVED = ['/d/ {s} [L2]', '/d/a (new) {a}', '/d/b (b)'];

describe.each(Object.entries(pairs))('replay over %s', (_name, open) => {
  let pair: Pair;
  let world: World;
  let place: Path;
  beforeEach(async () => {
    pair = await open();
    world = makeWorld(pair);
    await world.make(readTree([...SOURCE, ...DESTINATION]));
    place = await pair.store.stage('/d' as Path);
  });
  afterEach(() => pair.close());

  const seen = async () => flatten(await world.draw(), { contents: true });

  async function record(): Promise<JournalRecord> {
    const [from, to, aside] = ['/s' as Path, '/d' as Path, asideOf(place, 0)];
    return {
      id: 'move',
      renames: [
        { from: to, to: aside },
        { from, to },
      ],
      changes: [
        { do: 'drop', path: to, keepRootLocks: true },
        { do: 'move', from, to },
      ],
      staged: [place, aside],
      sweep: [from, to],
    };
  }

  /** Begin an overwriting MOVE of /s/ to /d/ and stop after so many of its renames. */
  async function crashAfter(count: number): Promise<void> {
    const begun = await record();
    await pair.state.begin(begun);
    await pair.store.makeCollection(place);
    for (const { from, to } of begun.renames.slice(0, count)) await pair.store.rename(from, to);
  }

  async function expectEmptyStaging(): Promise<void> {
    expect(await pair.store.stat(place)).toBeUndefined();
    const staging = '/.dav207/tmp' as Path;
    const left: string[] = [];
    if (await pair.store.stat(staging)) for await (const batch of pair.store.list(staging)) left.push(...batch.map(({ path }) => path));
    expect({ left, unfinished: await pair.state.unfinished() }).toEqual({ left: [], unfinished: [] });
  }

  test.each([
    [0, 'undone'],
    [1, 'undone'],
    [2, 'finished'],
  ])('a MOVE of which %i renames were done is %s, and a second replay changes nothing', async (count, end) => {
    const before = await seen();
    await crashAfter(count);
    await replay({ ...pair, warn });
    expect(await seen()).toEqual(end === 'undone' ? before : MOVED);
    await expectEmptyStaging();
    await replay({ ...pair, warn });
    expect(await seen()).toEqual(end === 'undone' ? before : MOVED);
  });

  test.each([0, 1, 2])('after %i renames nothing is listed but what was staged, however large the tree is', async (count) => {
    await crashAfter(count);
    const walked: Path[] = [];
    const counting: Store = {
      ...pair.store,
      bulk: undefined,
      list(path, unnamed) {
        walked.push(path);
        return pair.store.list(path, unnamed);
      },
      obstacles(path) {
        walked.push(path);
        return pair.store.obstacles(path);
      },
    };
    await replay({ ...pair, store: counting, warn });
    expect(walked).not.toEqual([]);
    expect(walked.filter((path) => !isWithin(path, STAGING))).toEqual([]);
    await expectEmptyStaging();
  });

  test.each([0, 1, 2])('a replay of %i renames that is cut short is done again from where it stopped', async (count) => {
    const before = await seen();
    await crashAfter(count);
    // Crash n lets n commits through; the next one never happens.
    for (const through of [0, 1, 2]) {
      let commits = 0;
      const cut: State = {
        ...pair.state,
        commit: async (changes, finishes) => {
          if (commits++ >= through) throw new Error('crashed');
          await pair.state.commit(changes, finishes);
        },
      };
      await replay({ ...pair, state: cut, warn });
    }
    await replay({ ...pair, warn });
    expect(await seen()).toEqual(count < 2 ? before : MOVED);
    await expectEmptyStaging();
  });

  test('does not put the old destination over what stands there by now', async () => {
    await crashAfter(1);
    await pair.store.makeCollection('/d' as Path);
    await replay({ ...pair, warn });
    expect((await seen()).filter((line) => line.startsWith('/d/'))).toEqual(['/d/ {d} [L2]']);
    // Nor is it thrown away: no other copy of it is left.
    expect(await pair.store.stat(childOf(asideOf(place, 0), 'old'))).toBeDefined();
    expect(await pair.state.unfinished()).toEqual([]);
  });

  test('a tree removed in part loses the state of what is gone, and of nothing else', async () => {
    await pair.state.begin({ id: 'delete', renames: [], changes: [], staged: [], sweep: ['/s' as Path] });
    await pair.store.remove('/s/a' as Path);
    await replay({ ...pair, warn });
    expect(await seen()).toEqual(['/d/ {d} [L2]', '/d/old (old) {o} [L3]', '/s/ {s}', '/s/b (b)']);
    expect(await pair.state.recorded('/s/a' as Path)).toEqual([]);
    await expectEmptyStaging();
  });

  test('a MOVE that is refused in part takes along the state of what it had moved, and of nothing else', async () => {
    const stop = new Promise<void>((resolve) => {
      let renames = 0;
      const store: Store = {
        ...pair.store,
        rename: async (from, to) => {
          if (renames++ === 1) {
            resolve();
            await new Promise(() => {});
          }
          await pair.store.rename(from, to);
        },
      };
      void (async () => {
        await world.make(readTree(['/m/ {m}', '  a (a) {a}', '  b (b) {b}', '  c (c) {c} [L9]']));
        await through(world, store).ask('MOVE', '/m/', { headers: { destination: '/n/' } });
      })();
    });
    await stop;
    await replay({ ...pair, warn });
    const after = await seen();
    const [moved, left] = after.includes('/n/a (a) {a}') ? ['a', 'b'] : ['b', 'a']; // in the order in which the disk lists them
    expect(after.filter((line) => /^.[mn]/.test(line))).toEqual([
      '/m/ {m}',
      `/m/${left} (${left}) {${left}}`,
      '/m/c (c) {c} [L9]',
      '/n/',
      `/n/${moved} (${moved}) {${moved}}`,
    ]);
    await expectEmptyStaging();
  });

  test('removes uploads that were never put in place', async () => {
    await pair.store.write(place, bytes('half'));
    const other = await pair.store.stage('/d' as Path);
    await pair.store.makeCollection(other);
    await pair.store.write(childOf(other, '0'), bytes('built'));
    const before = await seen();
    await replay({ ...pair, warn });
    expect(await seen()).toEqual(before);
    await expectEmptyStaging();
  });
});

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
