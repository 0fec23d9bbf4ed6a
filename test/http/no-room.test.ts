// 507 over real HTTP: the disk or the quota is full wherever a byte would be written, in the store or in the state, and nothing is half done.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import { roomWanted } from '../../src/state/room.ts';
import type { State } from '../../src/state/state.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { davErrorOf } from '../../src/store/filesystem-errors.ts';
import type { Store } from '../../src/store/store.ts';
import { LOCKINFO, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

type Shortage = 'ENOSPC' | 'EDQUOT';
const CONDITIONS = { ENOSPC: 'sufficient-disk-space', EDQUOT: 'quota-not-exceeded' };

let served: Served;
let store: Shortage | undefined;
let state: Shortage | undefined;
beforeEach(async () => {
  store = undefined;
  state = undefined;
  served = await serve({ service });
  expect((await served.ask('MKCOL', '/c')).status).toBe(201);
  expect((await served.ask('PUT', '/c/m', { body: 'm' })).status).toBe(201);
  expect((await served.ask('PUT', '/f', { body: 'old' })).status).toBe(201);
});
afterEach(() => served.close());

/** The real store and a real state, each of whose writing verbs fails while it has no room. */
function service(folder: string): Service {
  const room = filesystemStore({ folder });
  const kept = memoryState();
  const short = (code: Shortage | undefined) => (code === undefined ? undefined : Object.assign(new Error(code), { code }));
  const placed = async <T>(work: () => Promise<T>): Promise<T> => {
    const error = short(store);
    if (error) throw davErrorOf(error, 'new');
    return work();
  };
  const recorded = async <T>(work: () => Promise<T>): Promise<T> => {
    const error = short(state);
    if (error) throw new DavError(507, 'The server could not store the change.', { cause: error, ...roomWanted(error) });
    return work();
  };
  const fullStore: Store = {
    ...room,
    put: undefined, // which meets it as well, and then leaves it to these
    write: async (path, bytes) => {
      // A disk is full only when the bytes come.
      const size = await room.write(path, bytes);
      return placed(async () => size).catch(async (error) => {
        await room.remove(path);
        throw error;
      });
    },
    makeCollection: (path) => placed(() => room.makeCollection(path)),
    copyFile: (from, to) => placed(() => room.copyFile(from, to)),
  };
  const fullState: State = {
    ...kept,
    addLock: (...asked) => recorded(() => kept.addLock(...asked)),
    refreshLock: (...asked) => recorded(() => kept.refreshLock(...asked)),
    begin: (...asked) => recorded(() => kept.begin(...asked)),
    commit: (...asked) => recorded(() => kept.commit(...asked)),
    settle: (...asked) => recorded(() => kept.settle(...asked)),
  };
  const context = {
    store: fullStore,
    state: fullState,
    gate: new Gate(),
    digests: new Digests(),
    options: DEFAULTS,
    now: Date.now,
    warn: () => {},
  };
  return { context, listensAt: () => {}, close: () => kept.close() };
}

const XML = { 'Content-Type': 'application/xml' };
const UPDATE = '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>';
const errorOf = (name: string) => `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"><D:${name}/></D:error>`;
const staged = () => readdirSync(join(served.folder, '.dav207/tmp'));

describe.each(['ENOSPC', 'EDQUOT'] as const)('%s', (shortage) => {
  test.each<[string, string, { headers?: Record<string, string>; body?: string | string[] }]>([
    ['PUT', '/new', { body: 'content' }],
    ['PUT', '/f', { body: 'content' }],
    ['PUT', '/f', { body: ['con', 'tent'] }],
    ['COPY', '/f', { headers: { Destination: '/g' } }],
    ['COPY', '/f', { headers: { Destination: '/c/m' } }],
    ['COPY', '/c', { headers: { Destination: '/d', Depth: '0' } }],
    ['MKCOL', '/new', {}],
    ['LOCK', '/new', { headers: XML, body: LOCKINFO }],
  ])('D-11.5-a, Q-6-a, Q-6-b: of the store: %s %s is 507 with its condition, and the tree is as before', async (method, target, asking) => {
    const before = treeOf(served.folder);
    store = shortage;
    const { status, headers, text } = await served.ask(method, target, asking);
    expect([status, headers['content-type'], text]).toEqual([507, 'application/xml; charset="utf-8"', errorOf(CONDITIONS[shortage])]);
    expect([treeOf(served.folder), staged()]).toEqual([before, []]);
    store = undefined;
    expect((await served.ask(method, target, asking)).status).toBeLessThan(300);
  });

  test.each<[string, string, { headers?: Record<string, string>; body?: string }]>([
    ['PROPPATCH', '/f', { headers: XML, body: UPDATE }],
    ['LOCK', '/f', { headers: XML, body: LOCKINFO }],
    ['LOCK', '/new', { headers: XML, body: LOCKINFO }],
    ['MKCOL', '/new', { headers: XML, body: `<mkcol xmlns="DAV:">${UPDATE.replace(/<\/?propertyupdate[^>]*>/g, '')}</mkcol>` }],
  ])('D-11.5-a, Q-6-b: of the state: %s %s is 507 with its condition, and the tree is as before', async (method, target, asking) => {
    const before = treeOf(served.folder);
    state = shortage;
    const { status, headers, text } = await served.ask(method, target, asking);
    expect([status, headers['lock-token'], text]).toEqual([507, undefined, errorOf(CONDITIONS[shortage])]);
    expect([treeOf(served.folder), staged()]).toEqual([before, []]);
    state = undefined;
    expect((await served.ask(method, target, asking)).status).toBeLessThan(300);
  });

  test('Q-6-b: inside a 207 the row has the same status and condition', async () => {
    writeFileSync(join(served.folder, 'c/n'), 'n');
    expect((await served.ask('MKCOL', '/d')).status).toBe(201);
    store = shortage;
    const { status, text } = await served.ask('COPY', '/c', { headers: { Destination: '/d' } });
    expect(status).toBe(207);
    for (const href of ['/d/m', '/d/n']) {
      const row = `<D:href>${href}</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status><D:error><D:${CONDITIONS[shortage]}/></D:error>`;
      expect(text).toContain(row);
    }
  });

  test('what makes room, or needs none, is done', async () => {
    store = shortage;
    expect((await served.ask('MOVE', '/f', { headers: { Destination: '/g' } })).status).toBe(201);
    expect((await served.ask('DELETE', '/c')).status).toBe(204);
    expect((await served.ask('GET', '/g')).text).toBe('old');
    expect(treeOf(served.folder)).toEqual({ '/g': 'old' });
  });
});
