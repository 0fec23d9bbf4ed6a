// Staging beside a target, where the common place is on another device: known to the journal before it is made, gone after.
import { describe, expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { DavError } from '../../src/protocol/error.ts';
import { childOf, type Path, parentOf } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { readTree } from '../scenarios/drawing.ts';
import { lockInfo, makeWorld } from '../scenarios/world.ts';

const warn = () => {};

/** Stages beside the target, and stops the world (never to go on) once something was made there. */
function elsewhere(store: Store, stopped?: () => void): Store {
  const forever = new Promise<never>(() => {});
  const stop = async <T>(made: Promise<T>): Promise<T> => {
    const result = await made;
    if (!stopped) return result;
    stopped();
    return forever;
  };
  return {
    ...store,
    stage: async (near) => childOf(parentOf(near), '.dav207-staged'),
    write: (path, bytes) => (path.includes('/.dav207-') ? stop(store.write(path, bytes)) : store.write(path, bytes)),
  };
}

const requests: [string, string, { body: string } | { headers: Record<string, string> }][] = [
  ['PUT', '/d/new', { body: 'new' }],
  ['PUT', '/d/f', { body: 'over' }],
  ['LOCK', '/d/new', { body: lockInfo() }],
];

describe.each(requests)('%s %s', (method, target, asking) => {
  test('leaves nothing behind', async () => {
    const store = memoryStore();
    const world = makeWorld({ store: elsewhere(store) });
    await world.ask('MKCOL', '/d/');
    await world.ask('PUT', '/d/f', { body: 'old' });
    expect((await world.ask(method, target, asking)).status).toBeLessThan(300);
    expect([await store.stat('/d/.dav207-staged' as Path), await world.context.state.unfinished()]).toEqual([undefined, []]);
  });

  test('cut off half-way, leaves what the next start finds and removes', async () => {
    const [store, state] = [memoryStore(), memoryState()];
    await store.makeCollection('/d' as Path);
    await store.write('/d/f' as Path, (async function* () {})());
    await new Promise<void>((resolve) => {
      const world = makeWorld({ state, store: elsewhere(store, resolve) });
      void world.ask(method, target, asking);
    });
    expect(await store.stat('/d/.dav207-staged' as Path)).toBeDefined();
    expect((await state.unfinished()).map(({ staged }) => staged)).toEqual([['/d/.dav207-staged']]);
    await replay({ store, state, warn });
    expect([await store.stat('/d/.dav207-staged' as Path), await state.unfinished()]).toEqual([undefined, []]);
  });
});

describe.each([
  ['PUT', '/d/f', {}],
  ['PATCH', '/d/f', { 'content-type': 'application/x-sabredav-partialupdate', 'x-update-range': 'append' }],
])('%s that the disk fails under', (method, target, headers) => {
  test.each(['rename', 'copyPatched', 'none'])('at %s: what cannot be removed at once is removed at the next start', async (verb) => {
    const [store, state] = [memoryStore(), memoryState()];
    const fails = async () => {
      throw new DavError(500, 'The disk fails.');
    };
    let staged = 0;
    const failing: Store = {
      ...store,
      stage: async () => `/d/.dav207-${staged++}` as Path,
      remove: fails,
      ...(verb !== 'none' && { [verb]: fails }),
    };
    await makeWorld({ store, state }).make(readTree(['/d/', '  f (old)']));
    await makeWorld({ store: failing, state }).ask(method, target, { headers, body: 'new' });
    await replay({ store, state, warn });
    for (let each = 0; each < staged; each++) expect(await store.stat(`/d/.dav207-${each}` as Path)).toBeUndefined();
    expect(await state.unfinished()).toEqual([]);
  });
});
