// curl: https, and who is let in.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { certificate } from './certificate.ts';
import { curl, lock, WAITING } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { desk } from './desk.ts';
import { undone } from './undone.ts';

const at = desk();
const madeForOne = undone(afterEach);

test('https with --tls-cert and --tls-key', async () => {
  const { cert, flags } = await certificate(at.local);
  const secure = await madeForOne.server({ args: flags });
  expect(secure.url).toMatch(/^https:/);
  expect((await curl(['-k', '-T', at.large, secure.url])).statuses).toEqual([100, 201]);
  expect((await curl(['--cacert', cert, '-X', 'MOVE', '-H', `Destination: ${secure.url}b.bin`, `${secure.url}large.bin`])).status).toBe(
    201,
  );
  expect((await readFile(join(secure.folder, 'b.bin'))).equals(await readFile(at.large))).toBe(true);
  expect((await curl(['-k', '-r', '0-2', `${secure.url}b.bin`])).body).toBe('all');
});

describe('two users', () => {
  const made = undone();
  let guarded: RunningServer;
  beforeAll(async () => {
    guarded = await made.server({ args: ['--user', 'ann:open: sesame', '--user', 'bob:geheim ü'] });
  });
  const ann = ['-u', 'ann:open: sesame'];
  const bob = ['-u', 'bob:geheim ü'];

  test('both come in, nobody else does', async () => {
    expect((await curl([...ann, '-T', join(at.local, 'note.txt'), guarded.url])).status).toBe(201);
    expect((await curl([...bob, `${guarded.url}note.txt`])).body).toBe('a note\n');
    for (const stranger of [
      [],
      ['-u', 'ann:wrong'],
      ['-u', 'eve:open: sesame'],
      ['-H', 'Authorization: Bearer x'],
      ['-H', 'Authorization: Basic !'],
    ]) {
      const { status, headers, body } = await curl([...stranger, `${guarded.url}note.txt`]);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toMatch(/^Basic realm="[^"]+"(, charset="UTF-8")?$/);
      expect(body).not.toContain('a note');
    }
  });

  test('a stranger’s upload is refused before its body is sent', async () => {
    const { statuses, outcome } = await curl([...WAITING, '-T', at.large, `${guarded.url}no.bin`]);
    expect(statuses).toEqual([401]);
    expect(outcome.stderr).toMatch(/sent 0\./);
    expect(existsSync(join(guarded.folder, 'no.bin'))).toBe(false);
  });

  test('OPTIONS needs no password', async () => {
    const { status, headers } = await curl(['-X', 'OPTIONS', guarded.url]);
    expect(status).toBe(200);
    expect(headers.dav).toMatch(/^1, 2, 3/);
  });

  test('a lock shuts the other one out, token or not (RFC 4918 §6.4)', async () => {
    await curl([...ann, '-T', join(at.local, 'note.txt'), guarded.url]);
    const token = await lock(`${guarded.url}note.txt`, ann);
    const write = ['-X', 'PUT', '-d', 'changed', '-H', 'Content-Type: text/plain', '-H', `If: (<${token}>)`, `${guarded.url}note.txt`];
    expect((await curl([...bob, ...write])).status).toBeGreaterThanOrEqual(400);
    expect((await curl([...bob, '-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, `${guarded.url}note.txt`])).status).toBe(403);
    expect((await curl([...bob, '-X', 'PROPFIND', '-H', 'Depth: 0', `${guarded.url}note.txt`])).body).not.toContain(token);
    expect((await curl([...ann, ...write])).status).toBe(204);
  });
});
