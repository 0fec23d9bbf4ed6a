// PUT against stores that are not as quiet, or as roomy, as a disk alone.
import { expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { davErrorOf } from '../../src/store/filesystem-errors.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { makeWorld } from '../scenarios/world.ts';
import { at } from '../store/speaking.ts';
import { racedStore } from './raced-store.ts';

test('H-9.3.4-b: no validators in the answer when they would be those of somebody else', async () => {
  const { store, race } = racedStore();
  const world = makeWorld({ store });
  const alone = await world.ask('PUT', '/f', { body: 'ours' });
  expect([alone.status, alone.headers.ETag, alone.headers['Last-Modified']]).toEqual([201, expect.any(String), expect.any(String)]);
  race();
  const reply = await world.ask('PUT', '/f', { body: 'ours' });
  expect([reply.status, reply.headers.ETag, reply.headers['Last-Modified']]).toEqual([204, undefined, undefined]);
});

test.each([
  ['D-11.5-a', 'ENOSPC', 'sufficient-disk-space'],
  ['Q-6-a', 'EDQUOT', 'quota-not-exceeded'],
])('%s: %s is 507 with its condition, and the old content stays', async (_id, code, name) => {
  const memory = memoryStore();
  let full = false;
  const { status, message, condition } = davErrorOf(Object.assign(new Error(), { code }), 'new');
  const world = makeWorld({
    store: {
      ...memory,
      async write(path, bytes) {
        if (full) throw new DavError(status, message, condition && { condition });
        return memory.write(path, bytes);
      },
    },
  });
  await world.ask('PUT', '/f', { body: 'old' });
  full = true;
  for (const target of ['/f', '/new']) {
    const reply = await world.ask('PUT', target, { body: 'new' });
    expect([reply.status, reply.text]).toEqual([
      507,
      `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"><D:${name}/></D:error>`,
    ]);
  }
  const { text } = await world.ask('GET', '/f');
  expect([text, await memory.stat(at('/new'))]).toEqual(['old', undefined]);
});
