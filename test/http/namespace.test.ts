// The namespace stays whole: what answers is a member of what is above it, after every request, whether it did all, some or nothing.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Locking, startLocking } from './locking.ts';
import { rowsOf } from './multistatus-reader.ts';

const TREE = ['/a/b/x', '/a/b/y', '/a/z', '/d/b/x', '/d/old', '/s/b/x', '/s/b/new', '/s/t/u', '/f'];

let world: Locking;
beforeAll(async () => {
  world = await startLocking(TREE);
  for (const target of ['/a/b/x', '/d/b/x', '/s/t/u']) await world.lock('Bob', target);
});
afterAll(() => world.close());

/** All that a walk from the root meets, one level at a time. */
async function walked(from: string): Promise<string[]> {
  const rows = rowsOf(await world.ask('Ann', 'PROPFIND', from, { headers: { Depth: '1' } })).map(({ href }) => href);
  const below = await Promise.all(rows.filter((href) => href !== from && href.endsWith('/')).map(walked));
  return [from, ...rows.filter((href) => href !== from && !href.endsWith('/')), ...below.flat()].sort();
}

const REQUESTS: readonly [string, number][] = [
  ['DELETE /a/', 207],
  ['MOVE /s/ /m/', 207],
  ['COPY /d/ /k/', 201],
  ['COPY /m/ /d/', 207],
  ['MOVE /m/ /d/', 207],
  ['MKCOL /no/such/', 409],
  ['PUT /no/where', 409],
  ['PUT /f/below', 409],
  ['LOCK /no/lock', 409],
  ['COPY /f /no/copy', 409],
  ['MOVE /f /no/move', 409],
  ['MOVE /f /f/below', 409],
  ['MKCOL /f', 405],
  ['LOCK /new', 201],
  ['COPY /f /k', 204],
  ['MOVE /k /m/k', 201],
  ['DELETE /m/', 204],
];

test('D-05.1-a, D-09.6.1-g, D-09.8.3-h: what is mapped is what a walk from the root meets', async () => {
  const lock = '<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope><locktype><write/></locktype></lockinfo>';
  const known = new Set(await walked('/'));
  for (const [request, status] of REQUESTS) {
    const [method = '', target = '', destination = '/unused'] = request.split(' ');
    const body = method === 'LOCK' ? lock : method === 'PUT' ? 'x' : undefined;
    const asking = { headers: { Destination: destination }, ...(body !== undefined && { body }) };
    expect([request, (await world.ask('Ann', method, target, asking)).status]).toEqual([request, status]);
    const met = await walked('/');
    for (const href of [...met, target, `${target}/`, destination, `${destination}/`]) known.add(href.replace(/\/+/g, '/'));
    const mapped: string[] = [];
    for (const href of known) {
      const { status: got, headers } = await world.ask('Ann', 'GET', href);
      if (got === 200) mapped.push(headers['content-location'] ?? href);
    }
    expect([request, [...new Set(mapped)].sort()]).toEqual([request, met]);
  }
});
