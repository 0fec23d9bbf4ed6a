// With `sync`, a disk that does not confirm: what has not taken its place does not, and what is done is done, with all that goes along, and says so.
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Handle } from '../../src/store/filesystem-handle.ts';
import { type Asking, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
/** Which fsync(2) fails, by the path of what it is asked for. */
let failing: (path: string) => boolean = () => false;
let code = 'EIO';

beforeAll(async () => {
  served = await serve({ sync: true });
  const { sync } = Handle.prototype;
  jest.spyOn(Handle.prototype, 'sync').mockImplementation(async function (this: Handle) {
    if (failing(`/${relative(served.folder, readlinkSync(`/proc/self/fd/${this.fd}`))}`)) throw Object.assign(new Error(code), { code });
    return sync.call(this);
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await served.close();
});

const XML = { 'Content-Type': 'application/xml' };
const setting = (value: string) => `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">${value}</p></prop></set></propertyupdate>`;
const valueAt = async (target: string) => {
  const asked = { headers: { Depth: '0', ...XML }, body: '<propfind xmlns="DAV:"><prop><p xmlns="urn:t"/></prop></propfind>' };
  return /<p xmlns="urn:t">([^<]*)</.exec((await served.ask('PROPFIND', target, asked)).text)?.[1];
};
const staged = () => readdirSync(join(served.folder, '.dav207/tmp'));

const OLD = { '/c/': '', '/c/a': 'a', '/c/sub/': '', '/c/sub/b': 'b', '/d/': '', '/d/old': 'old' };
beforeEach(async () => {
  failing = () => false;
  code = 'EIO';
  for (const name of readdirSync(served.folder)) if (name !== '.dav207') rmSync(join(served.folder, name), { recursive: true });
  for (const collection of ['c/sub', 'd']) mkdirSync(join(served.folder, collection), { recursive: true });
  for (const [path, content] of Object.entries(OLD)) if (content) writeFileSync(join(served.folder, path), content);
  for (const path of ['/c/', '/c/a', '/d/old']) await served.ask('PROPPATCH', path, { headers: XML, body: setting(`of ${path}`) });
});

const STRICT = { Prefer: 'handling=strict' };
const APPEND = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
type Row = [
  method: string,
  target: string,
  asking: Asking,
  after: Record<string, string | undefined>,
  properties: Record<string, string | undefined>,
];

const DONE: Row[] = [
  ['PUT', '/d/new', { body: 'new' }, { '/d/new': 'new' }, {}],
  ['PATCH', '/d/old', { headers: APPEND, body: '+' }, { '/d/old': 'old+' }, { '/d/old': 'of /d/old' }],
  ['MKCOL', '/d/made/', {}, { '/d/made/': '' }, {}],
  [
    'MKCOL',
    '/d/made/',
    { headers: XML, body: setting('made').replaceAll('propertyupdate', 'mkcol') },
    { '/d/made/': '' },
    { '/d/made/': 'made' },
  ],
  ['COPY', '/c/a', { headers: { Destination: '/d/b' } }, { '/d/b': 'a' }, { '/d/b': 'of /c/a' }],
  ['COPY', '/c/a', { headers: { Destination: '/d/old' } }, { '/d/old': 'a' }, { '/d/old': 'of /c/a' }],
  ['COPY', '/c/', { headers: { Destination: '/d/c/', ...STRICT } }, { '/d/c/sub/b': 'b' }, { '/d/c/': 'of /c/', '/d/c/a': 'of /c/a' }],
  ['MOVE', '/c/a', { headers: { Destination: '/d/b' } }, { '/d/b': 'a', '/c/a': undefined }, { '/d/b': 'of /c/a' }],
  ['MOVE', '/c/a', { headers: { Destination: '/d/old' } }, { '/d/old': 'a', '/c/a': undefined }, { '/d/old': 'of /c/a' }],
  ['MOVE', '/c/', { headers: { Destination: '/d/c/' } }, { '/d/c/a': 'a', '/c/': undefined }, { '/d/c/': 'of /c/', '/d/c/a': 'of /c/a' }],
  ['MOVE', '/c/', { headers: { Destination: '/d/old' } }, { '/d/old/a': 'a', '/c/': undefined }, { '/d/old/': 'of /c/' }],
  ['DELETE', '/d/old', {}, { '/d/old': undefined }, {}],
];

describe.each(['EIO', 'ENOSPC'])('%s', (how) => {
  test.each(DONE)(
    '%s %s of which the name is not confirmed is done, and 500 says so',
    async (method, target, asking, after, properties) => {
      code = how;
      failing = (path) => path === '/d';
      const { status, text } = await served.ask(method, target, asking);
      expect([status, text]).toEqual([500, 'The disk did not confirm what was done: a power cut may take it back.\n']);
      failing = () => false;
      const tree: Record<string, string | undefined> = treeOf(served.folder);
      for (const [path, content] of Object.entries(after)) expect([path, tree[path]]).toEqual([path, content]);
      for (const [path, value] of Object.entries(properties)) expect([path, await valueAt(path)]).toEqual([path, value]);
      expect(staged()).toEqual([]);
    },
  );

  test.each(DONE.filter(([method]) => /PUT|PATCH|COPY/.test(method)))(
    '%s %s of which the bytes are not confirmed changes nothing',
    async (method, target, asking) => {
      code = how;
      failing = (path) => path.startsWith('/.dav207/tmp/');
      const { status } = await served.ask(method, target, asking);
      expect(status).toBe(how === 'EIO' ? 500 : 507);
      expect([treeOf(served.folder), staged(), await valueAt('/d/old')]).toEqual([OLD, [], 'of /d/old']);
    },
  );
});
