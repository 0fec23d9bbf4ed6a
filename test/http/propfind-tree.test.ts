// PROPFIND where --depth-infinity allows whole trees, below a mount path; large collections; preferences (RFC 8144).
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LOOK_THREAD } from '../../src/store/filesystem-look-thread.ts';
import { onlyRow, outcomesOf, propertyIn, rowAt, rowsOf } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({ depthInfinity: true, base: '/dav' });
  mkdirSync(join(served.folder, 't/a/b'), { recursive: true });
  for (const name of ['t/f', 't/a/g', 't/a/b/h']) writeFileSync(join(served.folder, name), name);
  await patch(served, '/dav/t/a/g', set('<x:c>1</x:c>'));
});
afterAll(() => served.close());

const hrefsIn = (reply: Parameters<typeof rowsOf>[0]) =>
  rowsOf(reply)
    .map(({ href }) => href)
    .sort();

describe('Depth infinity', () => {
  const WHOLE = ['/dav/t/', '/dav/t/a/', '/dav/t/a/b/', '/dav/t/a/b/h', '/dav/t/a/g', '/dav/t/f'];

  test.each([{ Depth: 'infinity' }, { Depth: 'INFINITY' }, {}])('D-09.1-b, D-09.1-c, D-08.3-b: %j gives the tree', async (headers) => {
    const reply = await served.ask('PROPFIND', '/dav/t/', { headers });
    expect(hrefsIn(reply)).toEqual(WHOLE);
    expect(propertyIn(rowAt(reply, '/dav/t/a/g'), 'urn:x', 'c').children).toEqual(['1']);
  });

  test('D-05.2-c: Content-Location keeps the mount path', async () => {
    const reply = await find(served, '/dav/t', undefined, { Depth: 'infinity' });
    expect([reply.headers['content-location'], hrefsIn(reply)]).toEqual(['/dav/t/', WHOLE]);
    expect(onlyRow(await find(served, '/dav/')).href).toBe('/dav/');
  });

  test('D-15.8: an infinite lock shows at every descendant, a Depth 0 lock at its root only', async () => {
    const token = await served.lock('/dav/t/a/');
    const shallow = await served.lock('/dav/t/', { Depth: '0' });
    const reply = await find(served, '/dav/t/', prop('<D:lockdiscovery/>'), { Depth: 'infinity' });
    const locked = rowsOf(reply).filter((row) => propertyIn(row, 'DAV:', 'lockdiscovery').children.length > 0);
    expect(locked.map(({ href }) => href).sort()).toEqual(WHOLE.filter((href) => href !== '/dav/t/f'));
    expect(reply.text.split('<D:lockroot><D:href>/dav/t/a/</D:href></D:lockroot>')).toHaveLength(1 + 4);
    await served.ask('UNLOCK', '/dav/t/a/', { headers: { 'Lock-Token': `<${token}>` } });
    await served.ask('UNLOCK', '/dav/t/', { headers: { 'Lock-Token': `<${shallow}>` } });
  });

  test('a tree is the same where a thread lists small collections ahead: some with links, a name that is not ASCII, or very many members', async () => {
    const whole = ['/dav/s/'];
    for (const name of ['a', 'b', 'b/d', 'links', 'many', 'Ü', 'z']) {
      const [href, folder] = [`/dav/s/${encodeURI(name)}/`, join(served.folder, 's', name)];
      mkdirSync(folder, { recursive: true });
      const files = Array.from({ length: name === 'many' ? 600 : 30 }, (_, index) => `f${index}`);
      for (const file of files) writeFileSync(join(folder, file), file);
      if (name === 'links') symlinkSync('f1', join(folder, 'link'));
      whole.push(href, ...files.map((file) => href + file), ...(name === 'links' ? [`${href}link`] : []));
    }
    while (!(await LOOK_THREAD.list(served.folder))) await new Promise((resolve) => setImmediate(resolve));
    const reply = await find(served, '/dav/s/', prop('<D:getetag/>'), { Depth: 'infinity' });
    expect(hrefsIn(reply)).toEqual(whole.sort());
    for (const href of ['/dav/s/a/f1', '/dav/s/z/f29', '/dav/s/links/link'])
      expect(propertyIn(rowAt(reply, href), 'DAV:', 'getetag').children).toEqual([(await served.ask('GET', href)).headers.etag]);
  });

  test('B-7.2-a: a link to an ancestor has a 508 row and no members; another way to a collection is walked', async () => {
    mkdirSync(join(served.folder, 'l/m'), { recursive: true });
    symlinkSync('..', join(served.folder, 'l/m/up'));
    symlinkSync('.', join(served.folder, 'l/here'));
    symlinkSync('m', join(served.folder, 'l/n'));
    const reply = await find(served, '/dav/l/', prop('<D:resourcetype/>'), { Depth: 'infinity' });
    const seen = Object.fromEntries(rowsOf(reply).map(({ href, status }) => [href, status]));
    expect(seen).toEqual({
      '/dav/l/': undefined,
      '/dav/l/here/': 508,
      '/dav/l/m/': undefined,
      '/dav/l/m/up/': 508,
      '/dav/l/n/': undefined,
      '/dav/l/n/up/': 508,
    });
    expect(hrefsIn(await find(served, '/dav/l/', prop('<D:resourcetype/>'), { Depth: '1' }))).toEqual([
      '/dav/l/',
      '/dav/l/here/',
      '/dav/l/m/',
      '/dav/l/n/',
    ]);
  });

  test.each<Record<string, string>>([{}, { DAV: 'bind' }])(
    'B-7.1-a: a second way to a collection is no 208, also for %j: nobody offered to say so',
    async (headers) => {
      mkdirSync(join(served.folder, 'two/real'), { recursive: true });
      writeFileSync(join(served.folder, 'two/real/f'), '');
      rmSync(join(served.folder, 'two/also'), { force: true });
      symlinkSync('real', join(served.folder, 'two/also'));
      const reply = await find(served, '/dav/two/', prop('<D:resourcetype/>'), { Depth: 'infinity', ...headers });
      expect(rowsOf(reply).map(({ href, status }) => [href, status])).toEqual(
        expect.arrayContaining([
          ['/dav/two/real/f', undefined],
          ['/dav/two/also/f', undefined],
        ]),
      );
      expect(reply.text).not.toContain(' 208 ');
    },
  );

  test('B-7.2-a: a link to above the Request-URI comes round once and ends', async () => {
    mkdirSync(join(served.folder, 'o/p'), { recursive: true });
    symlinkSync('../../o', join(served.folder, 'o/p/top'));
    const rows = rowsOf(await find(served, '/dav/o/p/', prop('<D:resourcetype/>'), { Depth: 'infinity' }));
    expect(rows.map(({ href, status }) => [href, status])).toEqual([
      ['/dav/o/p/', undefined],
      ['/dav/o/p/top/', undefined],
      ['/dav/o/p/top/p/', 508],
    ]);
  });
});

