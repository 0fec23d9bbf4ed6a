// Every method over a disk that fails, at each call of each verb and with each errno: the right status, nothing lost, nothing left.
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { replay } from '../../src/operations/replay.ts';
import { type Path, ROOT } from '../../src/protocol/path.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { State } from '../../src/state/state.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { type FailingStore, type Fault, failingStore } from './failing-store.ts';
import { type Asking, LOCKINFO, type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

/** What a client is told: RFC 4918 §11.5 and RFC 4331 §6 for want of room. ENOENT is somebody else's doing: what was to go is gone. */
const STATUS: Readonly<Record<string, readonly number[]>> = {
  EACCES: [403],
  EPERM: [403],
  EROFS: [403],
  EBUSY: [403],
  EIO: [500],
  ESTALE: [500],
  ENOSPC: [507],
  EDQUOT: [507],
  EMFILE: [503],
  ENOENT: [404, 409],
};
const CONDITION: Readonly<Record<string, string>> = { ENOSPC: 'sufficient-disk-space', EDQUOT: 'quota-not-exceeded' };

let served: Served;
let real: Store;
let store: FailingStore;
let state: State;
/** What the operator is told. */
let warned: string[] = [];
beforeAll(async () => {
  served = await serve({ service });
  await served.ask('PUT', '/first', { body: '' }); // makes the staging place
});
afterAll(() => served.close());

function service(folder: string): Service {
  real = filesystemStore({ folder });
  store = failingStore(real);
  state = memoryState();
  const options = { ...DEFAULTS, depthInfinity: true };
  const context = {
    store,
    state,
    gate: new Gate(),
    digests: new Digests(),
    options,
    now: Date.now,
    warn: (sentence: string) => void warned.push(sentence),
  };
  return { context, listensAt: () => {}, close: () => state.close() };
}

const TREE = { '/c/m': 'm of c', '/c/sub/x': 'x of c', '/d/m': 'm of d', '/d/old': 'old of d', '/f': 'f', '/g': 'g' };
const RECORDED = ['/c', '/c/m', '/c/sub/x', '/d/m', '/d/old', '/f', '/g'] as Path[];
const TOKEN = 'urn:uuid:1';
const LOCK = {
  token: TOKEN,
  root: '/c/sub/x' as Path,
  collection: false,
  scope: 'exclusive',
  depth: 0,
  owner: undefined,
  principal: '',
} as const;

async function makeTree(): Promise<void> {
  store.fail();
  for (const name of readdirSync(served.folder)) if (name !== '.dav207') rmSync(join(served.folder, name), { recursive: true });
  for (const [path, content] of Object.entries(TREE)) {
    mkdirSync(dirname(served.folder + path), { recursive: true });
    writeFileSync(served.folder + path, content);
  }
  const marks = RECORDED.map(
    (path) => ({ do: 'set', path, properties: [{ namespace: 'urn:t', name: 'p', xml: `<p xmlns="urn:t">${path}</p>` }] }) as const,
  );
  await state.commit([{ do: 'drop', path: ROOT }, ...marks]);
  await state.addLock({ ...LOCK, expires: Date.now() + 3_600_000 }, () => false, Date.now());
}

/** All that a client could find out. */
async function seen() {
  const found: Record<string, unknown> = {};
  for (const path of (await state.recorded(ROOT)).sort())
    found[path] = [(await state.properties(path)).map(({ xml }) => xml), (await state.locksOn(path, Date.now())).map(({ root }) => root)];
  return { tree: treeOf(served.folder), state: found };
}

const XML = { 'Content-Type': 'application/xml' };
const setting = (prop: string, root = 'propertyupdate') => `<${root} xmlns="DAV:"><set><prop>${prop}</prop></set></${root}>`;
const EXECUTABLE = setting('<executable xmlns="http://apache.org/dav/props/">T</executable>');
const STRICT = { Prefer: 'handling=strict' };
const APPEND = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
const OPEN = { If: `(Not <DAV:no-lock>) (<${TOKEN}>)` };

const to = (Destination: string, more = {}) => ({ headers: { Destination, ...OPEN, ...more } });
const transfers = ['/new', '/g', '/d/'].map((target) => ['/f', to(target)] as const);
const trees = ['/new/', '/g', '/d/'].flatMap((target) => [['/c/', to(target)] as const, ['/c/', to(target, STRICT)] as const]);

const ASKED: readonly (readonly [string, string, Asking])[] = [
  ['OPTIONS', '/f', {}],
  ['GET', '/f', {}],
  ['GET', '/c/', {}],
  ['HEAD', '/f', {}],
  ['PROPFIND', '/f', { headers: { Depth: '0' } }],
  ['PROPFIND', '/c/', { headers: { Depth: '1' } }],
  ['PROPFIND', '/', { headers: { Depth: 'infinity' } }],
  ['PUT', '/new', { body: 'new' }],
  ['PUT', '/f', { body: 'new', headers: { 'X-OC-Mtime': '1000000000' } }],
  ['PATCH', '/f', { body: 'new', headers: APPEND }],
  ['MKCOL', '/new/', {}],
  ['MKCOL', '/new/', { headers: XML, body: setting('<displayname>x</displayname>', 'mkcol') }],
  ...(['COPY', 'MOVE'] as const).flatMap((method) => [...transfers, ...trees].map((rest) => [method, ...rest] as const)),
  ['DELETE', '/f', {}],
  ['DELETE', '/c/', { headers: OPEN }],
  ['DELETE', '/c/', { headers: { ...OPEN, ...STRICT } }],
  ['PROPPATCH', '/f', { headers: XML, body: setting('<displayname>x</displayname>') }],
  ['PROPPATCH', '/f', { headers: XML, body: EXECUTABLE }],
  ['LOCK', '/f', { headers: XML, body: LOCKINFO }],
  ['LOCK', '/new', { headers: XML, body: LOCKINFO }],
  ['LOCK', '/c/sub/x', { headers: { If: `(<${TOKEN}>)` } }],
  ['UNLOCK', '/c/sub/x', { headers: { 'Lock-Token': `<${TOKEN}>` } }],
];

/** One of each meaning is met at each call of a verb; the others at all of them at once. */
const AT_EACH = ['EACCES', 'EIO', 'ENOSPC', 'ENOENT'];
const MOST = 6;

/** A listing that fails when some of it is out is cut off: no status is left to say so. */
const CUT_OFF = 'cut off';

describe.each(ASKED.map((asked) => [`${asked[0]} ${asked[1]} ${JSON.stringify(asked[2].headers ?? {})}`, ...asked] as const))(
  '%s',
  (_name, ...asked) => {
    test.each(Object.keys(STATUS))('D-11.5-a: %s', async (code) => {
      await makeTree();
      const before = await seen();
      await ask(asked);
      const calls = new Map(store.calls);
      const done = await seen();
      const broken: string[] = [];
      for (const [verb, count] of calls) {
        for (let call = 0; call <= (AT_EACH.includes(code) ? Math.min(count, MOST) : 0); call++) {
          await makeTree();
          const fault: Fault = { verb, code, call: call || undefined };
          store.fail(fault);
          warned = [];
          for (const breach of await breaches(await ask(asked), fault, before, done)) broken.push(`${verb} ${call}: ${breach}`);
        }
      }
      expect(broken).toEqual([]);
    });
  },
);

async function ask([method, target, asking]: readonly [string, string, Asking]): Promise<Reply | typeof CUT_OFF> {
  return served.ask(method, target, asking).catch((error) => {
    if (method === 'PROPFIND' && error.code === 'ECONNRESET') return CUT_OFF;
    throw error;
  });
}

type Seen = Awaited<ReturnType<typeof seen>>;

/** What is wrong with an answer, or with what is there after it. */
async function breaches(reply: Reply | typeof CUT_OFF, { code }: Fault, before: Seen, done: Seen): Promise<string[]> {
  await nothingIsOpen();
  store.fail();
  const { status, text } = reply === CUT_OFF ? { status: STATUS[code]?.[0] ?? 500, text: '' } : reply;
  const found: string[] = [];
  const breach = (what: string, ...seen: unknown[]) =>
    found.push([status, what, ...seen.map((each) => JSON.stringify(each)), text].join(' '));
  const words = text.replace(/"[\w-]{22}"/g, ''); // an entity-tag may hold any letters
  if (/\/srv|secret|Error:|\bat .*\.ts|\bE[A-Z]{3,}\b/.test(words)) breach('tells too much');
  const failed = [status, ...[...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, row]) => Number(row))].filter(
    (each) => each >= 400 && each !== 424,
  );
  const right = [...(STATUS[code] ?? []), ...(status === 207 ? [404, 409] : [])];
  if (failed.some((each) => !right.includes(each))) breach('is not what it means');
  const condition = CONDITION[code];
  // HEAD has no body to say it in, and nor has what was cut off.
  if (condition && text !== '' && failed.includes(507) && !text.includes(`<D:${condition}/>`)) breach('does not say why');

  const after = await seen();
  // Plainly refused, and nothing is changed; plainly done, and all of it is.
  if (status >= 400 && !isDeepStrictEqual(after, before)) breach('has changed something', after);
  if (status < 300 && status !== 207 && !isDeepStrictEqual(after, done)) breach('is not done', after);
  // What was there, and is there when all is done, is there when only some of it is.
  const [old, whole, now] = [before, done, after].map(({ tree }) => Object.values(tree)) as [string[], string[], string[]];
  const lost = old.filter((content) => whole.includes(content) && !now.includes(content));
  const strange = now.filter((content) => !old.includes(content) && !whole.includes(content));
  if (lost.length > 0 || strange.length > 0) breach('has lost or made up', lost, strange);
  const orphans = Object.keys(after.state).filter((path) => !(path in after.tree || `${path}/` in after.tree));
  if (orphans.length > 0) breach('leaves state of nothing', orphans);
  // What the disk does not let go of waits for the next start, and the operator is told.
  if (strays().length > 0 || (staged().length > 0 && warned.length === 0)) breach('leaves what it had staged', strays(), staged());
  await replay({ store: real, state, warn: (...words) => breach('cannot be replayed', words) });
  const unfinished = await state.unfinished();
  if (staged().length > 0 || unfinished.length > 0) breach('leaves something for ever', staged(), unfinished);
  if (!isDeepStrictEqual((await seen()).tree, after.tree)) breach('is changed by the next start');
  return found;
}

function staged(): string[] {
  return readdirSync(join(served.folder, '.dav207/tmp'));
}

/** Staged beside its place, where no start would find it. */
function strays(): string[] {
  return readdirSync(served.folder, { recursive: true, encoding: 'utf8' }).filter((path) => /(^|\/)\.dav207-/.test(path));
}

/**
 * A file is closed at latest when its answer is out: some turns of the loop later. Asked for once and not again when nothing is:
 * a thread may still look into the collections that a listing was to come to, each of which it opens and closes.
 */
async function nothingIsOpen(): Promise<void> {
  const open = () =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(served.folder) ? [fd] : [];
      } catch {
        return []; // the one by which they are read
      }
    });
  let left = open();
  for (let turn = 0; turn < 20_000 && left.length > 0; turn++) {
    await new Promise(setImmediate);
    left = open();
  }
  expect(left).toEqual([]);
}
