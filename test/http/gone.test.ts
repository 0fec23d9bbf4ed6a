// The folder that is served is taken away, and another one is in its place: nothing is said to be missing, and nothing is forgotten.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { LOCKINFO, type Served, serve } from './serve.ts';

let home: string;
let folder: string;
let served: Served;
const errors: string[] = [];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'dav207-gone-'));
  folder = join(home, 'served');
  mkdirSync(join(folder, 'c'), { recursive: true });
  for (const name of ['f', 'c/m']) writeFileSync(join(folder, name), name);
  errors.length = 0;
  const log = { request() {}, error: (sentence: string, cause?: unknown) => errors.push(`${sentence}: ${(cause as Error)?.message}`) };
  served = await serve({ folder, state: join(home, 'state'), log });
});
afterEach(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

const COLOUR = '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><colour xmlns="urn:c">red</colour></D:prop></D:set></D:propertyupdate>';
const XML = { 'Content-Type': 'application/xml' };

describe.each([
  ['an empty folder', () => mkdirSync(folder)],
  ['a copy', () => cpSync(join(home, 'away'), folder, { recursive: true })],
])('%s in its place', (_, replace) => {
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['PROPFIND', '/', { Depth: '0' }, undefined],
    ['PROPFIND', '/', { Depth: '1' }, undefined],
    ['PROPFIND', '/c/', { Depth: '1' }, undefined],
    ['GET', '/', {}, undefined],
    ['GET', '/f', {}, undefined],
    ['GET', '/c/m', {}, undefined],
    ['HEAD', '/f', {}, undefined],
    ['PUT', '/f', {}, 'x'],
    ['PUT', '/c/m', {}, 'x'],
    ['PUT', '/f', {}, 'x'.repeat(300_000)],
    ['PUT', '/new', {}, 'x'],
    ['PUT', '/f', { 'If-Match': '"x"' }, 'x'],
    ['PUT', '/f', { If: '(["x"])' }, 'x'],
    ['PUT', '/new', { If: '(<urn:x>)' }, 'x'],
    ['UNLOCK', '/new', { If: '(<urn:x>)', 'Lock-Token': '<urn:x>' }, undefined],
    ['MKCOL', '/new', {}, undefined],
    ['DELETE', '/f', {}, undefined],
    ['DELETE', '/c/', {}, undefined],
    ['MOVE', '/f', { Destination: '/g' }, undefined],
    ['COPY', '/f', { Destination: '/g' }, undefined],
    ['COPY', '/c/', { Destination: '/d/' }, undefined],
    ['PROPPATCH', '/f', XML, COLOUR],
    ['LOCK', '/f', XML, LOCKINFO],
    ['LOCK', '/new', XML, LOCKINFO],
  ])('%s %s is 503, and changes neither folder nor what is known of it', async (method, target, headers, body) => {
    expect((await served.ask('PROPPATCH', '/f', { headers: XML, body: COLOUR })).status).toBe(207);
    const token = await served.lock('/f');
    renameSync(folder, join(home, 'away'));
    replace();
    const before = contents();
    const { status, text } = await served.ask(method, target, { headers, ...(body !== undefined && { body }) });
    expect([status, text]).toEqual([503, method === 'HEAD' ? '' : 'The folder that is served here is gone.\n']);
    expect(errors).toEqual([
      expect.stringMatching(new RegExp(`^${method}: The folder .* is gone\\.: another folder has come in its place`)),
    ]);
    expect(contents()).toEqual(before);

    rmSync(folder, { recursive: true });
    renameSync(join(home, 'away'), folder);
    expect((await served.ask('PUT', '/f', { body: 'x' })).status).toBe(423);
    expect((await served.ask('PROPFIND', '/f', { headers: { Depth: '0' } })).text).toContain('<colour xmlns="urn:c">red</colour>');
    expect((await served.ask('UNLOCK', '/f', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
  });
});

const contents = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const place = join(entry.parentPath, entry.name);
    return [place, entry.isFile() ? readFileSync(place, 'utf8') : undefined];
  });

test.each([
  [500, false],
  [503, false],
  [403, true],
])('a listing that fails with %d half-way: said to be complete? %p', async (status, complete) => {
  const failing = await serve({ service: () => unlisted(status) });
  try {
    const answer = await failing.raw('PROPFIND / HTTP/1.1\r\nHost: x\r\nDepth: 1\r\nConnection: close\r\n\r\n').catch(() => '');
    expect(answer.includes('</D:multistatus>')).toBe(complete);
    expect(answer.endsWith('\r\n0\r\n\r\n')).toBe(complete);
  } finally {
    await failing.close();
  }
});

/** A store that fails with `status` when it is to list something. */
function unlisted(status: number): Service {
  const store = memoryStore();
  const state = memoryState();
  // biome-ignore lint/correctness/useYield: it fails before the first batch
  const list = async function* (): AsyncGenerator<never> {
    throw new DavError(status, 'The store failed.');
  };
  return {
    context: { store: { ...store, list }, state, gate: new Gate(), digests: new Digests(), options: DEFAULTS, now: Date.now, warn() {} },
    listensAt() {},
    close: () => state.close(),
  };
}
