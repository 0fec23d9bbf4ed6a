// curl: uploads, ranges, conditions and refusals as they are on the wire, and what an upload that stops half-way leaves.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { type RunningServer, startServer } from './dav207.ts';
import { eventually, run, start } from './program.ts';

const MIB = 1024 * 1024;

let server: RunningServer;
let name: string;
let work: string;
let round = 0;
let local: string;
let large: string;
beforeAll(async () => {
  server = await startServer();
  local = await mkdtemp(join(tmpdir(), 'dav207-curl-'));
  await writeFile(join(local, 'note.txt'), 'a note\n');
  large = join(local, 'large.bin');
  await writeFile(large, Buffer.alloc(3 * MIB, 'all the same '));
});
afterAll(async () => {
  await server.stop();
  await rm(local, { recursive: true, force: true });
});
beforeEach(async () => {
  // One for each test: a lock that a test leaves behind must not be in the next one's way.
  name = `desk ${++round}`;
  work = `${server.url}${encodeURIComponent(name)}/`;
  await curl(['-X', 'MKCOL', work]);
});

const disk = (member: string) => join(server.folder, name, member);
const content = (member: string) => readFile(disk(member), 'utf8');
/** `curl -T` of a string by way of standard input, which curl sends chunked. */
const put = (member: string, input: string) => curl(['-T', '-', `${work}${member}`], { input });

describe('uploads', () => {
  test('-T, new and over', async () => {
    const created = await curl(['-T', join(local, 'note.txt'), work]);
    expect(created.status).toBe(201);
    expect(created.headers.etag).toMatch(/^"[^"]+"$/);
    await writeFile(join(local, 'second.txt'), 'another');
    const replaced = await curl(['-T', join(local, 'second.txt'), `${work}note.txt`]);
    expect(replaced.status).toBe(204);
    expect(replaced.headers.etag).not.toBe(created.headers.etag);
    expect((await curl(['-I', `${work}note.txt`])).headers.etag).toBe(replaced.headers.etag);
    expect(await content('note.txt')).toBe('another');
  });

  test('-T with chunked transfer coding, and of nothing at all', async () => {
    expect((await curl(['-T', join(local, 'note.txt'), '-H', 'Transfer-Encoding: chunked', work])).status).toBe(201);
    expect(await content('note.txt')).toBe('a note\n');
    expect((await put('empty.txt', '')).status).toBe(201);
    expect((await stat(disk('empty.txt'))).size).toBe(0);
  });

  test('of a large file waits for 100 Continue and gets it', async () => {
    const { statuses, outcome } = await curl(['-v', '-T', large, work]);
    expect(outcome.stderr).toMatch(/> Expect: 100-continue/);
    expect(outcome.stderr).toMatch(/< HTTP\/1\.1 100 Continue/);
    expect(statuses).toEqual([100, 201]);
    expect((await readFile(disk('large.bin'))).equals(await readFile(large))).toBe(true);
  });

  test('X-OC-Mtime sets the time', async () => {
    const { status, headers } = await curl(['-T', join(local, 'note.txt'), '-H', 'X-OC-Mtime: 1000000000', work]);
    expect(status).toBe(201);
    expect(headers['x-oc-mtime']).toBe('accepted');
    expect(Math.floor((await stat(disk('note.txt'))).mtimeMs / 1000)).toBe(1_000_000_000);
    expect((await curl(['-I', `${work}note.txt`])).headers['last-modified']).toBe('Sun, 09 Sep 2001 01:46:40 GMT');
  });

  test('Z-crange-a: -C goes on where an upload stopped, and not beyond what is there', async () => {
    const whole = await readFile(join(local, 'note.txt'), 'utf8');
    await put('note.txt', whole.slice(0, 3));
    expect((await curl(['-T', join(local, 'note.txt'), '-C', '3', work])).status).toBe(204);
    expect(await content('note.txt')).toBe(whole);
    await put('note.txt', whole.slice(0, 2));
    expect((await curl(['-T', join(local, 'note.txt'), '-C', '3', work])).status).toBe(416);
    expect(await content('note.txt')).toBe(whole.slice(0, 2));
  });
});

