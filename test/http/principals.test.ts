// Who asks and who owns (RFC 5397, RFC 3744 §5.1), as far as a folder of the disk knows.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { elementsOf, textOf } from '../../src/protocol/xml-element.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

const PRINCIPAL = prop('<D:current-user-principal/>');
const basic = (name: string) => ({ Authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}` });

let open: Served;
let closed: Served;
beforeAll(async () => {
  open = await serve();
  const users = ['ann', 'bob/é'].map((name) => ({ name, password: 'secret' }));
  closed = await serve({ users, base: '/dav' });
});
afterAll(async () => {
  await open.close();
  await closed.close();
});
const fresh = freshFiles(() => open);

async function principal(served: Served, target: string, headers: Record<string, string> = {}) {
  return elementsOf(propertyIn(onlyRow(await find(served, target, PRINCIPAL, headers)), 'DAV:', 'current-user-principal'));
}

test('A-5397-3-a: who has no name is DAV:unauthenticated, everywhere', async () => {
  for (const target of ['/', fresh()])
    expect(await principal(open, target)).toMatchObject([{ namespace: 'DAV:', name: 'unauthenticated' }]);
});

test('A-5397-3-a: who has one is the same href each time, under the mount path, and another for another', async () => {
  const hrefs = [];
  for (const name of ['ann', 'ann', 'bob/é']) hrefs.push(...(await principal(closed, '/dav/', basic(name))).map(textOf));
  expect(hrefs).toEqual(['ann', 'ann', 'bob%2F%C3%A9'].map((name) => `/dav/.dav207/principals/${name}`));
});

test('A-5397-3-a, A-3744-5.1-a: both are protected, and no part of allprop', async () => {
  const target = fresh();
  for (const name of ['current-user-principal', 'owner']) {
    const { propstats } = onlyRow(await patch(open, target, set(`<D:${name}><D:href>/x</D:href></D:${name}>`)));
    expect(propstats.map(({ status, error }) => [status, error && elementsOf(error).map((each) => each.name)])).toEqual([
      [403, ['cannot-modify-protected-property']],
    ]);
    expect((await find(open, target)).text).not.toContain(`<D:${name}`);
    expect((await find(open, target, '<D:propname/>')).text).toContain(`<D:${name}/>`);
  }
});

test('A-3744-5.1-a: the owner of a resource is nobody that the server knows', async () => {
  const row = onlyRow(await find(open, fresh(), prop('<D:owner/>')));
  expect(outcomesOf(row)).toEqual({ 200: ['{DAV:}owner'] });
  expect(propertyIn(row, 'DAV:', 'owner').children).toEqual([]);
});
