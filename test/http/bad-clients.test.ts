// Clients that are slow, silent, gone or hostile: each ends, nothing of it stays, and the next one is served.
import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eventually } from '../clients/program.ts';
import { type BadClient, badClient, remembered } from './bad-client.ts';
import { lockInfo } from './locking.ts';
import { type Served, type Serving, serve } from './serve.ts';

let served: Served;
let back: () => Promise<void>;
afterEach(async () => {
  jest.restoreAllMocks();
  await served.close();
});

async function start(options: Serving = {}): Promise<void> {
  served = await serve(options);
  writeFileSync(join(served.folder, 'f'), 'f'.repeat(100_000));
  back = await remembered(served);
}

const head = (method: string, target: string, fields: readonly string[] = []) =>
  [`${method} ${target} HTTP/1.1`, 'Host: x', ...fields, '', ''].join('\r\n');
const withBody = (method: string, target: string, body: string, ...fields: string[]) =>
  head(method, target, [`Content-Length: ${body.length}`, ...fields]) + body;
const XML = 'Content-Type: application/xml';

const REQUESTS: Readonly<Record<string, string>> = {
  OPTIONS: head('OPTIONS', '/'),
  GET: head('GET', '/f'),
  HEAD: head('HEAD', '/f'),
  PUT: withBody('PUT', '/new', 'content of a file '.repeat(5_000)),
  PATCH: withBody('PATCH', '/f', 'part', 'Content-Type: application/x-sabredav-partialupdate', 'X-Update-Range: append'),
  MKCOL: head('MKCOL', '/c'),
  DELETE: head('DELETE', '/f'),
  COPY: head('COPY', '/f', ['Destination: /g']),
  MOVE: head('MOVE', '/f', ['Destination: /h']),
  PROPFIND: withBody('PROPFIND', '/', '<propfind xmlns="DAV:"><allprop/></propfind>', XML, 'Depth: 1'),
  PROPPATCH: withBody('PROPPATCH', '/f', '<propertyupdate xmlns="DAV:"><set><prop><x/></prop></set></propertyupdate>', XML),
  LOCK: withBody('LOCK', '/locked', lockInfo(), XML),
  UNLOCK: head('UNLOCK', '/f', ['Lock-Token: <urn:x:y>']),
};

describe('a client that is gone at every stage of its request', () => {
  beforeEach(() => start());

  test.each(Object.entries(REQUESTS))('%s', async (_method, request) => {
    const body = request.indexOf('\r\n\r\n') + 4;
    const offsets = [0, 1, 5, body - 20, body - 1, body, body + 1, (body + request.length) >> 1, request.length - 1, request.length];
    for (const offset of new Set(offsets.filter((each) => each <= request.length))) {
      for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
        const { socket, closed } = await badClient(served.port, request.slice(0, offset));
        socket[leave]();
        // Who only says no more must not be waited for either; an answer to the whole ends when it is read.
        if (leave === 'end') socket.on('end', () => socket.destroy());
        await closed;
      }
    }
    await back();
  });
});