test('D-09.1-m: 2,000 members come whole, each once, with what belongs to it', async () => {
  mkdirSync(join(served.folder, 'many'));
  for (let index = 0; index < 2000; index++) writeFileSync(join(served.folder, `many/${index}`), 'x'.repeat(index % 7));
  await patch(served, '/dav/many/1234', set('<x:c>mine</x:c>'));
  const reply = await find(served, '/dav/many/', prop('<D:getcontentlength/><D:getetag/><x:c/>'), { Depth: '1' });
  expect([reply.headers['transfer-encoding'], reply.headers['content-length']]).toEqual(['chunked', undefined]);
  const members = new Map(rowsOf(reply).map((row) => [row.href, row]));
  expect(members.size).toBe(2001);
  for (let index = 0; index < 2000; index++) {
    const row = members.get(`/dav/many/${index}`);
    expect(row && propertyIn(row, 'DAV:', 'getcontentlength').children).toEqual([String(index % 7)]);
    expect(row && Object.keys(outcomesOf(row))).toEqual(index === 1234 ? ['200'] : ['200', '404']);
  }
});

test('D-15.8: a lock on a file that another program has made a collection no longer shows, at any Depth', async () => {
  mkdirSync(join(served.folder, 'swap'));
  writeFileSync(join(served.folder, 'swap/x'), 'file');
  await served.lock('/dav/swap/x');
  rmSync(join(served.folder, 'swap/x'));
  mkdirSync(join(served.folder, 'swap/x'));
  const members = await find(served, '/dav/swap/', prop('<D:lockdiscovery/>'), { Depth: '1' });
  expect(propertyIn(rowAt(members, '/dav/swap/x/'), 'DAV:', 'lockdiscovery').children).toEqual([]);
  const alone = await find(served, '/dav/swap/x/', prop('<D:lockdiscovery/>'));
  expect(propertyIn(onlyRow(alone), 'DAV:', 'lockdiscovery').children).toEqual([]);
});

