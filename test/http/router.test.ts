// The router as a value: one writer a folder in a process, until it is closed, and what its log is told.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import { createServer, type Webdav, type WebdavOptions, webdav } from '../../src/index.ts';
import { Mistake } from '../../src/server/mistake.ts';
import { nameOfPlace } from '../../src/store/filesystem-folder.ts';

let home: string;
let folder: string;
let routers: Webdav[];
let errors: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dav207-router-'));
  folder = join(home, 'served');
  mkdirSync(folder);
  routers = [];
  errors = [];
});
afterEach(async () => {
  for (const router of routers) await router.close();
  rmSync(home, { recursive: true });
});

/** A router that the test closes and whose errors it reads. */
function route(options: Partial<WebdavOptions> = {}): Webdav {
  const router = webdav({ folder, log: { request() {}, error: (sentence) => errors.push(sentence) }, ...options });
  routers.push(router);
  return router;
}

test('a second one on a folder is refused until the first is closed, though nothing is written yet', async () => {
  const first = route();
  await first.ready;
  const second = route();
  await expect(second.ready).rejects.toThrow(Mistake);
  expect(errors).toEqual([expect.stringMatching(/is served by this process already: close\(\)/)]);
  await second.close();
  await expect(route().ready).rejects.toThrow(Mistake);
  await first.close();
  const third = route();
  await third.ready;
  await first.close();
  await expect(route().ready).rejects.toThrow(Mistake);
  expect(readdirSync(folder)).toEqual([]);
});

test('those that only read stand beside each other, and not beside one that writes', async () => {
  const readers = [route({ readOnly: true }), route({ readOnly: true })] as const;
  await Promise.all(readers.map(({ ready }) => ready));
  await readers[0].close();
  await expect(route().ready).rejects.toThrow(Mistake);
  await readers[1].close();
  await route().ready;
  await expect(route({ readOnly: true }).ready).rejects.toThrow(Mistake);
});

test('a link to the folder is the same folder', async () => {
  symlinkSync(folder, join(home, 'link'));
  const writer = route();
  await writer.ready;
  await expect(route({ folder: join(home, 'link'), readOnly: true }).ready).rejects.toThrow(Mistake);
  await expect(route({ folder: join(home, 'link') }).ready).rejects.toThrow(/link is served by this process already/);
  await writer.close();
  const reader = route({ folder: join(home, 'link'), readOnly: true });
  await reader.ready;
  await expect(route().ready).rejects.toThrow(Mistake);
});

test.each(['before', 'after'])(
  'a state folder that another one uses, %s the first write, is said to be so, and not the folder',
  async (when) => {
    const state = join(home, 'state');
    const other = join(home, 'other');
    mkdirSync(other);
    const first = route({ state });
    await first.ready;
    if (when === 'after') {
      const server = express().use(first).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.txt`;
      expect((await fetch(url, { method: 'PUT', body: 'a' })).status).toBe(201);
      server.closeAllConnections();
      server.close();
    }
    const sentence = `${state} is in use by another webdav() of this process: close() that one first, or give another state folder.`;
    await expect(route({ folder: other, state }).ready).rejects.toThrow(new Mistake(sentence));
    await first.close();
    const again = route({ folder: other, state }).ready;
    // What was written is the first one's for good.
    await (when === 'before' ? again : expect(again).rejects.toThrow(`--state ${state} has the locks and properties of ${folder}, not of`));
  },
);

test('one that could not be opened leaves the folder free', async () => {
  const mistaken = route({ state: join(folder, 'in/it') });
  await expect(mistaken.ready).rejects.toThrow(Mistake);
  mkdirSync(join(home, 'state/state.mdb'), { recursive: true });
  const unreadable = route({ state: join(home, 'state') });
  await expect(unreadable.ready).rejects.toThrow(Mistake);
  await route().ready;
});

test("a program that has a server's name on this machine, and is none, does not keep the folder from being served", async () => {
  const squatter = createSocketServer((socket) => socket.end('what?')).listen(`\0dav207 ${nameOfPlace(join(folder, '.dav207'))}`);
  try {
    await once(squatter, 'listening');
    await route().ready;
    expect(errors).toEqual([expect.stringMatching(/^Some other program of this machine/)]);
  } finally {
    squatter.close();
  }
});

test('one whose close() fails says so, and leaves the folder to the next all the same', async () => {
  const broken = route();
  const server = express().use(broken).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.txt`;
  expect((await fetch(url, { method: 'PUT', body: 'a' })).status).toBe(201);
  server.closeAllConnections();
  server.close();
  const record = join(folder, '.dav207/owner');
  rmSync(record);
  mkdirSync(record);
  await expect(broken.close()).rejects.toThrow('EISDIR');
  rmSync(record, { recursive: true });
  await route().ready;
});

test('a connection that cannot be taken does not end the server; one it cannot listen with is told to who started it', async () => {
  const whole = createServer({ folder, log: { request() {}, error: (sentence) => errors.push(sentence) } });
  const failure = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
  expect(() => whole.server.emit('error', failure)).toThrow('EMFILE');
  whole.server.listen(0, '127.0.0.1');
  await once(whole.server, 'listening');
  for (let time = 0; time < 3; time++) whole.server.emit('error', failure);
  expect(errors).toEqual(['A connection could not be taken.']);
  await whole.close();
  expect(() => whole.server.emit('error', failure)).toThrow('EMFILE');
});

test('a body that something else has read is one line for the operator', async () => {
  const app = express().use(express.raw({ type: '*/*' }), route());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.txt`;
  const { status } = await fetch(url, { method: 'PUT', body: 'eaten' });
  server.closeAllConnections();
  server.close();
  expect([status, readdirSync(folder), errors]).toEqual([500, [], [expect.stringMatching(/Mount webdav\(\) before express\.json\(\)/)]]);
});

test('the close() of a whole server ends what is silent and releases the folder', async () => {
  const whole = createServer({ folder, base: '/dav' });
  whole.server.listen(0, '127.0.0.1');
  await once(whole.server, 'listening');
  const url = `http://127.0.0.1:${(whole.server.address() as AddressInfo).port}/dav/a.txt`;
  expect((await fetch(url, { method: 'PUT', body: 'kept' })).status).toBe(201); // its connection stays open
  await whole.close();
  await expect(fetch(url)).rejects.toThrow();
  await route().ready;
});