describe('a refused upload gets its answer before its body is sent', () => {
  async function refused(url: string, ...args: string[]) {
    const { statuses, outcome } = await curl(['-v', '-T', large, '-w', '%{stderr}sent %{size_upload}.', ...args, url]);
    expect(outcome.stderr).toMatch(/> Expect: 100-continue/);
    expect(outcome.stderr).toMatch(/sent 0\./);
    return statuses;
  }

  test('409 without a parent', async () => expect(await refused(`${work}no/parent.bin`)).toEqual([409]));

  test('405 on a collection', async () => expect(await refused(work, '--request-target', new URL(work).pathname)).toEqual([405]));

  test('423 when locked', async () => {
    await put('locked.bin', 'locked');
    await lock(`${work}locked.bin`);
    expect(await refused(`${work}locked.bin`)).toEqual([423]);
    expect(await content('locked.bin')).toBe('locked');
  });

  test('412 with If-None-Match: * when there is something, with If-Match when it is another', async () => {
    await put('there.bin', 'there');
    expect(await refused(`${work}there.bin`, '-H', 'If-None-Match: *')).toEqual([412]);
    expect(await refused(`${work}there.bin`, '-H', 'If-Match: "another"')).toEqual([412]);
    expect(await content('there.bin')).toBe('there');
  });
});

describe('downloads', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz';
  let url: string;
  beforeEach(async () => {
    await put('abc.txt', text);
    url = `${work}abc.txt`;
  });

  test.each([
    ['0-4', 'abcde', 'bytes 0-4/26'],
    ['20-', 'uvwxyz', 'bytes 20-25/26'],
    ['-3', 'xyz', 'bytes 23-25/26'],
    ['24-99', 'yz', 'bytes 24-25/26'],
  ])('-r %s', async (range, part, contentRange) => {
    const { status, headers, body } = await curl(['-r', range, url]);
    expect({ status, body, range: headers['content-range'] }).toEqual({ status: 206, body: part, range: contentRange });
    expect(headers['content-length']).toBe(String(part.length));
  });

  test('-r with several parts', async () => {
    const { status, headers, body } = await curl(['-r', '0-1,10-12,-1', url]);
    expect(status).toBe(206);
    const boundary = /^multipart\/byteranges; boundary="?([^"]+)"?$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
    const parts = body.split(`--${boundary}`).slice(1, -1);
    expect(parts.map((part) => part.trimEnd().split('\r\n\r\n')[1])).toEqual(['ab', 'klm', 'z']);
    expect(parts.map((part) => /Content-Range: (.*)/i.exec(part)?.[1]?.trim())).toEqual([
      'bytes 0-1/26',
      'bytes 10-12/26',
      'bytes 25-25/26',
    ]);
    expect(body).toMatch(new RegExp(`--${boundary}--(\r\n)?$`));
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('-r beyond the end', async () => {
    const { status, headers } = await curl(['-r', '26-', url]);
    expect(status).toBe(416);
    expect(headers['content-range']).toBe('bytes */26');
  });

  test('-C - goes on where it stopped', async () => {
    await writeFile(join(local, 'part.txt'), text.slice(0, 10));
    const { status } = await run('curl', ['-sS', '-C', '-', '-o', join(local, 'part.txt'), url]);
    expect(status).toBe(0);
    expect(await readFile(join(local, 'part.txt'), 'utf8')).toBe(text);
  });

  test('-I tells what GET would', async () => {
    const head = await curl(['-I', url]);
    const get = await curl([url]);
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    const { date: _, ...headers } = get.headers;
    expect(head.headers).toMatchObject(headers);
    expect(headers).toMatchObject({
      'content-length': '26',
      'accept-ranges': 'bytes',
      'content-type': expect.stringMatching(/^text\/plain/),
    });
  });

  test('If-None-Match and If-Modified-Since: 304 without a body', async () => {
    const { headers } = await curl(['-I', url]);
    const same = await curl(['-H', `If-None-Match: ${headers.etag}`, url]);
    expect({ status: same.status, body: same.body, etag: same.headers.etag }).toEqual({ status: 304, body: '', etag: headers.etag });
    expect((await curl(['-H', 'If-None-Match: "another"', url])).body).toBe(text);
    expect((await curl(['-z', headers['last-modified'] ?? '', url])).status).toBe(304);
  });

  test('--etag-save and --etag-compare', async () => {
    const saved = join(local, 'etag.txt');
    expect((await curl(['--etag-save', saved, url])).status).toBe(200);
    expect((await curl(['--etag-compare', saved, url])).status).toBe(304);
  });

  test('If-Range: a changed file comes whole', async () => {
    const { headers } = await curl(['-I', url]);
    expect((await curl(['-r', '0-4', '-H', `If-Range: ${headers.etag}`, url])).status).toBe(206);
    expect((await curl(['-r', '0-4', '-H', 'If-Range: "another"', url])).body).toBe(text);
  });
});

