// MOVE between two file systems: what state goes along, and what stays with that which stays.
import { expect, test } from '@jest/globals';
import { memoryStore } from '../../src/store/memory.ts';
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

/** What a MOVE with every token is answered, and leaves, where one file cannot be removed. */
async function moved(world: World): Promise<[number, string[]]> {
  const stays = through(world, faultyStore(world.store, [{ verb: 'remove', at: '/s/sub/x', status: 403 }]));
  const tokens = [...world.tokens.values()].map((token) => `<${token}>`).join(' ');
  const { status } = await stays.ask('MOVE', '/s/', { headers: { destination: '/m/s/', if: `(Not <DAV:no-lock>) (${tokens})` } });
  return [status, flatten(await world.draw(), { contents: true })];
}
