// Requests on very large collections: what is asked before anything is done does not grow with the members, nor does what is held of them.
import { describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Resource, Store } from '../../src/store/store.ts';
import { lockInfo, makeWorld, through, type World } from '../scenarios/world.ts';

const MEMBERS = 1000;
const BATCH = 256;

interface Watched {
  readonly store: Store;
  /** Questions asked of the store before it is first told to change something. */
  asked(): number;
  /** The most members that were listed and not yet handled, at any time. */
  held(): number;
}

function watched(store: Store): Watched {
  let [asked, changes, listed, handled, held] = [0, 0, 0, 0, 0];
  const asking = <T>(value: T): T => {
    if (changes === 0) asked++;
    return value;
  };
  const changing = <T>(value: T): T => {
    changes++;
    handled++;
    return value;
  };
  return {
    asked: () => asked,
    held: () => held,
    store: {
      ...store,
      stat: (path) => asking(store.stat(path)),
      async *list(path) {
        for await (const batch of asking(store.list(path)) as AsyncIterable<Resource[]>) {
          listed += batch.length;
          held = Math.max(held, listed - handled);
          yield batch;
        }
      },
      remove: (path) => changing(store.remove(path)),
      rename: (from, to) => changing(store.rename(from, to)),
      copyFile: (from, to) => changing(store.copyFile(from, to)),
    },
  };
}

/** `/c/` with its members `m0`, `m1` and so on, of which one is locked. */
async function large(): Promise<World> {
  const store = memoryStore();
  const world = makeWorld({ store });
  await world.ask('MKCOL', '/c');
  for (let index = 0; index < MEMBERS; index++) await store.write(`/c/m${index}` as Path, (async function* () {})());
  expect((await world.ask('LOCK', '/c/m500', { body: lockInfo() })).status).toBe(200);
  return world;
}

const to = (destination: string, prefer?: string) => ({ headers: { destination, ...(prefer && { prefer }) } });

describe('of a thousand members one is locked', () => {
  test.each([
    ['DELETE', '/c', {}, 207],
    ['DELETE', '/c', to('', 'return=representation'), 207],
    ['MOVE', '/c', to('/n'), 207],
    ['COPY', '/c', to('/n'), 201],
  ] as const)(
    '%s %s %j is answered %d: the lock is found by where it is, and the members go by batches',
    async (method, target, ask, status) => {
      const world = await large();
      const { store, asked, held } = watched(world.store);
      const answer = await through(world, store).ask(method, target, ask);
      expect(answer.status).toBe(status);
      expect(asked()).toBeLessThan(40);
      // One batch, and what is listed of others while the first of them is asked whether there are any.
      expect(held()).toBeLessThanOrEqual(2 * BATCH + 1);
      if (status === 207) expect(answer.text).toContain('/c/m500</D:href><D:status>HTTP/1.1 423');
    },
  );

  test.each([
    ['DELETE', '/c', to('', 'handling=strict')],
    ['MOVE', '/c', to('/n', 'handling=strict')],
  ] as const)('%s %s %j is refused before any member is asked for', async (method, target, ask) => {
    const world = await large();
    const { store, asked } = watched(world.store);
    expect((await through(world, store).ask(method, target, ask)).status).toBe(423);
    expect(asked()).toBeLessThan(40);
  });
});

test('return=representation has ten thousand rows at most, and says how many more there are', async () => {
  const store = memoryStore();
  const world = makeWorld({ store });
  await world.ask('MKCOL', '/c');
  for (let index = 0; index < 10_500; index++) await store.write(`/c/m${index}` as Path, (async function* () {})());
  await world.ask('LOCK', '/c/m7', { body: lockInfo() });
  const { status, text } = await world.ask('DELETE', '/c', to('', 'return=representation'));
  expect([status, [...text.matchAll(/<D:response>/g)].length]).toEqual([207, 10_002]);
  expect(text).toContain('10499 deleted, 1 failed, 1 not deleted because of it. 499 rows were left out.');
});
