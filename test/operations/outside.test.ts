// What other programs do to the tree between requests, and what the store does not let us do.
import { expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
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
  const setAttributes = async () => {
    throw new DavError(403, 'Not the owner.');
  };
  const moved = await through(world, { ...world.store, setAttributes }).ask('MOVE', '/x', {
    headers: { destination: '/y', 'x-oc-mtime': '1000' },
  });
  expect([moved.status, moved.headers['X-OC-MTime']]).toEqual([201, undefined]);
  expect(flatten(await world.draw(), { contents: false })).toEqual(['/y {p}']);
});

test('what cannot be looked at is not taken for gone, neither by a DELETE nor by the next start', async () => {
  const world = makeWorld();
  await world.make(readTree(['/s/', '  a {of a}', '  priv/', '    f {of f}', '  z']));
  const refuse = (path: string) => {
    if (path.startsWith('/s/priv/') || path === '/s/priv') throw new DavError(403, 'Not to be looked at.');
  };
  const store = {
    ...world.store,
    stat: async (path: Path) => {
      if (path !== '/s/priv') refuse(path);
      return world.store.stat(path);
    },
    list: (path: Path) => {
      refuse(path);
      return world.store.list(path);
    },
  };
  const { status } = await through(world, store).ask('DELETE', '/s/');
  expect(status).toBe(207);
  expect(flatten(await world.draw(), { contents: false })).toEqual(['/s/', '/s/priv/', '/s/priv/f {of f}']);
  expect(await world.context.state.recorded('/s' as Path)).toEqual(['/s/priv/f']);

  const { state } = world.context;
  await state.begin({ id: 'left', renames: [], changes: [], staged: [], sweep: ['/s' as Path] });
  await replay({ store, state, warn: () => {} });
  expect([await state.recorded('/s' as Path), await state.unfinished()]).toEqual([['/s/priv/f'], []]);
});
