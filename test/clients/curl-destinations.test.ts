// curl: where COPY and MOVE may lead, and that no path leads out of the folder.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { curl } from './curl.ts';
import { desk } from './desk.ts';

const at = desk();

describe('COPY and MOVE', () => {
  test.each([
    ['https://, as behind a TLS proxy', () => at.work.replace('http:', 'https:')],
    ['http://', () => at.work],
    ['a path only', () => new URL(at.work).pathname],
  ])('with a Destination that is %s', async (_, destination) => {
    await at.put('note.txt', 'a note');
    expect((await curl(['-X', 'COPY', '-H', `Destination: ${destination()}copy.txt`, `${at.work}note.txt`])).status).toBe(201);
    expect((await curl(['-X', 'MOVE', '-H', `Destination: ${destination()}moved.txt`, `${at.work}note.txt`])).status).toBe(201);
    expect((await readdir(at.disk(''))).sort()).toEqual(['copy.txt', 'moved.txt']);
  });

  test('behind a proxy that changes Host: X-Forwarded-Host is the name the client used', async () => {
    await at.put('note.txt', 'a note');
    const forwarded = ['-H', 'X-Forwarded-Host: files.example.org', '-H', 'X-Forwarded-Proto: https'];
    const to = ['-H', `Destination: https://files.example.org${new URL(at.work).pathname}moved.txt`];
    expect((await curl(['-X', 'MOVE', ...forwarded, ...to, `${at.work}note.txt`])).status).toBe(201);
    expect(await at.content('moved.txt')).toBe('a note');
  });

  test('to another server is 502', async () => {
    await at.put('note.txt', 'a note');
    const { status } = await curl(['-X', 'MOVE', '-H', 'Destination: http://elsewhere.example.org/note.txt', `${at.work}note.txt`]);
    expect(status).toBe(502);
    expect(await at.content('note.txt')).toBe('a note');
  });
});

test('a path that climbs out of the folder finds nothing there', async () => {
  const outside = join(at.server.folder, '..', 'dav207-outside.txt');
  for (const path of [
    '/../dav207-outside.txt',
    '/%2e%2e/dav207-outside.txt',
    '/desk%201/..%2f..%2fdav207-outside.txt',
    '/desk%201/%2e%2e/%2e%2e/dav207-outside.txt',
  ]) {
    const { status } = await curl(['-T', '-', `${at.server.url.replace(/\/$/, '')}${path}`], { input: 'climbed' });
    expect(status).toBeGreaterThanOrEqual(400);
  }
  expect(existsSync(outside)).toBe(false);
  expect(await readdir(at.disk(''))).toEqual([]);
});
