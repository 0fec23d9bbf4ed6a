// PUT against a store in which another program writes between our rename and our look at it.
import { expect, test } from '@jest/globals';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { makeWorld } from '../scenarios/world.ts';

test('H-9.3.4-b: no validators in the answer when they would be those of somebody else', async () => {
  const memory = memoryStore();
  let raced = false;
  const racing: Store = {
    ...memory,
    async rename(from, to) {
      await memory.rename(from, to);
      if (!raced) return;
      await memory.remove(to);
      await memory.write(
        to,
        (async function* () {
          yield Buffer.from('theirs');
        })(),
      );
    },
  };
  const world = makeWorld({ store: racing });
  const alone = await world.ask('PUT', '/f', { body: 'ours' });
  expect([alone.status, alone.headers.ETag, alone.headers['Last-Modified']]).toEqual([201, expect.any(String), expect.any(String)]);
  raced = true;
  const reply = await world.ask('PUT', '/f', { body: 'ours' });
  expect([reply.status, reply.headers.ETag, reply.headers['Last-Modified']]).toEqual([204, undefined, undefined]);
});