describe('an upload that stops half-way leaves what was there, and nothing else', () => {
  const staged = () => readdir(join(server.folder, '.dav207/tmp'));
  async function expectUntouched(): Promise<void> {
    await eventually('the staging folder is empty again', async () => (await staged()).length === 0);
    expect(await content('note.txt')).toBe('the old content');
    expect(await readdir(disk(''))).toEqual(['note.txt']);
    expect((await readdir(server.folder)).filter((entry) => !entry.startsWith('desk '))).toEqual(['.dav207']);
    expect((await curl([`${work}note.txt`])).body).toBe('the old content');
  }
  beforeEach(async () => {
    await put('note.txt', 'the old content');
    expect(await staged()).toEqual([]);
  });

  test('curl killed in the middle, of a chunked upload', async () => {
    const { child, done } = await start('curl', ['-sS', '-T', '-', `${work}note.txt`]);
    child.stdin?.write(Buffer.alloc(MIB, 'x'));
    await eventually('bytes of the upload are staged', async () => {
      const [part] = await staged();
      return part !== undefined && (await stat(join(server.folder, '.dav207/tmp', part))).size > 0;
    });
    expect(await content('note.txt')).toBe('the old content');
    child.kill('SIGKILL');
    await done;
    await expectUntouched();
  });

  test('curl out of time, of an upload with a length', async () => {
    const { outcome } = await curl(['-T', large, '--limit-rate', '100k', '--max-time', '1', `${work}note.txt`]);
    expect(outcome.status).toBe(28);
    await expectUntouched();
  });

  test('of a new file: there is none', async () => {
    const { outcome } = await curl(['-T', large, '--limit-rate', '100k', '--max-time', '1', `${work}new.bin`]);
    expect(outcome.status).toBe(28);
    await expectUntouched();
  });
});

describe('COPY and MOVE', () => {
  test.each([
    ['https://, as behind a TLS proxy', () => work.replace('http:', 'https:')],
    ['http://', () => work],
    ['a path only', () => new URL(work).pathname],
  ])('with a Destination that is %s', async (_, destination) => {
    await put('note.txt', 'a note');
    expect((await curl(['-X', 'COPY', '-H', `Destination: ${destination()}copy.txt`, `${work}note.txt`])).status).toBe(201);
    expect((await curl(['-X', 'MOVE', '-H', `Destination: ${destination()}moved.txt`, `${work}note.txt`])).status).toBe(201);
    expect((await readdir(disk(''))).sort()).toEqual(['copy.txt', 'moved.txt']);
  });

  test('behind a proxy that changes Host: X-Forwarded-Host is the name the client used', async () => {
    await put('note.txt', 'a note');
    const forwarded = ['-H', 'X-Forwarded-Host: files.example.org', '-H', 'X-Forwarded-Proto: https'];
    const to = ['-H', `Destination: https://files.example.org${new URL(work).pathname}moved.txt`];
    expect((await curl(['-X', 'MOVE', ...forwarded, ...to, `${work}note.txt`])).status).toBe(201);
    expect(await content('moved.txt')).toBe('a note');
  });

  test('to another server is 502', async () => {
    await put('note.txt', 'a note');
    const { status } = await curl(['-X', 'MOVE', '-H', 'Destination: http://elsewhere.example.org/note.txt', `${work}note.txt`]);
    expect(status).toBe(502);
    expect(await content('note.txt')).toBe('a note');
  });
});

