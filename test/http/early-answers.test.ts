// A client that is answered while its body still comes hears the answer, even if it looks only when all is sent; and there is an end to it.
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { webdav } from '../../src/index.ts';
import { eventually } from '../clients/program.ts';
import { badClient, remembered } from './bad-client.ts';
import { type Served, type Serving, serve } from './serve.ts';

let served: Served;
let back: () => Promise<void>;
afterEach(() => served.close());

const USERS = [{ name: 'ann', password: 'x' }];
const MIB = 2 ** 20;

async function start(options: Serving = {}): Promise<void> {
  served = await serve({ maxBody: 1_000_000, ...options });
  writeFileSync(join(served.folder, 'f'), 'content');
  back = options.users ? async () => {} : await remembered(served);
}

/** What a client hears that sends a body of `size` bytes and does not look before it is sent, or the connection is gone. */
async function heard(method: string, target: string, size: number, fields: readonly string[]): Promise<string> {
  const head = [`${method} ${target} HTTP/1.1`, 'Host: x', `Content-Length: ${size}`, ...fields, '', ''].join('\r\n');
  const { socket, received, closed } = await badClient(served.port, '');
  socket.pause();
  socket.write(head);
  const piece = Buffer.alloc(MIB, 'x');
  let sent = 0;
  const write = (part: Buffer) => new Promise<boolean>((resolve) => socket.write(part, (error) => resolve(!error)));
  while (sent < size && (await write(piece.subarray(0, size - sent)))) sent += piece.length;
  if (sent >= size && !fields.includes('Connection: close')) socket.write('OPTIONS /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const ended = new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
  socket.resume();
  await ended;
  socket.destroy();
  await closed;
  return [...received().matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map(([, status]) => status).join(' ');
}

describe('RFC 9112 §9.6: who sends 64 MiB and looks only then', () => {
  const CLOSE = 'Connection: close';

  test.each<[string, string, string, readonly string[], Serving]>([
    ['413', 'PUT', '/new', [], {}],
    ['412', 'PUT', '/f', ['If-None-Match: *'], { maxBody: 100 * MIB }],
    ['423', 'PUT', '/first', [], { maxBody: 100 * MIB }],
    ['401', 'PUT', '/new', [], { users: USERS }],
    ['413', 'PROPFIND', '/', ['Depth: 0', 'Content-Type: application/xml'], {}],
    ['415', 'DELETE', '/f', [], {}],
  ])('hears %s for %s %s, and the connection goes on, or ends if that was asked for', async (status, method, target, fields, options) => {
    await start(options);
    expect(await heard(method, target, 64 * MIB, fields)).toBe(`${status} 200`);
    expect(await heard(method, target, 64 * MIB, [...fields, CLOSE])).toBe(status);
    await back();
  });

  test('and who asks for one connection too many hears 503', async () => {
    await start({ maxConnections: 2 });
    const others = [await badClient(served.port, ''), await badClient(served.port, '')];
    expect(await heard('PUT', '/new', 64 * MIB, [CLOSE])).toBe('503');
    for (const { socket } of others) socket.destroy();
    await back();
  });
});

describe('there is an end to it', () => {
  test.each([[[]], [['Connection: close']]])('who sends more than 256 MiB that nobody wants loses the connection: %j', async (fields) => {
    await start();
    const head = ['PUT /new HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', 'Content-Type: a', ...fields, '', ''].join('\r\n');
    const { socket, closed } = await badClient(served.port, head);
    socket.pause();
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB), Buffer.from('\r\n')]);
    let sent = 0;
    while (await new Promise<boolean>((resolve) => socket.write(piece, (error) => resolve(!error)))) sent++;
    expect(sent).toBeGreaterThan(255);
    socket.destroy();
    await closed;
    expect(existsSync(join(served.folder, 'new'))).toBe(false);
    await back();
  });

  const much = 'PUT /new HTTP/1.1\r\nHost: x\r\nContent-Length: 268435457\r\n\r\n';

  test('who says that as much will come is told so', async () => {
    await start();
    expect(await served.raw(much)).toMatch(/^HTTP\/1\.1 413 .*\r\nConnection: close\r\n/s);
    await back();
  });

  test("but in somebody else's app, where nobody would hear the client out, it keeps the connection", async () => {
    await start();
    const folder = join(served.folder, 'app');
    mkdirSync(folder);
    const dav = webdav({ folder, maxBody: 1 });
    const app = express().use(dav).listen(0, '127.0.0.1');
    await once(app, 'listening');
    const { socket, received, closed } = await badClient((app.address() as AddressInfo).port, much);
    await eventually('it is answered', () => received().includes('\r\n\r\n'));
    expect(received()).toMatch(/^HTTP\/1\.1 413 .*\r\nConnection: keep-alive\r\n/s);
    socket.destroy();
    await closed;
    await new Promise((resolve) => app.close(resolve));
    await dav.close();
  });

  test.each([[[]], [['Connection: close']]])('who drips on loses it after idleTimeout, however often: %j', async (fields) => {
    await start({ idleTimeout: 1 });
    const head = ['PUT /new HTTP/1.1', 'Host: x', 'Content-Length: 2000000', ...fields, '', ''].join('\r\n');
    const { socket, received, closed } = await badClient(served.port, head);
    const drip = () => socket.write('x', (error) => error ?? setTimeout(drip, 50));
    drip();
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    await back();
  });
});

test('what stands behind an answer that ends the connection is not done', async () => {
  await start();
  const body = 'x'.repeat(100_000);
  const next = 'MKCOL /second HTTP/1.1\r\nHost: x\r\n\r\n';
  const answers = await served.raw(`PUT /new HTTP/1.1\r\nHost: a b\r\nContent-Length: ${body.length}\r\n\r\n${body}${next.repeat(50)}`);
  expect([...answers.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map(([, status]) => status)).toEqual(['400']);
  await back();
  expect([existsSync(join(served.folder, 'new')), existsSync(join(served.folder, 'second'))]).toEqual([false, false]);
});
