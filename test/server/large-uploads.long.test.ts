// V8 is told to leave more lying for as long as large uploads come in, however they end, and no longer.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spareLargeUploads } from '../../src/server/large-uploads.ts';
import { eventually } from '../clients/program.ts';

let server: Server;
let flags: string[];
let used: number; // bytes of the heap

beforeEach(async () => {
  flags = [];
  used = 10_000_000;
  server = createServer((request, response) => {
    if (request.url === '/wait') return;
    if (request.url === '/refuse') return void response.writeHead(409, { 'Content-Length': 0 }).end();
    request.resume().on('end', () => response.end());
  });
  spareLargeUploads(server, { setFlagsFromString: (flag) => flags.push(flag), getHeapStatistics: () => ({ used_heap_size: used }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

async function send(...parts: (string | Uint8Array)[]) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  for (const part of parts) socket.write(part);
  return socket;
}

const BODY = Buffer.alloc(2 ** 21);
const put = (path: string, more = `Content-Length: ${BODY.length}\r\n`, method = 'PUT') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const WAITING = put('/wait', '', 'GET');

const isSpared = () => /=[1-9]\d*$/.test(flags.at(-1) ?? '');

test.each([
  ['one that is whole', [put('/'), BODY]],
  ['one that is cut off', [put('/'), 'some']],
  ['a chunked one', [put('/', CHUNKED), '4\r\nsome\r\n']],
  ['one that waits for 100 Continue', [put('/', `Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n`)]],
  ['one that is refused', [put('/refuse'), 'some']],
  ['one that waits behind another request', [WAITING, put('/'), 'some']],
  ['several that do', [WAITING, ...Array(3).fill(`${put('/', CHUNKED)}0\r\n\r\n`), put('/'), 'some']],
])('%s', async (_what, parts) => {
  const socket = await send(...parts);
  await eventually('more is left lying', () => flags.some((flag) => !flag.endsWith('=0')));
  socket.destroy();
  await eventually('it is no more', () => !isSpared());
  expect(flags[0]).toMatch(/^--heap-growing-percent=\d+$/);
});

test('for one of two that is still under way, and for one that has nothing to say for a while', async () => {
  const [long, short] = [await send(put('/'), 'some'), await send(put('/'), BODY)];
  await once(short, 'data');
  const before = flags.length;
  await eventually('the heap is looked at again', () => flags.length > before + 1);
  expect(isSpared()).toBe(true);
  long.destroy();
  short.destroy();
  await eventually('it is no more', () => !isSpared());
});

test('as much as there is room for, and around a large heap as V8 sees fit', async () => {
  const socket = await send(put('/'), 'some');
  await eventually('more is left lying', isSpared);
  used = 20_000_000;
  await eventually('less, once there is more else', () => flags.includes('--heap-growing-percent=252'));
  used = 60_000_000;
  await eventually('no more', () => !isSpared());
  expect(flags[0]).toBe('--heap-growing-percent=504');
  socket.destroy();
});

test.each([
  ['a small one', put('/', 'Content-Length: 4\r\n')],
  ['no upload', put('/', 'Content-Length: 4\r\n', 'PROPFIND')],
])('%s changes nothing', async (_what, head) => {
  const socket = await send(head, 'some');
  await once(socket, 'data');
  socket.destroy();
  expect(flags).toEqual([]);
});