test('a path that climbs out of the folder finds nothing there', async () => {
  const outside = join(server.folder, '..', 'dav207-outside.txt');
  for (const path of [
    '/../dav207-outside.txt',
    '/%2e%2e/dav207-outside.txt',
    '/desk%201/..%2f..%2fdav207-outside.txt',
    '/desk%201/%2e%2e/%2e%2e/dav207-outside.txt',
  ]) {
    const { status } = await curl(['-T', '-', `${server.url.replace(/\/$/, '')}${path}`], { input: 'climbed' });
    expect(status).toBeGreaterThanOrEqual(400);
  }
  expect(existsSync(outside)).toBe(false);
  expect(await readdir(disk(''))).toEqual([]);
});

test('https with --tls-cert and --tls-key', async () => {
  const key = join(local, 'key.pem');
  const cert = join(local, 'cert.pem');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert];
  const made = await run('openssl', [...request, '-addext', 'subjectAltName=IP:127.0.0.1']);
  if (made.status !== 0) throw new Error(made.stderr);
  const secure = await startServer({ args: ['--tls-cert', cert, '--tls-key', key] });
  try {
    expect(secure.url).toMatch(/^https:/);
    expect((await curl(['-k', '-T', large, secure.url])).statuses).toEqual([100, 201]);
    expect((await curl(['--cacert', cert, '-X', 'MOVE', '-H', `Destination: ${secure.url}b.bin`, `${secure.url}large.bin`])).status).toBe(
      201,
    );
    expect((await readFile(join(secure.folder, 'b.bin'))).equals(await readFile(large))).toBe(true);
    expect((await curl(['-k', '-r', '0-2', `${secure.url}b.bin`])).body).toBe('all');
  } finally {
    await secure.stop();
  }
});

describe('two users', () => {
  let guarded: RunningServer;
  beforeAll(async () => {
    guarded = await startServer({ args: ['--user', 'ann:open: sesame', '--user', 'bob:geheim ü'] });
  });
  afterAll(() => guarded.stop());
  const ann = ['-u', 'ann:open: sesame'];
  const bob = ['-u', 'bob:geheim ü'];

  test('both come in, nobody else does', async () => {
    expect((await curl([...ann, '-T', join(local, 'note.txt'), guarded.url])).status).toBe(201);
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
    const { statuses, outcome } = await curl(['-T', large, '-w', '%{stderr}sent %{size_upload}.', `${guarded.url}no.bin`]);
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
    await curl([...ann, '-T', join(local, 'note.txt'), guarded.url]);
    const token = await lock(`${guarded.url}note.txt`, ann);
    const write = ['-X', 'PUT', '-d', 'changed', '-H', 'Content-Type: text/plain', '-H', `If: (<${token}>)`, `${guarded.url}note.txt`];
    expect((await curl([...bob, ...write])).status).toBeGreaterThanOrEqual(400);
    expect((await curl([...bob, '-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, `${guarded.url}note.txt`])).status).toBe(403);
    expect((await curl([...bob, '-X', 'PROPFIND', '-H', 'Depth: 0', `${guarded.url}note.txt`])).body).not.toContain(token);
    expect((await curl([...ann, ...write])).status).toBe(204);
  });
});

test('a large download is exact', async () => {
  const path = disk('sparse.bin');
  await writeFile(path, 'begin');
  await truncate(path, 40 * MIB);
  const { bytes } = await curl([`${work}sparse.bin`]);
  expect(bytes.length).toBe(40 * MIB);
  expect(bytes.subarray(0, 5).toString()).toBe('begin');
});
