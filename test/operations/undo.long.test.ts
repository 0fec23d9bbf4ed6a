// A state that takes no more, and what goes back because of it: cut off anywhere, or with one write of it refused, nothing is lost.
import { describe, expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { State } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { lockInfo, makeWorld, through, type World } from '../scenarios/world.ts';
import { tightState } from './tight-state.ts';
import { twoDevices } from './two-devices.ts';

const TREE = [
  '/s/ {s}',
  '  a (new a) {a} [L1]',
  '  b (new b)',
  '/f (new f) {f}',
  '/d/ {d} [L2 depth 0]',
  '  a (old a) {old a} [L3]',
  '/g (old g) {g} [L4]',
  '/m/',
  '  d/ {m}',
  '    a (other a) {other a}',
];
const OLD = flatten(readTree(TREE), { contents: true }).join('\n');

type Asked = readonly [method: string, from: string, to: string, prefer: string];

const submittedBy = ({ tokens }: World) => `(Not <DAV:no-lock>) (${[...tokens.values()].map((token) => `<${token}>`).join(' ')})`;
const ask = ([method, from, destination, prefer]: Asked, world: World) =>
  world.ask(method, from, { headers: { destination, prefer, if: submittedBy(world) } }).catch(() => {});
const drawn = async (world: World) => flatten(await world.draw(), { contents: true }).join('\n');

interface Stored {
  readonly store: Store;
  readonly state: State;
}

/** A world, and how many transactions its state still takes. */
async function open(): Promise<Stored & { readonly world: World; readonly room: { left: number } }> {
  const store = twoDevices(memoryStore());
  const { state, room } = tightState();
  const world = makeWorld({ store, state });
  await world.make(readTree(TREE));
  return { store, state, world, room };
}

/** From the first commit on that the state does not take, writes are counted, and those refused that `refused` holds for. */
function fullState({ store, state }: Stored, refused: (write: number) => boolean): Stored & { writes(): number } {
  let writes: number | undefined;
  const counted =
    <Given extends unknown[], T>(work: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      if (writes !== undefined && refused(writes++)) throw new DavError(500, 'The disk fails.');
      return work(...given);
    };
  const takes = (work: State['settle']) => async (changes: Parameters<State['settle']>[0], finishes: string) => {
    if (changes.length === 0) return counted(work)(changes, finishes);
    writes ??= 0;
    throw new DavError(507, 'The state takes no more.');
  };
  const full: Store = {
    ...store,
    rename: counted(store.rename),
    remove: counted(store.remove),
    makeCollection: counted(store.makeCollection),
  };
  return {
    store: full,
    state: { ...state, commit: takes(state.commit) as State['commit'], settle: takes(state.settle) },
    writes: () => writes ?? 0,
  };
}

const REQUESTS: readonly Asked[] = [
  ['MOVE', '/s/', '/new/', ''],
  ['MOVE', '/s/', '/d/', ''],
  ['MOVE', '/s/', '/d/', 'handling=strict'],
  ['MOVE', '/f', '/d/', ''],
  ['COPY', '/s/', '/g', ''],
  ['COPY', '/f', '/d/', ''],
  ['COPY', '/s/', '/d/', 'handling=strict'],
  ['COPY', '/s/', '/new/', 'handling=strict'],
  ['DELETE', '/d/', '', 'handling=strict'],
  ['MOVE', '/s/', '/m/new/', 'handling=strict'],
  ['MOVE', '/s/', '/m/d/', 'handling=strict'],
];

describe.each(REQUESTS)('%s %s to %s %s', (...asked) => {
  test.each<[string, (first: number) => (write: number) => boolean]>([
    ['cut off at any write', (first) => (write) => write >= first],
    ['with any one write refused', (first) => (write) => write === first],
  ])('is undone or done, %s', async (_how, refusing) => {
    const whole = await open();
    await ask(asked, whole.world);
    const ends = [OLD, await drawn(whole.world)];
    for (let first = 0; ; first++) {
      const { store, state, world } = await open();
      const full = fullState({ store, state }, refusing(first));
      await ask(asked, through(world, full.store, full.state));
      await replay({ store, state, warn: () => {} });
      expect(ends).toContain(await drawn(world));
      expect(await state.unfinished()).toEqual([]);
      if (full.writes() <= first) break;
    }
  });
});

describe('what a request left that met a full state is not taken for what others have done since', () => {
  test.each<Asked>([
    ...REQUESTS,
    ['MOVE', '/f', '/g', ''],
    ['MOVE', '/s/', '/m/new/', ''],
    ['MOVE', '/f', '/m/d/', ''],
    ['MOVE', '/s/', '/part/', ''],
    ['COPY', '/s/', '/d/', ''],
  ])('%s %s to %s %s', async (...asked) => {
    for (let left = 0; ; left++) {
      const { store, state, world, room } = await open();
      // Somebody's lock, so that it goes in part.
      if (asked[2] === '/part/') await world.ask('LOCK', '/s/b', { body: lockInfo() });
      room.left = left;
      await ask(asked, world);
      const enough = room.left > 0;
      room.left = Number.POSITIVE_INFINITY;
      await ask(asked, world);
      const body = '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">later</p></prop></set></propertyupdate>';
      for (const path of ['/s/', '/s/a', '/d/', '/d/a', '/g', '/new/', '/new/a', '/part/', '/part/a', '/m/new/', '/m/new/a', '/m/d/']) {
        await world.ask('PROPPATCH', path, { headers: { if: submittedBy(world) }, body });
      }
      const after = await drawn(world);
      await replay({ store, state, warn: () => {} });
      expect(await drawn(world)).toBe(after);
      if (enough) break;
    }
  });
});

test('a COPY that has replaced a file, and whose state is stored in the end, is done', async () => {
  const { store, state, world } = await open();
  const commit = async () => {
    throw new DavError(507, 'The state takes no more.');
  };
  const headers = { destination: '/g', if: submittedBy(world) };
  expect((await through(world, store, { ...state, commit }).ask('COPY', '/f', { headers })).status).toBe(204);
  expect([await drawn(world), await state.unfinished()]).toEqual([OLD.replace('/g (old g) {g}', '/g (new f) {f}'), []]);
});
