// PROPFIND: what is known goes out while the members are waited for, a listing that is given up is closed, and the store hears of what is listed next.
import { expect, test } from '@jest/globals';
import { dispatch } from '../../src/methods/index.ts';
import { parseTarget } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { makeWorld } from '../scenarios/world.ts';

async function listing(list: (members: ReturnType<Store['list']>) => ReturnType<Store['list']>) {
  const memory = memoryStore();
  const world = makeWorld({ store: { ...memory, list: (path) => list(memory.list(path)) } });
  await world.ask('PUT', '/f', { body: '' });
  const target = parseTarget('/');
  if (!target) throw new Error('no target');
  const body = { length: 0, open: async function* () {} };
  const request = { method: 'PROPFIND', target, base: '', headers: { depth: '1' }, hosts: [], principal: '', body };
  const response = await dispatch(request, world.context);
  return (response.body as AsyncIterable<string>)[Symbol.asyncIterator]();
}

const hrefsIn = (chunk: string) => Array.from(chunk.matchAll(/<D:href>([^<]*)/g), ([, href]) => href);

test('the row of the Request-URI does not wait for members that take long', async () => {
  let goOn = () => {};
  const waited = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const chunks = await listing(async function* (members) {
    await waited;
    yield* members;
  });
  expect(hrefsIn((await chunks.next()).value)).toEqual(['/']);
  goOn();
  const rest = (await chunks.next()).value;
  expect([hrefsIn(rest), rest.endsWith('</D:multistatus>')]).toEqual([['/f'], true]);
  expect((await chunks.next()).done).toBe(true);
});

test('what is there at once goes in one piece', async () => {
  const chunks = await listing((members) => members);
  expect(hrefsIn((await chunks.next()).value)).toEqual(['/', '/f']);
  expect((await chunks.next()).done).toBe(true);
});

test('a listing that nobody reads on is closed', async () => {
  let open = 0;
  const chunks = await listing(async function* (members) {
    open++;
    try {
      for await (const batch of members) for (let again = 0; again < 1_000; again++) yield batch;
    } finally {
      open--;
    }
  });
  await chunks.next();
  expect(open).toBe(1);
  await chunks.return?.();
  expect(open).toBe(0);
});

test('the next collection is begun while one is listed, and how many come after it is told', async () => {
  const told: string[] = [];
  const beginList = (path: string, others?: number) => void told.push(`${path} ${others}`);
  const world = makeWorld({ store: { ...memoryStore(), beginList: beginList as never }, depthInfinity: true });
  for (const path of ['/a', '/b', '/c', '/c/d']) await world.ask('MKCOL', path);
  await world.ask('PROPFIND', '/', { headers: { depth: 'infinity' } });
  expect(told).toEqual(['/a undefined', '/b 1', '/c 0', '/c/d undefined']);
});
