// MOVE between two file systems: what state goes along, and what stays with that which stays.
import { expect, test } from '@jest/globals';
import { memoryStore } from '../../src/store/memory.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { faultyStore } from '../scenarios/faulty-store.ts';
import { makeWorld, through } from '../scenarios/world.ts';
import { twoDevices } from './two-devices.ts';

test.each([
  ['where nothing is', []],
  ['onto a collection', ['  s/ {m}', '    x (m) {m}']],
])(
  '%s: what was copied and could not be removed keeps its properties and locks, and so does all that it is in (D-07.6-a)',
  async (_where, there) => {
    const world = makeWorld({ store: twoDevices(memoryStore()) });
    await world.make(readTree(['/m/', ...there, '/s/ {s} [L1 depth 0]', '  sub/ {sub}', '    x (x) {x} [L2]', '    y (y) {y} [L3]']));
    const stays = through(world, faultyStore(world.store, [{ verb: 'remove', at: '/s/sub/x', status: 403 }]));
    const tokens = [...world.tokens.values()].map((token) => `<${token}>`).join(' ');
    const { status } = await stays.ask('MOVE', '/s/', { headers: { destination: '/m/s/', if: `(Not <DAV:no-lock>) (${tokens})` } });
    expect([status, flatten(await world.draw(), { contents: true })]).toEqual([
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
  },
);
