// Verbs that are asked for at once share commits, and come to what they come to one after the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lmdbState } from '../../src/state/lmdb.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { Lock, State } from '../../src/state/state.ts';
import { at, lockAt, mark, NOW } from './state.fixtures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-commits-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const PATHS = ['/', '/a', '/a/b', '/a/b/c', '/a-', '/a0', '/\u{1f600}', '/\uffee'];
const path = fc.constantFrom(...PATHS);
const token = fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9').map((id) => `urn:uuid:${id}`);

/** A verb as what is asked of any state. */
const verb: fc.Arbitrary<(state: State) => Promise<unknown>> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(path, token, fc.constantFrom<Lock['depth']>(0, 'infinity'), fc.integer({ min: -1, max: 4 }), fc.nat(9)).map(
      ([root, id, depth, lives, judge]) =>
        (state: State) =>
          state.addLock(
            lockAt(root, { token: id, depth, expires: NOW + lives }),
            (held) => {
              return held.token === id || judge < 3;
            },
            NOW,
          ),
    ),
  },
  token.map((id) => (state: State) => state.refreshLock(id, NOW + 3, NOW)),
  token.map((id) => (state: State) => state.removeLock(id)),
  path.map((where) => (state: State) => state.commit(mark(where))),
  path.map((where) => (state: State) => state.commit([{ do: 'unset', path: at(where), names: [{ namespace: 'urn:n', name: 'mark' }] }])),
  token.map((id) => (state: State) => state.begin({ id, renames: [], changes: [], staged: [], sweep: [] })),
  token.map((id) => (state: State) => state.settle([], id)),
  fc.tuple(path, fc.nat(3)).map(
    ([where, often]) =>
      (state: State) =>
        state.commit(often === 0 ? [{ do: 'drop', path: at(where) }] : []),
  ),
);

test('asked for together, they answer and leave what they do in the same order alone', async () => {
  let run = 0;
  const rounds = fc.array(fc.array(verb, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(rounds, async (asked) => {
      run++;
      const stored = await lmdbState(join(folder, String(run)));
      const simple = memoryState();
      try {
        for (const verbs of asked) expect(await together(stored, verbs)).toEqual(await together(simple, verbs));
        expect(await everything(stored)).toEqual(await everything(simple));
      } finally {
        await stored.close();
      }
      const again = await lmdbState(join(folder, String(run)));
      expect(await everything(again)).toEqual(await everything(simple));
      await again.close();
    }),
    { numRuns: 60 },
  );
});

async function together(state: State, verbs: readonly ((state: State) => Promise<unknown>)[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(verbs.map((each) => each(state)));
  return settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)));
}

async function everything(state: State): Promise<unknown> {
  const properties = await Promise.all(PATHS.map((each) => state.properties(at(each))));
  const locks = [...(await state.locksOn(at('/'), 0)), ...(await state.locksBelow(at('/'), 0))];
  return { properties, locks, recorded: await state.recorded(at('/')), unfinished: await state.unfinished() };
}
