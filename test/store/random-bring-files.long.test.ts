// A tree that is copied onto another, or moved in part, many files at once, comes to the same as file by file, whatever is in it.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { moveMembers } from '../../src/operations/by-rename.ts';
import { Notes } from '../../src/operations/carried-out.ts';
import { type Copying, copyTree } from '../../src/operations/copy-tree.ts';
import type { Hands } from '../../src/operations/hands.ts';
import { Scratch } from '../../src/operations/scratch.ts';
import type { Path } from '../../src/protocol/path.ts';
import { PathIndex } from '../../src/protocol/path-index.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { type Drawn, drawn, FOLDERS, modes, outcome, type Rights } from './odd-tree.ts';

const at = (path: string) => path as Path;
const RECORDED = new PathIndex([at('/t/0'), at('/t/2'), at('/u/5')]);

/** All that is told of a copy of `/t` onto `/u`; three members have state. */
async function copied(store: Store): Promise<string[]> {
  const [source, there] = [await store.stat(at('/t')), await store.stat(at('/u'))];
  if (!source) throw new Error('nothing to copy');
  const [state, notes] = [memoryState(), new Notes()];
  const scratch = new Scratch({ store, state }, at('/u'));
  const copying: Copying = { store, state, scratch, modified: undefined, depthLimit: 9, recorded: RECORDED, notes };
  const { done, failures, skipped, changes, sweep } = await copyTree(source, at('/u'), there, copying);
  const left = await scratch.discard();
  const rows = [
    ...failures.map(({ ref, side, error }) => `${side} ${ref.path} ${error.status} ${error.message}`),
    ...skipped.map(({ ref, side }) => `skipped ${side} ${ref.path}`),
    ...notes.kept.map(({ ref, status }) => `${status} ${ref.path} ${ref.collection}`),
    ...changes.map((change) => JSON.stringify(change)),
  ];
  return [`${done} ${sweep} ${left}`, ...rows];
}

/** All that is told of a move of what is in `/t`, but for one member, to the new collection `/v`. */
async function moved(store: Store): Promise<string[]> {
  const notes = new Notes();
  const hands = { context: { store }, recorded: RECORDED, notes } as unknown as Hands;
  await store.makeCollection(at('/v'));
  const tally = await moveMembers({ path: at('/t'), collection: true }, { path: at('/v'), collection: true }, [at('/t/1')], hands);
  const rows = [
    ...tally.failures.map(({ ref, side, error }) => `${side} ${ref.path} ${error.status} ${error.message}`),
    ...tally.skipped.map(({ ref, side }) => `skipped ${side} ${ref.path}`),
    ...notes.kept.map(({ ref, status }) => `${status} ${ref.path} ${ref.collection}`),
    ...tally.changes.map((change) => JSON.stringify(change)),
  ];
  return [`${tally.done}`, ...rows];
}

/** What is seen for sure. */
const FILES: Drawn[] = Array.from({ length: 4 }, () => ({ kind: 'file', in: 0 }));
const FREE: [Drawn[], Rights | null] = [FILES, null];
const HELD: [Drawn[], Rights | null] = [FILES, { asked: [0o555, 0o755, 0o755, 0o755], foreign: 1 }];

test('moved, whatever is in it and may be entered and written', async () => {
  let [one, recorded, refused] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(drawn, fc.option(fc.record({ asked: modes, foreign: fc.nat(FOLDERS.length - 1) })), async (t, rights) => {
      const told = await outcome({ t }, true, moved, rights ?? undefined);
      expect(told).toEqual(await outcome({ t }, false, moved, rights ?? undefined));
      const text = JSON.stringify(told);
      if (/"201 [^ ]* false/.test(text)) one++;
      if (text.includes('"do\\":')) recorded++;
      if (text.includes(' 403 ')) refused++;
    }),
    { numRuns: 60, examples: [FREE, HELD] },
  );
  for (const times of [one, recorded, refused]) expect(times).toBeGreaterThan(0);
});

test('whatever is in them', async () => {
  let [replaced, new_, recorded] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(drawn, drawn, async (t, u) => {
      const told = await outcome({ t, u }, true, copied);
      expect(told).toEqual(await outcome({ t, u }, false, copied));
      const text = JSON.stringify(told);
      if (/"204 [^ ]* false/.test(text)) replaced++;
      if (/"201 [^ ]* false/.test(text)) new_++;
      if (text.includes('"do\\":')) recorded++;
    }),
    { numRuns: 60 },
  );
  for (const times of [replaced, new_, recorded]) expect(times).toBeGreaterThan(5);
});

test('whatever of it may be listed, entered and written', async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(drawn, drawn, modes, fc.nat(FOLDERS.length - 1), async (t, u, asked, foreign) => {
      const told = await outcome({ t, u }, true, copied, { asked, foreign });
      expect(told).toEqual(await outcome({ t, u }, false, copied, { asked, foreign }));
      if (JSON.stringify(told).includes(' 403 ')) refused++;
    }),
    { numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(5);
});
