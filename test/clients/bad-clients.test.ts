// The built server among clients that do not read and do not speak: its memory stays, and its descriptors come back.
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { beforeAll, expect, test } from '@jest/globals';
import { type BadClient, badClient } from '../http/bad-client.ts';
import { certificate } from './certificate.ts';
import type { RunningServer } from './dav207.ts';
import { eventually } from './program.ts';
import { undone } from './undone.ts';

const made = undone();
let server: RunningServer;
let port: number;
beforeAll(async () => {
  server = await made.server();
  port = Number(new URL(server.url).port);
  expect(await next()).toBe(200);
});

const next = async () => (await fetch(server.url, { method: 'OPTIONS', headers: { Connection: 'close' } })).status;
const ofProcess = (file: string, field: string) =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${server.process.pid}/${file}`, 'utf8'))?.[1]);

/** What the server's descriptors lead to. One may be gone before it is looked at. */
function descriptors(): string[] {
  const folder = `/proc/${server.process.pid}/fd`;
  return readdirSync(folder).flatMap((descriptor) => {
    try {
      return [readlinkSync(join(folder, descriptor))];
    } catch {
      return [];
    }
  });
}

async function leave(clients: readonly BadClient[]): Promise<void> {
  for (const { socket } of clients) socket.destroy();
  await Promise.all(clients.map(({ closed }) => closed));
}

const MIB = 1024; // KiB, as the system counts memory

test('clients that stop reading a GiB cost no more than what the system takes for them', async () => {
  const file = openSync(join(server.folder, 'large'), 'w');
  ftruncateSync(file, 2 ** 30);
  closeSync(file);
  const [before, memory] = [descriptors().length, ofProcess('status', 'VmHWM')];
  const clients: BadClient[] = [];
  for (let index = 0; index < 20; index++) {
    const client = await badClient(port, '');
    client.socket.pause();
    client.socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    clients.push(client);
  }
  const open = () => descriptors().filter((name) => name.endsWith('/large')).length;
  await eventually('all have begun', () => open() === clients.length);
  let last = -1;
  await eventually('no more is read', () => {
    const read = ofProcess('io', 'rchar');
    const still = read === last;
    last = read;
    return still;
  });
  expect(await next()).toBe(200);
  expect(ofProcess('status', 'VmHWM') - memory).toBeLessThan(200 * MIB);
  await leave(clients);
  await eventually('all is given back', () => open() === 0 && descriptors().length <= before);
  expect(await next()).toBe(200);
});

test('2,000 connections on which nothing is said', async () => {
  const before = descriptors();
  const clients: BadClient[] = [];
  // The connection of the last test may be among those before, and be closed meanwhile.
  const taken = () => descriptors().filter((name) => !before.includes(name)).length;
  while (clients.length < 2_000) {
    // The system keeps 511 of whom the server has not heard yet, and lets others think that they are connected.
    clients.push(...(await Promise.all(Array.from({ length: 200 }, () => badClient(port, '')))));
    await eventually('all are taken', () => taken() >= clients.length);
  }
  expect(await next()).toBe(200);
  await leave(clients);
  await eventually('all is given back', () => descriptors().length <= before.length);
  expect(await next()).toBe(200);
});

test('--max-connections and --idle-timeout are those of the built server', async () => {
  const small = await made.server({ args: ['--max-connections', '1', '--idle-timeout', '5'] });
  const at = Number(new URL(small.url).port);
  const first = await badClient(at, 'GET /');
  const second = await badClient(at, '');
  await new Promise((resolve) => second.socket.on('end', resolve).on('close', resolve));
  expect(second.received()).toMatch(/^HTTP\/1\.1 503 /);
  await new Promise((resolve) => first.socket.on('end', resolve).on('close', resolve));
  await leave([first, second]);
  // The server hears in one go that they have closed and that somebody else is there: it may still count them then.
  await eventually('the place is free', async () => (await fetch(small.url, { method: 'OPTIONS' })).status === 200);
});

test('RFC 9112 §9.6: through TLS too, who looks for its answer only when all is sent finds it', async () => {
  const { flags } = await certificate(await made.folder('tls'));
  const secure = await made.server({ args: ['--max-body', '1M', ...flags] });
  const socket = connect({ port: Number(new URL(secure.url).port), host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => {}); // then the answer is missing
  socket.write('PUT /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 67108864\r\n\r\n');
  for (let sent = 0; sent < 64; sent++) await new Promise((resolve) => socket.write(Buffer.alloc(2 ** 20), resolve));
  let answer = '';
  socket.on('data', (bytes) => {
    answer += String(bytes);
  });
  await new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});
