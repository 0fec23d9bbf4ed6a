// What other programs do to the tree between requests, and what the store does not let us do.
import { expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import type { Path } from '../../src/protocol/path.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld, through } from '../scenarios/world.ts';

test('a resource made where another program removed one has none of its properties', async () => {
  const world = makeWorld();
  await world.make(readTree(['/x {of the file}', '/c/ {of the collection}', '  m {of the member}']));
  for (const path of ['/x', '/c/m', '/c']) await world.store.remove(path as Path);
  expect((await world.ask('MKCOL', '/x/')).status).toBe(201);
  expect((await world.ask('PUT', '/c', { body: 'a file now' })).status).toBe(201);
  expect(flatten(await world.draw(), { contents: false })).toEqual(['/c', '/x/']);
});

test('a MOVE whose time cannot be set is done, and does not say the time was', async () => {
  const world = makeWorld();
  await world.make(readTree(['/x {p}']));
  const touch = async () => {
    throw new DavError(403, 'Not the owner.');
  };
  const moved = await through(world, { ...world.store, touch }).ask('MOVE', '/x', { headers: { destination: '/y', 'x-oc-mtime': '1000' } });
  expect([moved.status, moved.headers['X-OC-MTime']]).toEqual([201, undefined]);
  expect(flatten(await world.draw(), { contents: false })).toEqual(['/y {p}']);
});
