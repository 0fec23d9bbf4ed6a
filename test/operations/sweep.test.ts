// A store that is gone when what is left of a tree is to be told: what is known to be done is stored, and the rest waits for the start.
import { expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { DavError } from '../../src/protocol/error.ts';
import { ROOT } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld, through } from '../scenarios/world.ts';

const TREE = ['/s/ {s}', '  a (new a) {a}', '/d/ {d}', '  a (old a) {old a}', '  old (old) {o}'];

test('a COPY stores the properties that it copied, and the start forgets what it pruned, and nothing else', async () => {
  const [store, state] = [memoryStore(), memoryState()];
  const world = makeWorld({ store, state });
  await world.make(readTree(TREE));
  let gone = false;
  const failing: Store = {
    ...store,
    remove: async (path) => {
      await store.remove(path);
      gone ||= path === '/d/old';
    },
    stat: async (path) => {
      if (path === ROOT && gone) throw new DavError(503, 'It is gone.');
      return store.stat(path);
    },
  };
  expect((await through(world, failing).ask('COPY', '/s/', { headers: { destination: '/d/' } })).status).toBe(503);
  const copied = ['/d/ {s}', '/d/a (new a) {a}', '/s/ {s}', '/s/a (new a) {a}'];
  expect(flatten(await world.draw(), { contents: true })).toEqual(copied);
  await world.make(readTree(['/new (new) {new}']));
  await replay({ store, state, warn: () => {} });
  expect(flatten(await world.draw(), { contents: true })).toEqual([...copied.slice(0, 2), '/new (new) {new}', ...copied.slice(2)]);
  expect([(await state.recorded(ROOT)).sort(), await state.unfinished()]).toEqual([['/d', '/d/a', '/new', '/s', '/s/a'], []]);
});
