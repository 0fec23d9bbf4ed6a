// MOVE between two file systems: what state goes along, and what stays with that which stays.
import { describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { faultyStore } from '../scenarios/faulty-store.ts';
import { makeWorld, through, type World } from '../scenarios/world.ts';
import { twoDevices } from './two-devices.ts';

test('what was copied and could not be removed keeps its properties and locks, and so does all that it is in (D-07.6-a)', async () => {
  const world = makeWorld({ store: twoDevices(memoryStore()) });
  await world.make(readTree(['/m/', '/s/ {s} [L1 depth 0]', '  sub/ {sub}', '    x (x) {x} [L2]', '    y (y) {y} [L3]']));
  expect(await moved(world)).toEqual([
    207,
    [
      '/m/',
      '/m/s/ {s}',
      '/m/s/sub/ {sub}',
      '/m/s/sub/x (x) {x}',
      '/m/s/sub/y (y) {y}',
      '/s/ {s} [L1]',
      '/s/sub/ {sub}',
      '/s/sub/x (x) {x} [L2]',
    ],
  ]);
});

test('what takes the place of a collection is taken out of sight as a whole where it was', async () => {
  const world = makeWorld({ store: twoDevices(memoryStore()) });
  const there = ['  s/ {m}', '    x (m) {m}'];
  await world.make(readTree(['/m/', ...there, '/s/ {s} [L1 depth 0]', '  sub/ {sub}', '    x (x) {x} [L2]', '    y (y) {y} [L3]']));
  expect(await moved(world)).toEqual([204, ['/m/', '/m/s/ {s}', '/m/s/sub/ {sub}', '/m/s/sub/x (x) {x}', '/m/s/sub/y (y) {y}']]);
});

describe.each([
  ['lenient', ['/m/', '/m/s/ {s}', '/m/s/a (a) {a}', '/m/s/b (b)', '/s/ {s}', '/s/a (changed) {a}']],
  ['strict', ['/m/', '/s/ {s}', '/s/a (changed) {a}', '/s/b (b)']],
])('what another program changes while the rest is copied stays as it is, %s', (handling, left) => {
  const tree = ['/m/', '/s/ {s}', '  a (a) {a}', '  b (b)'];
  const moving = async (change: (store: Store) => Promise<void>) => {
    const inner = memoryStore();
    const store = twoDevices(inner);
    // A clock that stands before the tree was made: no time tells that a file was changed, and its entity-tag must.
    const now = Date.now() - 1_000;
    const world = makeWorld({ store, now: () => now });
    await world.make(readTree(tree));
    const copyFile: Store['copyFile'] = async (from, to) => {
      await store.copyFile(from, to);
      if (from === '/s/b') await change(inner);
    };
    const { status } = await through(world, { ...store, copyFile }).ask('MOVE', '/s/', {
      headers: { destination: '/m/s/', prefer: `handling=${handling}` },
    });
    return [status, flatten(await world.draw(), { contents: true })];
  };

  test('changed', async () => {
    const change = async (store: Store) => {
      await store.remove('/s/a' as Path);
      await store.write('/s/a' as Path, bytes('changed'));
    };
    expect(await moving(change)).toEqual([handling === 'strict' ? 409 : 207, left]);
  });

  test('changed, with as many bytes as before', async () => {
    const change = async (store: Store) => {
      await store.remove('/s/a' as Path);
      await store.write('/s/a' as Path, bytes('A'));
    };
    expect(await moving(change)).toEqual([handling === 'strict' ? 409 : 207, left.map((line) => line.replace('changed', 'A'))]);
  });

  test('made', async () => {
    const [status, lines] = await moving((store) => store.write('/s/c' as Path, bytes('c')).then(() => undefined));
    const expected =
      handling === 'strict'
        ? ['/m/', '/s/ {s}', '/s/a (a) {a}', '/s/b (b)', '/s/c (c)']
        : ['/m/', '/m/s/ {s}', '/m/s/a (a) {a}', '/m/s/b (b)', '/s/ {s}', '/s/c (c)'];
    expect([status, lines]).toEqual([handling === 'strict' ? 409 : 207, expected]);
  });
});

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What a MOVE with every token is answered, and leaves, where one file cannot be removed. */
async function moved(world: World): Promise<[number, string[]]> {
  const stays = through(world, faultyStore(world.store, [{ verb: 'remove', at: '/s/sub/x', status: 403 }]));
  const tokens = [...world.tokens.values()].map((token) => `<${token}>`).join(' ');
  const { status } = await stays.ask('MOVE', '/s/', { headers: { destination: '/m/s/', if: `(Not <DAV:no-lock>) (${tokens})` } });
  return [status, flatten(await world.draw(), { contents: true })];
}
