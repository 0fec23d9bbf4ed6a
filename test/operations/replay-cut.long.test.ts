// A start that is killed as well: a request cut off at any write, and then its replay at any write, is undone or done all the same.
import { expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { DavError } from '../../src/protocol/error.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { State } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld } from '../scenarios/world.ts';
import { twoDevices } from './two-devices.ts';

const TREE = [
  '/s/ {s}',
  '  a (new a) {a} [L1]',
  '  b (new b)',
  '/f (new f) {f}',
  '/d/ {d} [L2 depth 0]',
  '  a (old) {o} [L3]',
  '/g (old g) {g} [L4]',
  '/m/',
  '  d/ {m}',
  '    a (m) {ma}',
];
const STORE_WRITES = ['rename', 'remove', 'makeCollection', 'copyFile', 'write'] as const;
const STATE_WRITES = ['begin', 'commit', 'settle', 'addLock'] as const;
const warn = () => {};

/** The same verbs, until the budget is used up: then the process is dead. */
function mortal<T extends object>(real: T, writes: readonly (keyof T)[], budget: { left: number }): T {
  const dying = { ...real };
  for (const verb of writes) {
    const work = real[verb] as (...given: unknown[]) => Promise<unknown>;
    Object.assign(dying, {
      [verb]: async (...given: unknown[]) => {
        if (budget.left-- <= 0) return new Promise(() => {});
        return work(...given);
      },
    });
  }
  return dying;
}

/** Resolves with whether `work` came to an end; it never does once the budget is used up. */
async function survives(work: (left: { left: number }) => Promise<unknown>, allowed: number): Promise<boolean> {
  const budget = { left: allowed };
  let over = false;
  const ended = work(budget).then(
    () => (over = true),
    () => (over = true),
  );
  while (!over && budget.left >= 0) await Promise.race([ended, new Promise(setImmediate)]);
  return over;
}

const REQUESTS: readonly [string, string, string, string][] = [
  ['COPY', '/f', '/g', ''],
  ['COPY', '/f', '/d/', ''],
  ['COPY', '/s/', '/g', ''],
  ['COPY', '/s/', '/d/', 'handling=strict'],
  ['COPY', '/s/', '/new/', 'handling=strict'],
  ['COPY', '/s/', '/m/d/', 'handling=strict'],
  ['MOVE', '/s/', '/d/', ''],
  ['MOVE', '/s/', '/m/d/', 'handling=strict'],
  ['DELETE', '/s/', '', 'handling=strict'],
  ['LOCK', '/locked', '', ''],
];
const OLD = flatten(readTree(TREE), { contents: true }).join('\n');

async function open() {
  const [store, state] = [twoDevices(memoryStore()), memoryState()];
  const quiet = makeWorld({ store, state });
  await quiet.make(readTree(TREE));
  const tokens = [...quiet.tokens.values()].map((token) => `<${token}>`).join(' ');
  return {
    store,
    state,
    drawn: async () => flatten(await quiet.draw(), { contents: true }).join('\n'),
    /** Whether the process outlives it. */
    ask([method, from, destination, prefer]: (typeof REQUESTS)[number], allowed: number) {
      const body = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
      const asked = { headers: { destination, prefer, if: `(Not <DAV:no-lock>) (${tokens})` }, ...(method === 'LOCK' && { body }) };
      return survives((budget) => makeWorld(dying({ store, state }, budget)).ask(method, from, asked), allowed);
    },
  };
}

function dying({ store, state }: { readonly store: Store; readonly state: State }, budget: { left: number }) {
  return { store: mortal(store, STORE_WRITES, budget), state: mortal(state, STATE_WRITES, budget) };
}

test.each(REQUESTS)('%s %s to %s %s', async (...asked) => {
  const ends = new Set<string>();
  let whole = '';
  for (let allowed = 0, all = false; !all; allowed++) {
    for (let started = 0, settled = false; !settled; started++) {
      const { store, state, ask, drawn } = await open();
      all = await ask(asked, allowed);
      settled = await survives((budget) => replay({ ...dying({ store, state }, budget), warn }), started);
      if (!settled) await replay({ store, state, warn });
      whole = await drawn();
      ends.add(whole);
      expect(await state.unfinished()).toEqual([]);
    }
  }
  expect([...ends]).toEqual([OLD, whole]);
});

test.each(REQUESTS)('%s %s to %s %s, and a start that cannot put anything back', async (...asked) => {
  const ends = new Set<string>();
  let whole = '';
  for (let allowed = 0, all = false; !all; allowed++) {
    const { store, state, ask, drawn } = await open();
    all = await ask(asked, allowed);
    const rename = async () => {
      throw new DavError(500, 'The disk fails.');
    };
    await replay({ store: { ...store, rename }, state, warn });
    await replay({ store, state, warn });
    whole = await drawn();
    ends.add(whole);
    expect(await state.unfinished()).toEqual([]);
  }
  expect([...ends]).toEqual([OLD, whole]);
});