/** A descriptor may be gone before it is looked at. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

describe('silence', () => {
  beforeEach(() => start({ idleTimeout: 1 }));

  test.each([
    ['before a request', ''],
    ['in the request line', 'GET /f'],
    ['in the header', 'PUT /new HTTP/1.1\r\nHost: x\r\nContent-Le'],
    ['before the body', head('PUT', '/new', ['Content-Length: 1000'])],
    ['in the body', `${head('PUT', '/new', ['Content-Length: 1000'])}begin`],
    ['in a chunked body', `${head('PUT', '/new', ['Transfer-Encoding: chunked'])}5\r\nbe`],
    ['in the body of what is refused', `${head('GET', '/f', ['Transfer-Encoding: chunked'])}5\r\nbe`],
  ])('%s ends the connection', async (_where, bytes) => {
    const { closed, socket } = await badClient(served.port, bytes);
    await new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
    socket.destroy();
    await closed;
    expect(existsSync(join(served.folder, 'new'))).toBe(false);
    await back();
  });

  test('of who does not read its answer ends it', async () => {
    const file = openSync(join(served.folder, 'large'), 'w');
    ftruncateSync(file, 2 ** 28);
    closeSync(file);
    const { socket, closed } = await badClient(served.port, head('GET', '/large'));
    socket.pause();
    const isOpen = () => openFiles().some((name) => name.startsWith(served.folder) && name.endsWith('/large'));
    await eventually('the file is open', isOpen);
    // Before the client has looked again.
    await eventually('the file is closed', () => !isOpen());
    socket.destroy();
    await closed;
    await back();
  });
});

describe('a client that goes on after it was refused', () => {
  beforeEach(() => start());

  test.each([
    ['what is no request', 'this is no request\r\n\r\n', 501],
    ['64 KiB of header', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(65_536)}`, 431],
    ['CONNECT', head('CONNECT', 'x:1'), 501],
    ['a bad chunk', `${head('PUT', '/new', ['Transfer-Encoding: chunked'])}nonsense\r\n`, 400],
  ])('%s', async (_what, bytes, status) => {
    const { socket, received, closed } = await badClient(served.port, bytes);
    const drip = () => socket.write('x', (error) => error ?? setImmediate(drip));
    drip();
    await closed;
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(existsSync(join(served.folder, 'new'))).toBe(false);
    await back();
  });
});

describe('many connections', () => {
  test('several hundred idle ones are no obstacle, and are forgotten', async () => {
    await start();
    const idle = await Promise.all(Array.from({ length: 300 }, () => badClient(served.port, '')));
    expect((await served.ask('GET', '/f')).status).toBe(200);
    for (const { socket } of idle) socket.destroy();
    await back();
  });

  test('one too many takes the place of the one that has been silent longest between two requests', async () => {
    await start({ maxConnections: 3 });
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now()); // none has rested, however long this takes
    const answered = async (client?: BadClient) => {
      const one = client ?? (await badClient(served.port, ''));
      const before = one.received().length;
      one.socket.write('HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n');
      while (!one.received().slice(before).endsWith('\r\n\r\n')) await new Promise((resolve) => one.socket.once('data', resolve));
      return one;
    };
    const [first, second, third] = [await answered(), await answered(), await answered()];
    await answered(first);
    const early = await badClient(served.port, '');
    await new Promise((resolve) => early.socket.on('end', resolve).on('close', resolve));
    expect(early.received()).toMatch(/^HTTP\/1\.1 503 /);
    early.socket.destroy();
    clock.mockReturnValue(performance.now() + 1000);
    const fourth = await answered();
    clock.mockRestore();
    if (!second.socket.readableEnded) await new Promise((resolve) => second.socket.on('end', resolve).on('close', resolve));
    expect(fourth.received()).toMatch(/^HTTP\/1\.1 200 /);
    expect([first, third].map(({ socket }) => socket.readableEnded)).toEqual([false, false]);
    for (const { socket } of [first, second, third, fourth]) socket.destroy();
    await back();
  });

  test('that of one whose upload was refused is taken once all of it has come', async () => {
    await start({ maxConnections: 2 });
    const silent = await badClient(served.port, ''); // has asked for nothing yet
    const first = await badClient(served.port, 'PUT /none/f HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n');
    while (!first.received().includes('\r\n\r\n')) await new Promise((resolve) => first.socket.once('data', resolve));
    const { now } = performance;
    performance.now = () => now.call(performance) + 1000;
    try {
      const early = await badClient(served.port, '');
      await new Promise((resolve) => early.socket.on('end', resolve).on('close', resolve));
      expect(early.received()).toMatch(/^HTTP\/1\.1 503 /);
      early.socket.destroy();
      await new Promise((resolve) => first.socket.write(Buffer.alloc(300_000), resolve));
    } finally {
      performance.now = now;
    }
    await eventually('it rests', async () => {
      performance.now = () => now.call(performance) + 2000;
      const status = await served.ask('HEAD', '/f').then((answer) => answer.status);
      performance.now = now;
      return status === 200;
    });
    for (const { socket } of [first, silent]) socket.destroy();
    await back();
  });

  test('more than maxConnections are told 503 and closed; when one has gone the next is served', async () => {
    await start({ maxConnections: 2 });
    const [first, second] = [await badClient(served.port, ''), await badClient(served.port, 'GET /f')];
    const third = await badClient(served.port, '');
    await new Promise((resolve) => third.socket.on('end', resolve).on('close', resolve));
    third.socket.destroy();
    expect(third.received()).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n(?:.+\r\n)*Connection: close\r\n/);
    second.socket.write(' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => second.socket.on('end', resolve));
    expect(second.received()).toMatch(/^HTTP\/1\.1 200 /);
    for (const { socket, closed } of [first, second]) {
      socket.destroy();
      await closed;
    }
    await back();
  });
});
