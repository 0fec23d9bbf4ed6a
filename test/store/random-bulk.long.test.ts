// What the disk does with many at once comes to the same as one verb after the other, whatever is in the tree.
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { build } from '../../src/operations/build.ts';
import { Notes } from '../../src/operations/carried-out.ts';
import type { Outcome } from '../../src/operations/outcome.ts';
import { type Removing, removeMembers, removeTree } from '../../src/operations/remove-tree.ts';
import type { Path, Ref } from '../../src/protocol/path.ts';
import { makeLot } from '../../src/store/filesystem-lot.ts';
import { LOT_THREAD } from '../../src/store/filesystem-lot-thread.ts';
import type { Store } from '../../src/store/store.ts';
import { drawn, FOLDERS, modes, outcome } from './odd-tree.ts';

const at = (path: string) => path as Path;

/** There are two threads from now on that clear trees. */
beforeAll(() => {
  LOT_THREAD.foresee(1001, true);
  return LOT_THREAD.share(makeLot('unlink', '/', '/', Array(1001).fill('none')));
});

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

const copying = (store: Store) => copy(store, new Notes());

/** As where nobody asks what was copied. */
const growing = (store: Store) => copy(store);

async function copy(store: Store, notes?: Notes): Promise<string[]> {
  const source = await store.stat(at('/t'));
  if (!source) throw new Error('nothing to copy');
  const file = (member: { path: Path }, to: Path) => store.copyFile(member.path, to);
  const tally = await build(source, at('/u'), at('/v'), { store, notes, file, members: store.bulk?.copyMembers });
  const failures = tally.failures.map(({ ref, side, error }) => `${side} ${ref.path} ${error.status} ${error.message}`);
  return [`${tally.done}`, ...failures, ...(notes?.kept ?? []).map(({ ref }) => `+ ${ref.path} ${ref.collection}`)];
}

describe.each([
  ['removed', removal],
  ['cleared', clearing],
  ['cleared at last', clearingLate],
  ['emptied', pruning],
  ['copied', copying],
  ['copied by two threads', growing],
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
