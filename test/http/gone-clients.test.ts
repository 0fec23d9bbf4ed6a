// Clients that leave in the middle of their answer, or of several at once; and one that keeps the server busy while others are served.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { badClient, remembered } from './bad-client.ts';
import { lockInfo, XML } from './locking.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
let back: () => Promise<void>;
beforeEach(async () => {
  served = await serve();
  back = await remembered(served);
});
afterEach(() => served.close());

const at = (name: string) => join(served.folder, name);
const head = (method: string, target: string, ...fields: string[]) =>
  [`${method} ${target} HTTP/1.1`, 'Host: x', ...fields, '', ''].join('\r\n');
const put = (name: string) => `${head('PUT', name, 'Content-Length: 3')}abc`;

function makeLarge(): void {
  const file = openSync(at('large'), 'w');
  ftruncateSync(file, 2 ** 26);
  closeSync(file);
}

function makeMany(): void {
  mkdirSync(at('many'));
  for (let index = 0; index < 600; index++) writeFileSync(at(`many/${index} ${'long '.repeat(30)}`), '');
}

describe('who is gone in the middle of its answer', () => {
  test.each<[string, () => void, string]>([
    ['a file', makeLarge, head('GET', '/large')],
    ['parts of a file', makeLarge, head('GET', '/large', 'Range: bytes=0-9999999,20000000-40000000')],
    ['a listing', makeMany, head('PROPFIND', '/many/', 'Depth: 1')],
    ['the page of a folder', makeMany, head('GET', '/many/', 'Accept: text/html')],
    [
      'a file that it has put',
      () => {},
      head('PUT', '/new', 'Prefer: return=representation', 'Content-Length: 9000000') + 'x'.repeat(9_000_000),
    ],
    ['answers to many requests at once', makeLarge, head('GET', '/large').repeat(50)],
  ])('%s', async (_what, make, request) => {
    make();
    for (const leave of ['destroy', 'resetAndDestroy'] as const) {
      const { socket, closed } = await badClient(served.port, '');
      const begun = new Promise((resolve) => socket.once('data', resolve));
      socket.write(request);
      await begun;
      socket[leave]();
      await closed;
    }
    await back();
  });
});

test('of many requests at once whose client is gone each is done as a whole or not at all', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `/n${index}`);
  for (const count of [1, 5, 20]) {
    const { socket, closed } = await badClient(served.port, '');
    let answers = 0;
    socket.on('data', (bytes) => {
      answers += String(bytes).split('HTTP/1.1 ').length - 1;
      if (answers >= count) socket.resetAndDestroy();
    });
    socket.write(names.map((name) => put(`${name}-${count}`)).join(''));
    await closed;
    await back();
    const found = await Promise.all(names.map((name) => served.ask('GET', `${name}-${count}`)));
    expect(new Set(found.map(({ status, text }) => (status === 200 ? text : String(status))))).toEqual(new Set(['abc', '404']));
  }
});

test('while a client makes and deletes a hundred collections, one in the other, another one is answered', async () => {
  const deep = Array.from({ length: 100 }, (_, depth) => '/d'.repeat(depth + 1));
  let busy = true;
  async function another(): Promise<number> {
    let answered = 0;
    for (; busy; answered++) {
      expect((await served.ask('PUT', '/other', { body: `${answered}` })).status).toBe(answered === 0 ? 201 : 204);
      expect((await served.ask('GET', '/other')).text).toBe(`${answered}`);
    }
    return answered;
  }
  async function makeAndDelete(): Promise<void> {
    try {
      for (const path of deep) expect((await served.ask('MKCOL', `${path}/`)).status).toBe(201);
      expect((await served.ask('LOCK', `${deep[50]}/`, { headers: XML, body: lockInfo() })).status).toBe(200);
      expect((await served.ask('DELETE', '/d/')).status).toBe(207); // what leads to the lock stays
    } finally {
      busy = false;
    }
  }
  const [answered] = await Promise.all([another(), makeAndDelete()]);
  expect(answered).toBeGreaterThan(1);
  await back();
});
