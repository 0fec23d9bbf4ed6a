// Requests at random, to trees, locks and failing stores at random: whatever is answered keeps its shape, and nobody hears a 500.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faultyStore } from '../scenarios/faulty-store.ts';
import { lockInfo, makeWorld, through } from '../scenarios/world.ts';

const COLLECTIONS = ['/a/', '/a/b/', '/a/b/c/', '/a & b/', '/d/', '/d/b/'];
const FILES = ['/a/x', '/a/b/x', '/a/b/c/x', '/a/b/c/%C3%A9', '/a%20&%20b/x', '/d/x', '/d/b', '/d/b/x', '/f'];
const PLACES = ['/', ...COLLECTIONS.map(encodeURI), ...FILES, '/a', '/a/b', '/new', '/new/', '/a/new/', '/d/new'];
const VERBS = ['list', 'makeCollection', 'copyFile', 'remove', 'rename', 'writable'];

const place = fc.constantFrom(...PLACES);
const lock = fc.record({
  at: place,
  scope: fc.constantFrom('exclusive', 'shared'),
  depth: fc.constantFrom('0', 'infinity'),
  principal: fc.constantFrom('Ann', 'Bob'),
});
const fault = fc.record({
  verb: fc.constantFrom(...VERBS),
  at: fc.constantFrom(...FILES, ...COLLECTIONS).map((href) => decodeURI(href).replace(/\/$/, '')),
  status: fc.constantFrom(403, 507),
});
const request = fc.record({
  method: fc.constantFrom('DELETE', 'COPY', 'MOVE', 'LOCK', 'MKCOL', 'PUT', 'PROPFIND'),
  target: place,
  destination: place,
  depth: fc.constantFrom(undefined, '0', 'infinity'),
  overwrite: fc.constantFrom(undefined, 'F'),
  prefer: fc.constantFrom(undefined, 'return=minimal'),
  tokens: fc.boolean(),
});

test('D-08.3-a, D-11.1-a, D-11.3-a, D-11.4-a, D-13-b, D-14.24-a, D-14.24-b, D-14.28-a, D-14.5-a, Z-neon-a, Z-mac-b: two thousand answers', async () => {
  const scene = fc.record({
    files: fc.subarray(FILES, { minLength: 3 }),
    locks: fc.array(lock, { maxLength: 4 }),
    faults: fc.array(fault, { maxLength: 2 }),
    requests: fc.array(request, { minLength: 1, maxLength: 5 }),
  });
  const play = fc.asyncProperty(scene, async ({ files, locks, faults, requests }) => {
    const quiet = makeWorld();
    for (const href of COLLECTIONS) await quiet.ask('MKCOL', encodeURI(href));
    for (const href of files) await quiet.ask('PUT', href, { body: href });
    const tokens: string[] = [];
    for (const { at, scope, depth, principal } of locks) {
      const { headers } = await quiet.ask('LOCK', at, { headers: { depth }, body: lockInfo(scope), principal });
      if (headers['Lock-Token']) tokens.push(headers['Lock-Token']);
    }
    const world = through(quiet, faultyStore(quiet.store, faults));
    for (const { method, target, destination, depth, overwrite, prefer, tokens: submitted } of requests) {
      const condition = ['(Not <DAV:no-lock>)', ...tokens.map((token) => `(${token})`)].join(' ');
      const asked = { depth, overwrite, prefer, destination, if: submitted ? condition : undefined };
      const headers = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Record<string, string>;
      const body = method === 'LOCK' ? { body: lockInfo() } : method === 'PUT' ? { body: 'new' } : {};
      const { status } = await world.ask(method, target, { headers, ...body });
      expect([200, 201, 204, 207, 400, 403, 404, 405, 409, 412, 423, 507]).toContain(status);
    }
  });
  await fc.assert(play, { numRuns: 800 });
});
