// What the operator is told of requests that fail: the server's own failures, and destinations that a proxy may have made foreign.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LOCKINFO, type Served, serve } from './serve.ts';

let folder: string;
let served: Served;
let errors: string[];
let warnings: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-logging-'));
  [errors, warnings] = [[], []];
  const log = { request() {}, error: (sentence: string) => errors.push(sentence), warn: (sentence: string) => warnings.push(sentence) };
  served = await serve({ folder, base: '/dav', log });
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

test("what is the client's own affair is no line but that of the request", async () => {
  await served.ask('PUT', '/dav/f', { body: 'x' });
  await served.lock('/dav/f');
  const asked: [string, string, Record<string, string>?][] = [
    ['BIND', '/dav/f'],
    ['POST', '/dav/f'],
    ['GET', '/dav/none'],
    ['DELETE', '/dav/f'],
    ['MOVE', '/dav/f', { Destination: '/dav/x', Overwrite: 'maybe' }],
    ['LOCK', '/dav/f', { 'Content-Type': 'text/plain' }],
  ];
  const statuses: number[] = [];
  for (const [method, target, headers = {}] of asked)
    statuses.push((await served.ask(method, target, { headers, ...(method === 'LOCK' && { body: LOCKINFO }) })).status);
  expect([statuses, errors, warnings]).toEqual([[501, 405, 404, 423, 400, 415], [], []]);
  expect(
    await served.raw('PUT /dav/g HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
  ).toMatch(/^HTTP\/1\.1 501 /);
  expect(errors).toEqual([]);
});

test('D-10.3-b: a foreign Destination is one line, no error, that names both values compared and no password', async () => {
  await served.ask('PUT', '/dav/f', { body: 'x' });
  const elsewhere = 'http://ann:secret@files.example/dav/g?q';
  expect((await served.ask('MOVE', '/dav/f', { headers: { Destination: elsewhere, Host: 'inner:8080' } })).status).toBe(502);
  expect((await served.ask('COPY', '/dav/f', { headers: { Destination: '/g', Host: 'inner:8080' } })).status).toBe(502);
  expect([errors, warnings]).toEqual([
    [],
    [
      'MOVE: The Destination (on files.example/dav/g) is outside of what this server serves (inner:8080/dav/).',
      'COPY: The Destination (on this host: /g) is outside of what this server serves (inner:8080/dav/).',
    ],
  ]);
});

test('U-time-a: who is refused is a line of the log, without the password', async () => {
  const lines: unknown[] = [];
  const take = (...line: unknown[]) => void lines.push(line);
  const guarded = await serve({ users: [{ name: 'ann', password: 'right' }], log: { request: take, error: take, warn: take } });
  try {
    const Authorization = `Basic ${Buffer.from('ann:wr0ng').toString('base64')}`;
    expect((await guarded.ask('PUT', '/f', { headers: { Authorization }, body: 'x' })).status).toBe(401);
    expect(lines).toEqual([['PUT', '/f', 401, expect.any(Number)]]);
  } finally {
    await guarded.close();
  }
});

test('a failure of the server is an error', async () => {
  rmSync(folder, { recursive: true });
  expect((await served.ask('GET', '/dav/f')).status).toBe(503);
  expect([errors, warnings]).toEqual([['GET: The folder that is served here is gone.'], []]);
});
