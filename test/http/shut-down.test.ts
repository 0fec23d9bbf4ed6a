// The end of a server: what runs is answered, what does not is gone at once, and nothing half done stays on the disk.
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type App, createApp } from '../../src/server/app.ts';
import { Connections } from '../../src/server/connections.ts';
import { type Webdav, webdav } from '../../src/server/dav.ts';
import { listen, shutDown } from '../../src/server/listen.ts';
import { eventually } from '../clients/program.ts';

let folder: string;
let dav: Webdav;
let app: App;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-shut-down-'));
  dav = webdav({ folder });
  await dav.ready;
  app = createApp(dav, {});
  port = await listen(app.server, 0, '127.0.0.1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function connected(text: string) {
  const accepted = once(app.server, 'connection');
  const socket = connect(port, '127.0.0.1');
  if (text) socket.write(text);
  await accepted;
  const closed = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  return { socket, closed };
}

test('a connection with no request on it, or half a one, does not hold it up', async () => {
  const silent = await connected('');
  const half = await connected('GET / HTTP/1.1\r\nHos');
  const kept = await connected('OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(kept.socket, 'data');
  await shutDown(app, dav);
  await Promise.all([silent.closed, half.closed, kept.closed]);
});

test('a request that runs is answered with Connection: close, and its connection ends', async () => {
  const agent = new Agent({ keepAlive: true });
  const upload = request({ port, host: '127.0.0.1', method: 'PUT', path: '/up.txt', agent });
  const running = once(app.server, 'request');
  upload.write('one');
  await running;
  const answered = once(upload, 'response');
  const ended = shutDown(app, dav);
  upload.end(', two');
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, response.headers.connection]).toEqual([201, 'close']);
  expect(readFileSync(join(folder, 'up.txt'), 'utf8')).toBe('one, two');
  await ended;
  agent.destroy();
});

test('an answer that is written but not yet sent goes out whole', async () => {
  const server = createServer();
  const connections = new Connections(server);
  server.on('request', (_request, response) => connections.take(response, () => response.end(Buffer.alloc(2 ** 25))));
  const [response] = (await once(get({ port: await listen(server, 0, '127.0.0.1') }), 'response')) as [IncomingMessage];
  const ended = shutDown({ server, connections }, dav);
  let length = 0;
  for await (const part of response) length += (part as Buffer).length;
  expect(length).toBe(2 ** 25);
  await ended;
  await app.connections.end(0);
  app.server.close();
});

test('an upload that is cut off leaves nothing behind once the state is closed', async () => {
  const { socket, closed } = await connected('PUT /up.bin HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin');
  const staged = join(folder, '.dav207/tmp');
  await eventually('something is staged', () => existsSync(staged) && readdirSync(staged).length > 0);
  app.server.close();
  await app.connections.end(0);
  await dav.close();
  expect(readdirSync(staged)).toEqual([]);
  await closed;
  socket.destroy();
});
