// A body that a method does not define: 415 and nothing is done, never a body that is passed over (RFC 4918 §8.4).
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Locking, startLocking } from './locking.ts';

let world: Locking;
let token: string;
beforeEach(async () => {
  world = await startLocking(['/a/x', '/f']);
  token = await world.lock('Ann', '/f');
});
afterEach(() => world.close());

const METHODS: readonly [string, number][] = [
  ['GET', 200],
  ['HEAD', 200],
  ['OPTIONS', 200],
  ['DELETE', 204],
  ['COPY', 201],
  ['MOVE', 201],
  ['UNLOCK', 204],
];

const ask = (method: string, type: string, body: string | string[]) => {
  const headers = { 'Content-Type': type, Destination: '/new', If: `(<${token}>)`, 'Lock-Token': `<${token}>` };
  return world.ask('Ann', method, '/f', { headers, body });
};

test.each(METHODS)('D-08.4-a: %s with a body is 415, whatever it is and however it comes, and nothing is done', async (method) => {
  const before = world.tree();
  for (const type of ['text/plain', 'application/xml'])
    for (const body of ['<x/>', ['', '<x', '/>']]) expect([type, body, (await ask(method, type, body)).status]).toEqual([type, body, 415]);
  expect(world.tree()).toEqual(before);
  expect(await world.locksAt('/f')).toMatchObject([{ token }]);
});

test.each(METHODS)('D-08.4-a: %s with a body of no bytes has none', async (method, status) => {
  for (const body of ['', []]) {
    expect([body, (await ask(method, 'text/plain', body)).status]).toEqual([body, status]);
    await world.close();
    world = await startLocking(['/a/x', '/f']);
    token = await world.lock('Ann', '/f');
  }
});
