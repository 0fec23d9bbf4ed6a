// A disk that is mounted read-only while it is served, as systems do with one that fails: 403 for every write, and all goes on when it is back.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Disk, mountDisk } from '../tmpfs.ts';
import { type Asking, LOCKINFO, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let disk: Disk;
let state: string;
let served: Served;
beforeEach(async () => {
  disk = mountDisk('1m');
  // On the disk itself the database is open, and the system would not let it be mounted anew.
  state = mkdtempSync(join(tmpdir(), 'dav207-state-'));
  served = await serve({ folder: disk.folder, state });
});
afterEach(async () => {
  disk.readOnly(false);
  await served.close();
  disk.end();
  rmSync(state, { recursive: true });
});

const XML = { 'Content-Type': 'application/xml' };
const setting = (prop: string, root = 'propertyupdate') => `<${root} xmlns="DAV:"><set><prop>${prop}</prop></set></${root}>`;
const DEAD = setting('<p xmlns="urn:t">new</p>');
const EXECUTABLE = setting('<executable xmlns="http://apache.org/dav/props/">T</executable>');
const STRICT = { Prefer: 'handling=strict' };
const APPEND = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
const to = (Destination: string, more = {}) => ({ headers: { Destination, ...more } });

/** The rows of a 207 are those of what is refused, and what depended on it. */
const WRITES: readonly (readonly [string, string, Asking, (403 | 207)?])[] = [
  ['PUT', '/new', { body: 'new' }],
  ['PUT', '/f', { body: 'new' }],
  ['PATCH', '/f', { headers: APPEND, body: 'new' }],
  ['MKCOL', '/new/', {}],
  ['MKCOL', '/new/', { headers: XML, body: setting('<displayname>x</displayname>', 'mkcol') }],
  ['COPY', '/f', to('/new')],
  ['COPY', '/f', to('/g')],
  ['COPY', '/c/', to('/new/', STRICT)],
  ['COPY', '/c/', to('/d/', STRICT)],
  ['COPY', '/c/', to('/d/'), 207],
  ['MOVE', '/f', to('/new')],
  ['MOVE', '/f', to('/g')],
  ['MOVE', '/c/', to('/new/')],
  ['MOVE', '/c/', to('/d/')],
  ['MOVE', '/c/', to('/d/', STRICT)],
  ['DELETE', '/f', {}],
  ['DELETE', '/c/', {}],
  ['DELETE', '/c/', { headers: STRICT }],
  ['LOCK', '/new', { headers: XML, body: LOCKINFO }],
  ['PROPPATCH', '/f', { headers: XML, body: EXECUTABLE }, 207],
];

describe.each([true, false])('something was written before: %s', (written) => {
  beforeEach(async () => {
    for (const collection of ['/c/', '/d/']) await served.ask('MKCOL', collection);
    for (const file of ['/c/a', '/d/a', '/d/old', '/f', '/g']) {
      await served.ask('PUT', file, { body: file });
      await served.ask('PROPPATCH', file, { headers: XML, body: setting(`<p xmlns="urn:t">${file}</p>`) });
    }
    if (!written) {
      await served.close();
      rmSync(join(disk.folder, '.dav207'), { recursive: true });
      served = await serve({ folder: disk.folder, state });
    }
    disk.readOnly(true);
  });

  test.each(WRITES)('%s %s is refused, and done when it can be written again', async (method, target, asking, refused = 403) => {
    const before = treeOf(disk.folder);
    const { status, text } = await served.ask(method, target, asking);
    const rows = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, row]) => Number(row)).filter((row) => row !== 424);
    expect({ status, rows: [...new Set(rows)] }).toEqual({ status: refused, rows: refused === 207 ? [403] : [] });
    expect(treeOf(disk.folder)).toEqual(before);
    expect((await served.ask('GET', '/f')).text).toBe('/f');
    disk.readOnly(false);
    expect((await served.ask(method, target, asking)).status).toBeLessThan(method === 'PROPPATCH' ? 208 : 205);
    expect(readdirSync(disk.folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.dav207-|tmp\/./.test(path))).toEqual([]);
  });

  test('what is kept elsewhere can be written: dead properties and locks', async () => {
    expect((await served.ask('PROPPATCH', '/f', { headers: XML, body: DEAD })).text).toContain('200 OK');
    const token = await served.lock('/f');
    expect((await served.ask('UNLOCK', '/f', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
  });
});
