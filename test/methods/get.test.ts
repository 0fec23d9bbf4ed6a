// GET: the file is closed however much of the answer was read.
import { expect, test } from '@jest/globals';
import { dispatch } from '../../src/methods/index.ts';
import { parseTarget } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { makeWorld } from '../scenarios/world.ts';

test.each([0, 1, 2, 3, 100])('of two ranges, given up after %d pieces', async (pieces) => {
  const memory = memoryStore();
  const open = new Set<number>();
  let count = 0;
  const counting: Store = {
    ...memory,
    async read(path) {
      const content = await memory.read(path);
      const id = ++count;
      open.add(id);
      return {
        ...content,
        async close() {
          open.delete(id);
        },
      };
    },
  };
  const world = makeWorld({ store: counting });
  await world.ask('PUT', '/f', { body: '0123456789' });
  const target = parseTarget('/f');
  if (!target) throw new Error('no target');
  const body = { length: 0, open: async function* () {} };
  const headers = { range: 'bytes=0-1,5-6' };
  const response = await dispatch({ method: 'GET', target, base: '', headers, hosts: [], principal: '', body }, world.context);
  const iterator = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  expect(open.size).toBe(1);
  for (let piece = 0; piece < pieces; piece++) await iterator.next();
  await iterator.return?.();
  expect(open.size).toBe(0);
});
