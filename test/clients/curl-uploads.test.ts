// curl: uploads as they are on the wire, the refusal of some before their body is sent, and what one that stops half-way leaves.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { curl, lock, WAITING } from './curl.ts';
import { desk } from './desk.ts';
import { eventually, start } from './program.ts';

const MIB = 1024 * 1024;
const at = desk();

describe('uploads', () => {
  test('-T, new and over', async () => {
    const created = await curl(['-T', join(at.local, 'note.txt'), at.work]);
    expect(created.status).toBe(201);
    expect(created.headers.etag).toMatch(/^"[^"]+"$/);
    await writeFile(join(at.local, 'second.txt'), 'another');
    const replaced = await curl(['-T', join(at.local, 'second.txt'), `${at.work}note.txt`]);
    expect(replaced.status).toBe(204);
    expect(replaced.headers.etag).not.toBe(created.headers.etag);
    expect((await curl(['-I', `${at.work}note.txt`])).headers.etag).toBe(replaced.headers.etag);
    expect(await at.content('note.txt')).toBe('another');
  });

  test('-T with chunked transfer coding, and of nothing at all', async () => {
    expect((await curl(['-T', join(at.local, 'note.txt'), '-H', 'Transfer-Encoding: chunked', at.work])).status).toBe(201);
    expect(await at.content('note.txt')).toBe('a note\n');
    expect((await at.put('empty.txt', '')).status).toBe(201);
    expect((await stat(at.disk('empty.txt'))).size).toBe(0);
  });

  test('of a large file waits for 100 Continue and gets it', async () => {
    const { statuses, outcome } = await curl(['-v', ...WAITING, '-T', at.large, at.work]);
    expect(outcome.stderr).toMatch(/> Expect: 100-continue/);
    expect(outcome.stderr).toMatch(/< HTTP\/1\.1 100 Continue/);
    expect(statuses).toEqual([100, 201]);
    expect((await readFile(at.disk('large.bin'))).equals(await readFile(at.large))).toBe(true);
  });

  test('X-OC-Mtime sets the time', async () => {
    const { status, headers } = await curl(['-T', join(at.local, 'note.txt'), '-H', 'X-OC-Mtime: 1000000000', at.work]);
    expect(status).toBe(201);
    expect(headers['x-oc-mtime']).toBe('accepted');
    expect(Math.floor((await stat(at.disk('note.txt'))).mtimeMs / 1000)).toBe(1_000_000_000);
    expect((await curl(['-I', `${at.work}note.txt`])).headers['last-modified']).toBe('Sun, 09 Sep 2001 01:46:40 GMT');
  });

  test('Z-crange-a: -C goes on where an upload stopped, and not beyond what is there', async () => {
    const whole = await readFile(join(at.local, 'note.txt'), 'utf8');
    await at.put('note.txt', whole.slice(0, 3));
    expect((await curl(['-T', join(at.local, 'note.txt'), '-C', '3', at.work])).status).toBe(204);
    expect(await at.content('note.txt')).toBe(whole);
    await at.put('note.txt', whole.slice(0, 2));
    expect((await curl(['-T', join(at.local, 'note.txt'), '-C', '3', at.work])).status).toBe(416);
    expect(await at.content('note.txt')).toBe(whole.slice(0, 2));
  });
});

describe('a refused upload gets its answer before its body is sent', () => {
  async function refused(url: string, ...args: string[]) {
    const { statuses, outcome } = await curl(['-v', ...WAITING, '-T', at.large, ...args, url]);
    expect(outcome.stderr).toMatch(/> Expect: 100-continue/);
    expect(outcome.stderr).toMatch(/sent 0\./);
    return statuses;
  }

  test('409 without a parent', async () => expect(await refused(`${at.work}no/parent.bin`)).toEqual([409]));

  test('405 on a collection', async () => expect(await refused(at.work, '--request-target', new URL(at.work).pathname)).toEqual([405]));

  test('423 when locked', async () => {
    await at.put('locked.bin', 'locked');
    await lock(`${at.work}locked.bin`);
    expect(await refused(`${at.work}locked.bin`)).toEqual([423]);
    expect(await at.content('locked.bin')).toBe('locked');
  });

  test('412 with If-None-Match: * when there is something, with If-Match when it is another', async () => {
    await at.put('there.bin', 'there');
    expect(await refused(`${at.work}there.bin`, '-H', 'If-None-Match: *')).toEqual([412]);
    expect(await refused(`${at.work}there.bin`, '-H', 'If-Match: "another"')).toEqual([412]);
    expect(await at.content('there.bin')).toBe('there');
  });
});

describe('an upload that stops half-way leaves what was there, and nothing else', () => {
  const staged = () => readdir(join(at.server.folder, '.dav207/tmp'));
  async function expectUntouched(): Promise<void> {
    await eventually('the staging folder is empty again', async () => (await staged()).length === 0);
    expect(await at.content('note.txt')).toBe('the old content');
    expect(await readdir(at.disk(''))).toEqual(['note.txt']);
    expect((await readdir(at.server.folder)).filter((entry) => !entry.startsWith('desk '))).toEqual(['.dav207']);
    expect((await curl([`${at.work}note.txt`])).body).toBe('the old content');
  }
  beforeEach(async () => {
    await at.put('note.txt', 'the old content');
    expect(await staged()).toEqual([]);
  });

  test('curl killed in the middle, of a chunked upload', async () => {
    const { child, done } = await start('curl', ['-sS', '-T', '-', `${at.work}note.txt`]);
    child.stdin?.write(Buffer.alloc(MIB, 'x'));
    await eventually('bytes of the upload are staged', async () => {
      const [part] = await staged();
      return part !== undefined && (await stat(join(at.server.folder, '.dav207/tmp', part))).size > 0;
    });
    expect(await at.content('note.txt')).toBe('the old content');
    child.kill('SIGKILL');
    await done;
    await expectUntouched();
  });

  test('curl out of time, of an upload with a length', async () => {
    const { outcome } = await curl(['-T', at.large, '--limit-rate', '100k', '--max-time', '1', `${at.work}note.txt`]);
    expect(outcome.status).toBe(28);
    await expectUntouched();
  });

  test('of a new file: there is none', async () => {
    const { outcome } = await curl(['-T', at.large, '--limit-rate', '100k', '--max-time', '1', `${at.work}new.bin`]);
    expect(outcome.status).toBe(28);
    await expectUntouched();
  });
});
