// While a writer is stopped in the middle, readers are answered and who would write there waits; what is seen of half a write refuses nobody.
import { describe, expect, test } from '@jest/globals';
import { type Answer, type Ask, lockInfo, makeWorld, through, type World } from '../scenarios/world.ts';
import { atRest, stopping } from './stopping.ts';

const TREE = [
  { href: '/c/', content: undefined },
  { href: '/c/f', content: 'old' },
  { href: '/c/sub/', content: undefined },
  { href: '/c/sub/g', content: 'g' },
  { href: '/d/', content: undefined },
  { href: '/d/h', content: 'h' },
].map((drawn) => ({ ...drawn, property: undefined, locks: [] }));

interface Stopped {
  readonly world: World;
  readonly writing: Promise<Answer>;
  readonly go: () => void;
}

/** A writer in a tree of two collections, stopped where it calls `verb`, for `at` or for anything. */
async function stoppedAt([verb, at]: readonly [string, string?], method: string, target: string, ask: Ask = {}): Promise<Stopped> {
  const world = makeWorld();
  await world.make(TREE);
  const { store, state } = world.context;
  const stores = verb in store;
  const held = stores ? stopping(store, verb, at) : stopping(state, verb, at);
  const writer = through(world, stores ? { ...store, ...held.verbs } : store, stores ? state : { ...state, ...held.verbs });
  const writing = writer.ask(method, target, ask);
  await Promise.race([held.stopped, writing.then(() => Promise.reject(new Error(`${method} never calls ${verb}`)))]);
  return { world, writing, go: held.go };
}

/** Answered at once, in the order asked; undefined for what waits. */
async function answered(asked: readonly Promise<Answer>[]): Promise<(number | undefined)[]> {
  const statuses: (number | undefined)[] = asked.map(() => undefined);
  for (const [index, each] of asked.entries()) each.then(({ status }) => (statuses[index] = status));
  await atRest();
  return [...statuses];
}

const SET = '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">v</p></prop></set></propertyupdate>';
const onto = { headers: { destination: '/d' } };

describe('readers never wait, and who would write there does', () => {
  test.each<[string, string, string, Ask, { there: number; status: number; next: number }]>([
    ['rename', 'PUT', '/c/f', { body: 'new' }, { there: 200, status: 204, next: 207 }],
    ['makeCollection', 'MKCOL', '/c/new', {}, { there: 200, status: 201, next: 207 }],
    ['remove', 'DELETE', '/c', {}, { there: 200, status: 204, next: 404 }],
    ['copyFile', 'COPY', '/c', onto, { there: 200, status: 204, next: 207 }],
    ['obstacles', 'MOVE', '/c', onto, { there: 200, status: 204, next: 404 }],
    ['rename', 'MOVE', '/c', onto, { there: 200, status: 204, next: 404 }],
    ['commit', 'MOVE', '/c', onto, { there: 404, status: 204, next: 404 }],
    ['commit', 'PROPPATCH', '/c', { body: SET }, { there: 200, status: 207, next: 207 }],
    ['addLock', 'LOCK', '/c', { body: lockInfo() }, { there: 200, status: 200, next: 423 }],
  ])('at the %s of %s %s', async (verb, method, target, ask, { there, status, next }) => {
    const { world, writing, go } = await stoppedAt([verb], method, target, ask);
    const propfind = (href: string, depth: string) => world.ask('PROPFIND', href, { headers: { depth } });
    const readers = [
      ...[world.ask('GET', '/c/f'), world.ask('HEAD', '/c/f'), world.ask('GET', '/c/'), world.ask('OPTIONS', '/c/f')],
      ...[propfind('/c/f', '0'), propfind('/c/', '0'), propfind('/c/', '1'), propfind('/', '1')],
    ];
    const row = there === 200 ? 207 : there;
    expect(await answered(readers)).toEqual([there, there, there, 200, row, row, row, 207]);
    const same = world.ask('PROPPATCH', target, { body: SET });
    expect(await answered([same])).toEqual([undefined]);
    go();
    expect((await writing).status).toBe(status);
    expect((await same).status).toBe(next);
  });
});

describe('half a write refuses no upload', () => {
  test.each<[string, string, string, Ask, string, Ask, number]>([
    // Before the DELETE 204, after it 409: at no time is there a collection without the file.
    ['remove', '/c', 'DELETE', {}, '/c/f', { body: 'new', headers: { 'if-match': '*' } }, 409],
    // The destination is aside, and what takes its place is not there yet.
    ['rename', '/c', 'MOVE', onto, '/d/new', { body: 'new' }, 201],
  ])('at the %s of %s by %s', async (verb, at, method, ask, target, upload, status) => {
    const { world, writing, go } = await stoppedAt([verb, at], method, '/c', ask);
    const uploading = world.ask('PUT', target, upload);
    expect(await answered([uploading])).toEqual([undefined]);
    go();
    expect((await writing).status).toBe(204);
    expect((await uploading).status).toBe(status);
  });

  test('nor does it once its body is about to be received', async () => {
    const { world, writing: uploading, go: receive } = await stoppedAt(['own'], 'PUT', '/d/new', { body: 'new' });
    const held = stopping(world.store, 'rename', '/c');
    const writing = through(world, held.verbs).ask('MOVE', '/c', onto);
    await held.stopped;
    receive();
    expect(await answered([uploading])).toEqual([undefined]);
    held.go();
    expect((await writing).status).toBe(204);
    expect((await uploading).status).toBe(201);
  });
});

test('two who release one lock through different members: one of them hears that it is gone', async () => {
  const world = makeWorld();
  await world.make(TREE);
  const token = (await world.ask('LOCK', '/c', { body: lockInfo() })).headers['Lock-Token'] ?? '';
  const held = stopping(world.context.state, 'removeLock');
  const first = through(world, world.store, held.verbs).ask('UNLOCK', '/c/f', { headers: { 'lock-token': token } });
  await held.stopped;
  const second = world.ask('UNLOCK', '/c/sub', { headers: { 'lock-token': token } });
  expect((await second).status).toBe(204);
  held.go();
  expect((await first).status).toBe(409);
});

test('of two who each write on condition of what the other changes, one is refused', async () => {
  const world = makeWorld();
  await world.make(TREE);
  const etagOf = async (target: string) => (await world.ask('HEAD', target)).headers.ETag;
  const condition = async (target: string) => ({ headers: { if: `<${target}> ([${await etagOf(target)}])` } });
  const [onD, onC] = [await condition('/d/h'), await condition('/c/f')];
  const held = stopping(world.store, 'remove', '/c/f');
  const first = through(world, held.verbs).ask('DELETE', '/c/f', onD);
  await held.stopped;
  const second = world.ask('DELETE', '/d/h', onC);
  expect(await answered([second])).toEqual([undefined]);
  held.go();
  expect((await first).status).toBe(204);
  expect((await second).status).toBe(412);
});
