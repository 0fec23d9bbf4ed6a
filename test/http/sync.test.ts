// With `sync` what a request has changed is on the disk before it is answered: the bytes before they get their name, then the names.
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Handle } from '../../src/store/filesystem-handle.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
let plain: Served;
/** What fsync(2) was asked for, and whether `target` was there then. */
let synced: { readonly what: string; readonly there: boolean }[] = [];
let target = '';

beforeAll(async () => {
  served = await serve({ sync: true });
  plain = await serve();
  const { sync } = Handle.prototype;
  jest.spyOn(Handle.prototype, 'sync').mockImplementation(function (this: Handle) {
    const what = `/${relative(served.folder, readlinkSync(`/proc/self/fd/${this.fd}`))}`.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '*');
    synced.push({ what, there: existsSync(join(served.folder, target)) });
    return sync.call(this);
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await served.close();
  await plain.close();
});
beforeEach(() => {
  for (const { folder } of [served, plain]) {
    for (const collection of ['c', 'c/sub', 'd']) mkdirSync(join(folder, collection), { recursive: true });
    for (const file of ['c/a', 'c/sub/b', 'd/old']) writeFileSync(join(folder, file), file);
  }
  synced = [];
});

const APPEND = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
const STRICT = { Prefer: 'handling=strict' };
const staged = { what: '/.dav207/tmp/*', there: false };

/** The method, the Request-URI, what comes or goes, its headers, and what must have been brought to the disk, in this order. */
type Row = [string, string, string, Readonly<Record<string, string>>, readonly { readonly what: string; readonly there: boolean }[]];

const ROWS: readonly Row[] = [
  ['PUT', '/d/new', 'd/new', {}, [staged, { what: '/d', there: true }]],
  ['PUT', '/d/timed', 'd/timed', { 'X-OC-Mtime': '1000000000' }, [staged, staged, { what: '/d', there: true }]],
  ['PATCH', '/d/old', 'd/none', APPEND, [staged, { what: '/d', there: false }]],
  ['MKCOL', '/d/made/', 'd/made', {}, [{ what: '/d', there: true }]],
  [
    'COPY',
    '/c/a',
    'd/copy',
    { Destination: '/d/copy' },
    [
      { what: '/.dav207/tmp/*/0', there: false },
      { what: '/d', there: true },
    ],
  ],
  [
    'COPY',
    '/c/',
    'd/whole',
    { Destination: '/d/whole/', ...STRICT },
    [
      { what: '/.dav207/tmp/*/0/a', there: false },
      { what: '/.dav207/tmp/*/0/sub/b', there: false },
      { what: '/.dav207/tmp/*/0/sub', there: false },
      { what: '/d', there: true },
    ],
  ],
  [
    'MOVE',
    '/c/a',
    'd/moved',
    { Destination: '/d/moved' },
    [
      { what: '/d', there: true },
      { what: '/c', there: true },
    ],
  ],
  ['DELETE', '/c/a', 'c/a', {}, [{ what: '/c', there: false }]],
  ['DELETE', '/c/', 'c', STRICT, [{ what: '/', there: false }]],
];

describe.each(ROWS)('%s %s', (method, path, changed, headers, wanted) => {
  const ask = ({ ask }: Served) => ask(method, path, { headers, ...(/^P/.test(method) && { body: 'some bytes' }) });

  test('brings it to the disk before the answer', async () => {
    target = changed;
    const { status } = await ask(served);
    expect(status).toBeLessThan(207);
    const seen = synced.map((each) => JSON.stringify(each));
    let at = -1;
    for (const each of wanted) {
      at = seen.indexOf(JSON.stringify(each), at + 1);
      expect([each, at >= 0, seen]).toEqual([each, true, seen]);
    }
  });

  test('leaves it to the system without', async () => {
    expect((await ask(plain)).status).toBeLessThan(207);
    expect(synced).toEqual([]);
  });
});
