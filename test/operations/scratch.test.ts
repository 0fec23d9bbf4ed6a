// The scratch of a request that is done: what fails in clearing it away is the operator's affair, and no answer.
import { expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { isReserved } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld, through } from '../scenarios/world.ts';
import { twoDevices } from './two-devices.ts';

test.each(['/d/', '/m/d/'])('COPY to %s is 201 even if its staging place cannot be looked at afterwards', async (destination) => {
  const world = makeWorld({ store: twoDevices(memoryStore()) });
  await world.make(readTree(['/m/', '/s/', '  a (a)']));
  let renamed = false;
  const { store } = world.context;
  const failing = through(world, {
    ...store,
    rename: async (from, to) => {
      await store.rename(from, to);
      renamed = true;
    },
    stat: async (path) => {
      if (renamed && isReserved(path)) throw new DavError(500, 'The store fails.');
      return store.stat(path);
    },
  });
  expect((await failing.ask('COPY', '/s/', { headers: { destination } })).status).toBe(201);
  expect(flatten(await world.draw(), { contents: true })).toContain(`${destination}a (a)`);
});
