// Lessons of other WebDAV servers about paths: what is judged is the thing that will be opened, not the text that was sent for it.
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';
import { CHANGING, READING } from './verbs.ts';

const VERBS = [...CHANGING, ...READING];
const LOCKED = 'what Bob has locked';

let home: string;
let served: Served;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dav207-lessons-'));
  mkdirSync(join(home, 'served'));
  mkdirSync(join(home, 'served-not/deep'), { recursive: true });
  for (const name of ['secret', 'served-not/secret', 'served-not/deep/secret']) writeFileSync(join(home, name), 'canary');
  served = await serve({ folder: join(home, 'served') });
});
afterAll(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

beforeEach(async () => {
  for (const path of Object.keys(treeOf(served.folder))) rmSync(join(served.folder, path), { recursive: true, force: true });
  mkdirSync(join(served.folder, 'c'));
  for (const name of ['f', 'c/f', 'c/other']) writeFileSync(join(served.folder, name), name);
});

async function release(target: string, token: string): Promise<void> {
  expect((await served.ask('UNLOCK', target, { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
}

/** All that is around the folder, and in it, after each verb at each target, with and without it as the Destination. */
async function untouched(targets: readonly string[], statuses: readonly number[]): Promise<void> {
  const before = treeOf(home);
  for (const target of targets) {
    for (const [method, headers, body] of VERBS) {
      const { status, text } = await served.ask(method, target, { headers, ...(body !== undefined && { body }) });
      expect([method, target, statuses.includes(status) || method === 'POST', text.includes('canary')]).toEqual([
        method,
        target,
        true,
        false,
      ]);
    }
    for (const method of ['COPY', 'MOVE'])
      for (const destination of [target, `http://127.0.0.1:${served.port}${target}`]) {
        const { status } = await served.ask(method, '/f', { headers: { Destination: destination } });
        expect([method, destination, status >= 400 && status < 500]).toEqual([method, destination, true]);
      }
    expect(treeOf(home)).toEqual(before);
  }
}

describe('containment is checked after decoding, on every verb and on Destination', () => {
  test.each([
    ['/../secret', '/%2e%2e/secret', '/.%2E/secret', '/c/../../secret', '/c/%2e%2e/%2e%2e/secret', '/..%2fsecret', '/%2e%2e%5c..%2fsecret'],
    ['/c/..%2f..%2fsecret', '/%2e%2e%00/secret', '/c/%c0%ae%c0%ae/secret', '/%e0%80%ae%e0%80%ae/secret', '/%ff/secret', '/c/%2e'],
    ['/../served-not/secret', '/%2e%2e/served-not/deep/secret'],
  ])('%s', async (...targets) => untouched(targets, [400]));

  test.each([
    ['/%252e%252e', '%2e%2e'],
    ['/..%5csecret', '..\\secret'],
    ['/..;', '..;'],
    ['/%ef%bc%8e%ef%bc%8e', '\uff0e\uff0e'],
    ['/..%e2%81%84secret', '..\u2044secret'],
    ['/C:', 'C:'],
    ['/f::$DATA', 'f::$DATA'],
    ['/NUL', 'NUL'],
    ['/f.', 'f.'],
    ['/f%20', 'f '],
  ])('decoded once, and by no other rule: %s is a name like any', async (target, name) => {
    const before = treeOf(home);
    expect((await served.ask('PUT', target, { body: 'x' })).status).toBe(201);
    expect(treeOf(home)).toEqual({ ...before, [`/served/${name}`]: 'x' });
    expect((await served.ask('DELETE', target)).status).toBe(204);
    expect(treeOf(home)).toEqual(before);
  });
});

describe('a rule sees the decoded path, without and with its slash, as target and as Destination', () => {
  test.each([
    ['/.dav207', '/.dav207/', '/%2edav207', '/.%64av207/', '//.dav207', '/.DAV207', '/.dav207/tmp', '/c/.dav207', '/c//%2Edav207-x'],
  ])("the server's own names: %s and so on", async (...targets) => untouched(targets, [403, 404]));

  test('a lock', async () => {
    const guarded = await serve({ users: ['Ann', 'Bob'].map((name) => ({ name, password: name })) });
    try {
      const as = (name: string) => ({ Authorization: `Basic ${Buffer.from(`${name}:${name}`).toString('base64')}` });
      for (const [name, content] of [
        ['a', 'a'],
        ['kept', LOCKED],
      ] as const)
        writeFileSync(join(guarded.folder, name), content);
      await guarded.lock('/kept', as('Bob'));
      for (const spelt of ['/kept', '//kept', '/%6bept', '/k%65pt', `http://127.0.0.1:${guarded.port}/%6B%65pt`]) {
        const put = await guarded.ask('PUT', spelt, { headers: as('Ann'), body: 'x' });
        const gone = await guarded.ask('DELETE', spelt, { headers: as('Ann') });
        expect([spelt, put.status, gone.status]).toEqual([spelt, 423, 423]);
        if (spelt.startsWith('//')) continue; // no Simple-ref (RFC 4918 §8.3)
        for (const method of ['COPY', 'MOVE'])
          expect((await guarded.ask(method, '/a', { headers: { ...as('Ann'), Destination: spelt } })).status).toBe(423);
      }
      expect(treeOf(guarded.folder)).toEqual({ '/a': 'a', '/kept': LOCKED });
    } finally {
      await guarded.close();
    }
  });
});

describe('what is authorised is the object that will be opened', () => {
  test.each<[string, string, string[]]>([
    ["the server's own, by another name", '.dav207', ['/link', '/link/', '/link/tmp', '/link/state.mdb', '/link/owner']],
    ['a symlinked leaf', '../served-not/secret', ['/link']],
    ['a symlinked ancestor', '../served-not', ['/link', '/link/secret', '/link/deep/secret', '/link/deep/', '/link/new']],
    ['an ancestor above the folder, and back into it', '..', ['/link/served/f', '/link/served/c/', '/link/secret']],
    ['an ancestor that is a link to a link', 'second', ['/link/secret', '/link/deep/new']],
  ])('%s', async (_what, goal, targets) => {
    await release('/f', await served.lock('/f')); // so that there is something of the server's own
    symlinkSync('../served-not', join(served.folder, 'second'));
    symlinkSync(goal, join(served.folder, 'link'));
    await untouched(targets, [403, 404, 409]);
  });
});

describe('COPY reads its source and writes its destination, MOVE deletes its source too, and overwriting is a delete', () => {
  test.each([
    ['COPY', '/f', '/new', 201],
    ['COPY', '/g', '/f', 423],
    ['COPY', '/g', '/c/', 207],
    ['MOVE', '/f', '/new', 423],
    ['MOVE', '/g', '/f', 423],
    ['MOVE', '/c/', '/new', 207],
  ])('%s of %s to %s with locks on /f and /c/f is %i', async (method, from, to, status) => {
    writeFileSync(join(served.folder, 'g'), 'g');
    const tokens = [await served.lock('/f'), await served.lock('/c/f')];
    const before = treeOf(served.folder);
    expect((await served.ask(method, from, { headers: { Destination: to } })).status).toBe(status);
    for (const kept of ['/f', '/c/f']) expect(treeOf(served.folder)[kept]).toBe(before[kept]);
    for (const [index, target] of ['/f', '/c/f'].entries()) await release(target, tokens[index] ?? '');
  });
});

test('what the server is told by is not in the tree: no method takes it away, nor all that is around it', async () => {
  const token = await served.lock('/f');
  for (const method of ['DELETE', 'MOVE', 'COPY'])
    for (const target of ['/.dav207', '/.dav207/', '/.dav207/state.mdb', '/', '//'])
      expect((await served.ask(method, target, { headers: { Destination: '/c/new' } })).status).toBeGreaterThanOrEqual(400);
  expect([existsSync(join(served.folder, '.dav207/state.mdb')), (await served.ask('PUT', '/f', { body: 'x' })).status]).toEqual([
    true,
    423,
  ]);
  await release('/f', token);
});

test('the name of a user is no path', async () => {
  const name = '../../served-not/eve';
  const guarded = await serve({ folder: join(home, 'served-not/deep'), users: [{ name, password: 'x' }] });
  try {
    const headers = { Authorization: `Basic ${Buffer.from(`${name}:x`).toString('base64')}` };
    expect((await guarded.ask('PUT', '/new', { headers, body: 'x' })).status).toBe(201);
    expect(Object.keys(treeOf(join(home, 'served-not')))).toEqual(['/deep/', '/deep/new', '/deep/secret', '/secret']);
  } finally {
    await guarded.close();
    rmSync(join(home, 'served-not/deep/new'));
    rmSync(join(home, 'served-not/deep/.dav207'), { recursive: true, force: true });
  }
});
