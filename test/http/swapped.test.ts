// Another program puts a link out of the folder in the place of a collection in the midst of a request, at each of its steps: no method is led out.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { LOCKINFO, type Served, serve } from './serve.ts';

const CANARY = 'canary';
const XML = { 'Content-Type': 'application/xml' };
const TIME =
  '<propertyupdate xmlns="DAV:"><set><prop><getlastmodified>Sun, 09 Sep 2001 01:46:40 GMT</getlastmodified></prop></set></propertyupdate>';
const PART = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'bytes=0-0' };
const STRICT = { Prefer: 'handling=strict' };

let home: string;
let served: Served;
/** At which call of the store the swap is done; and how many there were. */
let deceivedAt: number;
let calls: number;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'dav207-swapped-'));
  mkdirSync(join(home, 'served'));
  plant(join(home, 'outside'), CANARY);
  served = await serve({ folder: join(home, 'served'), service });
});
afterEach(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

function plant(root: string, content: string): void {
  for (const made of ['c/d', 'c/e']) mkdirSync(join(root, made), { recursive: true });
  for (const name of ['c/f', 'c/d/g']) writeFileSync(join(root, name), content);
}

/** The real store; just before one of its calls another program does its work. */
function service(folder: string): Service {
  const deceived = <Verbs extends object>(verbs: Verbs): Verbs =>
    Object.fromEntries(Object.entries(verbs).map(([verb, work]) => [verb, typeof work === 'function' ? watched(work) : work])) as Verbs;
  const watched =
    (work: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      if (++calls === deceivedAt) swap(folder);
      return work(...args);
    };
  const real = filesystemStore({ folder });
  const store: Store = { ...deceived(real), bulk: real.bulk && deceived(real.bulk) };
  const options = { ...DEFAULTS, setModified: true };
  const context = { store, state: memoryState(), gate: new Gate(), digests: new Digests(), options, now: Date.now, warn() {} };
  return { context, listensAt() {}, close: async () => {} };
}

function swap(folder: string): void {
  if (!existsSync(join(folder, 'p'))) return;
  renameSync(join(folder, 'p'), join(home, 'aside'));
  symlinkSync('../outside', join(folder, 'p'));
}

/** All that is outside, with what a method could change of it. */
function outside(): string[] {
  const root = join(home, 'outside');
  return ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].sort().map((name) => {
    const { mode, mtimeMs, ctimeMs, size, ino } = lstatSync(join(root, name));
    return [name, mode, mtimeMs, ctimeMs, size, ino].join(' ');
  });
}

/** The lock of one case does not stand in the way of the next; nobody is deceived meanwhile. */
async function unlock(target: string, token: string | string[]): Promise<void> {
  calls = deceivedAt;
  await served.ask('UNLOCK', target, { headers: { 'Lock-Token': String(token) } });
}

type Row = [method: string, target: string, headers: Record<string, string>, body?: string | undefined];
const REQUESTS: Row[] = [
  ['GET', '/p/c/f', {}],
  ['GET', '/p/c/', {}],
  ['PROPFIND', '/p/c/', { Depth: '1' }],
  ['PUT', '/p/c/f', {}, 'new'],
  ['PUT', '/p/c/new', {}, 'new'],
  ['PUT', '/p/c/f', { Prefer: 'return=representation', 'X-OC-Mtime': '1000000000' }, 'new'],
  ['PUT', '/p/c/f', { 'Content-Range': 'bytes 0-0/*' }, 'n'],
  ['PATCH', '/p/c/f', PART, 'n'],
  ['MKCOL', '/p/c/new/', {}],
  ['DELETE', '/p/c/f', {}],
  ['DELETE', '/p/c/', {}],
  ['DELETE', '/p/c/', STRICT],
  ['COPY', '/p/c/f', { Destination: '/copied' }],
  ['COPY', '/p/c/', { Destination: '/copied' }],
  ['COPY', '/p/c/', { Destination: '/copied', ...STRICT }],
  ['COPY', '/g', { Destination: '/p/c/f' }],
  ['COPY', '/s/', { Destination: '/p/c/' }],
  ['COPY', '/s/', { Destination: '/p/c/', ...STRICT }],
  ['MOVE', '/p/c/f', { Destination: '/moved' }],
  ['MOVE', '/p/c/', { Destination: '/moved' }],
  ['MOVE', '/g', { Destination: '/p/c/f' }],
  ['MOVE', '/s/', { Destination: '/p/c/' }],
  ['MOVE', '/s/', { Destination: '/p/c/', ...STRICT }],
  ['PROPPATCH', '/p/c/f', XML, TIME],
  ['PROPPATCH', '/p/c/', XML, TIME],
  ['LOCK', '/p/c/f', XML, LOCKINFO],
  ['LOCK', '/p/c/new', XML, LOCKINFO],
];

// Rows of one length: jest would hand a callback to what takes one more.
test.each(REQUESTS.map(([method, target, headers, body]): Row => [method, target, headers, body]))(
  '%s %s %j',
  async (method, target, headers, body) => {
    const before = outside();
    let token: string | string[] | undefined;
    for (deceivedAt = 1, calls = 0; calls >= deceivedAt - 1; deceivedAt++) {
      for (const name of readdirSync(served.folder)) if (name !== '.dav207') rmSync(join(served.folder, name), { recursive: true });
      rmSync(join(home, 'aside'), { recursive: true, force: true });
      plant(join(served.folder, 'p'), 'inside');
      plant(join(served.folder, 's'), 'source');
      writeFileSync(join(served.folder, 'g'), 'g');
      if (token !== undefined) await unlock(target, token);
      calls = 0;
      const reply = await served.ask(method, target, { headers, ...(body !== undefined && { body }) });
      // 503: what is replaced while it is opened.
      const fine = reply.status < 500 || reply.status === 503;
      expect([deceivedAt, reply.status, fine, reply.text.includes(CANARY)]).toEqual([deceivedAt, reply.status, true, false]);
      expect(outside()).toEqual(before);
      token = reply.headers['lock-token'];
    }
    expect(deceivedAt).toBeGreaterThan(2);
  },
);
