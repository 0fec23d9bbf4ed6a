// PATCH on a store in which another program writes the file while the new one is built: its change is not lost.
import { expect, test } from '@jest/globals';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { makeWorld } from '../scenarios/world.ts';
import { at, chunks, namesIn, textAt } from '../store/speaking.ts';
import { racedStore } from './raced-store.ts';

const UPDATE = { 'content-type': 'application/x-sabredav-partialupdate', 'x-update-range': 'append' };

test.each(['before', 'after'])('P-5789-2-a: 409 when another program writes the file just %s it is copied', async (when) => {
  const memory = memoryStore();
  const theirs = async () => {
    await memory.remove(at('/f'));
    await memory.write(at('/f'), chunks('theirs'));
  };
  const racing: Store = {
    ...memory,
    async copyPatched(from, to, offset, bytes) {
      if (when === 'before') await theirs();
      await memory.copyPatched(from, to, offset, bytes);
      if (when === 'after') await theirs();
    },
  };
  const world = makeWorld({ store: racing });
  await world.ask('PUT', '/f', { body: 'old' });
  const reply = await world.ask('PATCH', '/f', { headers: UPDATE, body: '!' });
  expect([reply.status, reply.text]).toEqual([409, 'Another program changed the file meanwhile; nothing was written.\n']);
  expect([await textAt(memory, '/f'), await namesIn(memory, '/.dav207/tmp')]).toEqual(['theirs', []]);
});

test('H-9.3.4-b: no ETag in the answer when it would be that of somebody else', async () => {
  const { store, race } = racedStore();
  const world = makeWorld({ store });
  await world.ask('PUT', '/f', { body: 'old' });
  expect((await world.ask('PATCH', '/f', { headers: UPDATE, body: '!' })).headers.ETag).toEqual(expect.any(String));
  race();
  const reply = await world.ask('PATCH', '/f', { headers: UPDATE, body: '!' });
  expect([reply.status, reply.headers.ETag]).toEqual([204, undefined]);
});

test('409 when the file is changed while its checksum is taken: none of old content is stored', async () => {
  const memory = memoryStore();
  const racing: Store = {
    ...memory,
    async read(path) {
      const content = await memory.read(path);
      await memory.remove(path);
      await memory.write(path, chunks('theirs'));
      return content;
    },
  };
  const world = makeWorld({ store: racing });
  await world.ask('PUT', '/f', { body: 'old' });
  const reply = await world.ask('PATCH', '/f', { headers: { 'x-recalculate-hash': 'SHA1' } });
  expect([reply.status, reply.text]).toEqual([409, 'The file was changed meanwhile; ask again.\n']);
  expect(await world.context.state.properties(at('/f'))).toEqual([]);
});
