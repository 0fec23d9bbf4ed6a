// Clients that are never silent and never quick: a header that does not come to its end is given up, a body may take what it takes.
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { badClient, remembered } from './bad-client.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
let back: () => Promise<void>;
beforeEach(async () => {
  served = await serve({ idleTimeout: 1 });
  back = await remembered(served);
});
afterEach(() => served.close());

const DRIP = 100; // milliseconds: far from a silence
const FIRST = 'OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n';
const CHUNKED = 'PUT /new HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('a header that comes byte by byte ends the connection', () => {
  test.each([
    ['in the request line', 'GET /'],
    ['in a field of a second request', `${FIRST}GET / HTTP/1.1\r\nX: `],
  ])('%s', async (_where, bytes) => {
    const { socket, received, closed } = await badClient(served.port, bytes);
    const drip = () => socket.write('x', (error) => error ?? setTimeout(drip, DRIP));
    drip();
    socket.on('end', () => socket.destroy());
    await closed;
    expect(received()).toMatch(/HTTP\/1\.1 408 (?:.+\r\n)*Connection: close\r\n/);
    await back();
  });
});

describe('longer than any silence may last', () => {
  test.each([
    ['with a length', 'PUT /new HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 25\r\n\r\n', 'x', ''],
    ['in chunks', CHUNKED, '1\r\nx\r\n', '0\r\n\r\n'],
  ])('an upload %s takes, and is stored', async (_how, header, piece, end) => {
    const { socket, received } = await badClient(served.port, header);
    const answered = new Promise((resolve) => socket.on('data', resolve).on('close', resolve));
    let sent = 0;
    const drip = () => {
      socket.write(piece);
      if (++sent < 25) setTimeout(drip, DRIP);
      else socket.write(end);
    };
    drip();
    await answered;
    socket.destroy();
    expect(received()).toMatch(/^HTTP\/1\.1 201 /);
    expect(readFileSync(join(served.folder, 'new'), 'utf8')).toBe('x'.repeat(25));
    await back();
  });

  test('a download takes, and comes whole', async () => {
    const size = 2 ** 25;
    const file = openSync(join(served.folder, 'large'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    const { socket } = await badClient(served.port, '');
    let length = 0;
    const taken = new Promise<void>((resolve) => {
      socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
        length += chunk.length;
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
      socket.on('end', resolve).on('close', resolve);
    });
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await taken;
    expect(length).toBeGreaterThan(size);
    socket.destroy();
    await back();
  });
});

test('an upload that is cut off in its trailer is not whole, and not stored', async () => {
  const { socket, closed } = await badClient(served.port, `${CHUNKED}1\r\na\r\n0\r\nX: `);
  socket.resetAndDestroy();
  await closed;
  await back();
  expect(existsSync(join(served.folder, 'new'))).toBe(false);
});
