// The npm package `webdav`: its locks, and who is not let in.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient, type WebDAVClient } from 'webdav';
import type { RunningServer } from './dav207.ts';
import { undone } from './undone.ts';
import { clearDesk, openDesk, statusOf } from './webdav-desk.ts';

const made = undone();
let server: RunningServer;
let client: WebDAVClient;
beforeAll(async () => {
  ({ server, client } = await openDesk(made));
});
beforeEach(() => clearDesk(client));

const disk = (name: string) => join(server.folder, 'desk', name);
const content = (name: string) => readFile(disk(name), 'utf8');

describe('locks', () => {
  test('lock, write with the token, unlock', async () => {
    await client.putFileContents('/desk/note.txt', 'a note');
    const { token, serverTimeout } = await client.lock('/desk/note.txt', { timeout: 'Second-600' });
    expect(token).toMatch(/^urn:uuid:/);
    expect(serverTimeout).toBe('Second-600');
    expect(await statusOf(client.putFileContents('/desk/note.txt', 'without'))).toBe(423);
    expect(await statusOf(client.deleteFile('/desk/note.txt'))).toBe(423);
    expect(await statusOf(client.lock('/desk/note.txt'))).toBe(423);
    expect(await client.putFileContents('/desk/note.txt', 'with', { headers: { If: `(<${token}>)` } })).toBe(true);
    await client.unlock('/desk/note.txt', token);
    expect(await client.putFileContents('/desk/note.txt', 'after')).toBe(true);
    expect(await content('note.txt')).toBe('after');
  });

  test('its usual wish for an endless lock is granted within the server’s bounds', async () => {
    await client.putFileContents('/desk/note.txt', 'a note');
    const { token, serverTimeout } = await client.lock('/desk/note.txt');
    expect(serverTimeout).toMatch(/^Second-\d+$/);
    await client.unlock('/desk/note.txt', token);
  });

  test('RFC 4918 §6.4: a token is worth nothing to another user', async () => {
    const bob = createClient(server.url, { username: 'bob', password: 'secret' });
    await client.putFileContents('/desk/note.txt', 'a note');
    const { token } = await client.lock('/desk/note.txt');
    expect(
      await statusOf(bob.putFileContents('/desk/note.txt', 'bob was here', { headers: { If: `(<${token}>)` } })),
    ).toBeGreaterThanOrEqual(400);
    expect(await statusOf(bob.unlock('/desk/note.txt', token))).toBe(403);
    expect(await content('note.txt')).toBe('a note');
    await client.unlock('/desk/note.txt', token);
  });
});

test('a wrong password, an unknown user, and nobody are answered 401', async () => {
  const others = [{ username: 'ann', password: 'wrong' }, { username: 'eve', password: 'open sesame' }, {}];
  for (const login of others) {
    const other = createClient(server.url, login);
    expect(await statusOf(other.getDirectoryContents('/'))).toBe(401);
    expect(await statusOf(other.putFileContents('/desk/note.txt', 'no'))).toBe(401);
  }
  expect(await readdir(disk(''))).toEqual([]);
});