describe('Prefer', () => {
  const NAMES = prop('<x:c/><x:none/>');
  const ask = (prefer: Record<string, string | string[]>, depth = '1') =>
    find(served, '/dav/t/a/', NAMES, { Depth: depth, ...prefer } as never);

  test.each([
    { Prefer: 'return=minimal' },
    { Prefer: 'frob, RETURN=minimal; x=y, return=representation' },
    { Prefer: ['frob=""', 'return="minimal"'] },
    { Brief: 't' },
    { Brief: 'T' },
  ])('F-8144-2.1-a, F-7240-2-a, F-7240-3-a, Z-brief-a: %j leaves the 404s out', async (prefer) => {
    const reply = await ask(prefer);
    expect(reply.headers['preference-applied']).toBe('return=minimal');
    expect(outcomesOf(rowAt(reply, '/dav/t/a/g'))).toEqual({ 200: ['{urn:x}c'] });
    expect(outcomesOf(rowAt(reply, '/dav/t/a/b/'))).toEqual({ 200: [] });
  });

  test.each([{ Prefer: 'return=MINIMAL' }, { Prefer: 'return=""' }, { Prefer: 'minimal' }, { Prefer: ',;="' }, { Brief: 'f' }, {}])(
    'F-7240-2-a: %j is no wish, and no error',
    async (prefer) => {
      const reply = await ask(prefer);
      expect([reply.headers['preference-applied'], reply.headers.vary]).toEqual([undefined, 'Prefer, Brief, Depth']);
      expect(outcomesOf(rowAt(reply, '/dav/t/a/b/'))).toEqual({ 404: ['{urn:x}c', '{urn:x}none'] });
    },
  );

  test.each([
    ['1', ['/dav/t/a/b/', '/dav/t/a/g']],
    ['infinity', ['/dav/t/a/b/', '/dav/t/a/b/h', '/dav/t/a/g']],
  ])('F-8144-4-a: depth-noroot at Depth %s leaves out the Request-URI', async (depth, hrefs) => {
    const reply = await ask({ Prefer: 'depth-noroot' }, depth);
    expect([reply.headers['preference-applied'], hrefsIn(reply)]).toEqual(['depth-noroot', hrefs]);
  });

  test('F-8144-4-a: depth-noroot is ignored at Depth 0, goes together with minimal, and leaves nothing of a file', async () => {
    const zero = await ask({ Prefer: 'depth-noroot' }, '0');
    expect([zero.headers['preference-applied'], hrefsIn(zero)]).toEqual([undefined, ['/dav/t/a/']]);
    const both = await ask({ Prefer: 'depth-noroot, return=minimal' });
    expect([both.headers['preference-applied'], hrefsIn(both)]).toEqual(['return=minimal, depth-noroot', ['/dav/t/a/b/', '/dav/t/a/g']]);
    expect(outcomesOf(rowAt(both, '/dav/t/a/b/'))).toEqual({ 200: [] });
    expect(rowsOf(await find(served, '/dav/t/f', NAMES, { Depth: '1', Prefer: 'depth-noroot' }))).toEqual([]);
  });
});
