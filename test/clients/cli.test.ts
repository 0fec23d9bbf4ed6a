// The command line as an operator meets it: mistakes, signals, read-only, and where the state is kept.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { dav207, type RunningServer, type ServerOptions, startServer } from './dav207.ts';
import { eventually, type Outcome } from './program.ts';

let folder: string;
let servers: RunningServer[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dav207-cli-'));
  servers = [];
});
afterEach(async () => {
  const stopped = await Promise.allSettled(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
  expect(stopped.filter(({ status }) => status === 'rejected')).toEqual([]);
});

/** A server on the test's folder, ended after the test. */
async function serve(options: ServerOptions = {}): Promise<RunningServer> {
  const server = await startServer({ folder, ...options });
  servers.push(server);
  return server;
}

/** One line that names the culprit and says what to do; nothing on standard output; exit code 2. */
function expectMistake({ status, stdout, stderr }: Outcome, ...says: readonly (string | RegExp)[]): void {
  expect({ status, stdout, lines: stderr.trimEnd().split('\n').length, stderr }).toEqual({ status: 2, stdout: '', lines: 1, stderr });
  expect(stderr).toMatch(/^dav207: .+\n$/);
  for (const words of says) expect(stderr).toMatch(words);
}

describe('what it prints', () => {
  test('--help, --version', async () => {
    const help = await dav207(['--help']);
    expect(help.status).toBe(0);
    for (const flag of ['--host', '--port', '--base', '--user', '--tls-cert', '--tls-key', '--read-only', '--state'])
      expect(help.stdout).toContain(flag);
    const version = await dav207(['--version']);
    expect({ status: version.status, stdout: version.stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/),
    });
  });

  test('the first line on standard output holds the URL that works', async () => {
    const server = await serve({ args: ['--base', '/dav/'] });
    expect(server.firstLine).toMatch(/ http:\/\/127\.0\.0\.1:\d+\/dav$/);
    expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', server.url])).status).toBe(207);
  });

  test.each([
    ['127.0.0.2', /http:\/\/127\.0\.0\.2:\d+\//],
    ['::1', /http:\/\/\[::1\]:\d+\//],
    ['localhost', /http:\/\/localhost:\d+\//],
  ])('--host %s, in the URL and without a warning', async (host, url) => {
    const server = await serve({ args: ['--host', host, '--log-format', 'none'] });
    expect(server.firstLine).toMatch(url);
    expect((await curl(['-X', 'OPTIONS', server.url])).status).toBe(200);
    expect(server.stderr()).toBe('');
  });

  test('--log-format: a readable line, a JSON object, or nothing for a request', async () => {
    const readable = await serve();
    await curl([`${readable.url}a%1bb`]);
    await eventually('the request is logged', () => readable.stderr().includes('GET /a%1bb 404'));
    await readable.stop();
    const json = await serve({ args: ['--log-format', 'json'] });
    await curl([json.url]);
    await eventually('the request is logged', () => json.stderr().endsWith('\n'));
    expect(JSON.parse(json.stderr())).toMatchObject({ method: 'GET', url: '/', status: expect.any(Number) });
    await json.stop();
    const none = await serve({ args: ['--log-format', 'none'] });
    await curl([none.url]);
    await none.stop();
    expect(none.stderr()).toBe('');
  });
});

describe('the environment', () => {
  test('DAV207_PORT and others stand for flags, and flags win', async () => {
    const server = await serve({ env: { DAV207_PORT: '1', DAV207_READ_ONLY: '1', DAV207_BASE: '/from/env' } });
    expect(server.firstLine).toMatch(/\/from\/env$/);
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(403);
  });

  test.each(['on', 'TRUE', 'yes'])('DAV207_READ_ONLY=%s is --read-only', async (value) => {
    const server = await serve({ env: { DAV207_READ_ONLY: value } });
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(403);
  });

  test.each(['off', '0', ''])('DAV207_READ_ONLY=%s is not', async (value) => {
    const server = await serve({ env: { DAV207_READ_ONLY: value } });
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(201);
  });

  test('DAV207_READ_ONLY=perhaps is a mistake', async () => {
    expectMistake(await dav207([folder, '--port', '0'], { DAV207_READ_ONLY: 'perhaps' }), 'DAV207_READ_ONLY=perhaps', /give 1 or 0/);
  });

  test('DAV207_PORT is used, and checked as --port is', async () => {
    expectMistake(await dav207([folder], { DAV207_PORT: 'http' }), /http is not a port/);
    const server = await serve();
    expectMistake(await dav207([await sub('other')], { DAV207_PORT: new URL(server.url).port }), /in use/);
  });
});

async function sub(name: string): Promise<string> {
  await mkdir(join(folder, name));
  return join(folder, name);
}

describe('a mistake is one line that says what to do, and exit code 2', () => {
  test('a folder that is not there', async () => {
    expectMistake(await dav207([join(folder, 'nothing'), '--port', '0']), 'nothing', /not there|no such|does not exist|make it|create/i);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  test('a file for a folder', async () => {
    await writeFile(join(folder, 'file.txt'), 'x');
    expectMistake(await dav207([join(folder, 'file.txt'), '--port', '0']), 'file.txt', /folder/i);
  });

  test('two folders', async () => expectMistake(await dav207([folder, folder]), /one FOLDER/));

  test.each([[['--prot', '80']], [['-x']], [['--read-only=maybe']], [['--port']]])('unknown or incomplete: %j', async (args) => {
    expectMistake(await dav207([folder, ...args]), /--help/, args[0]?.split('=')[0] ?? '');
  });

  test.each(['http', '-1', '65536', '80.5', '0x50', ''])('--port %j', async (port) => {
    expectMistake(await dav207([folder, `--port=${port}`]), /--port/, /65535/);
  });

  test.each([['dav'], ['/a b'], ['/a?b'], ['http://x/']])('--base %s', async (base) => {
    expectMistake(await dav207([folder, '--port', '0', '--base', base]), /--base/);
  });

  test.each([['ann'], [':secret'], ['ann:']])('--user %s', async (user) => {
    expectMistake(await dav207([folder, '--port', '0', '--user', user]), /--user/, /NAME:PASSWORD/);
  });

  test('--log-format', async () => expectMistake(await dav207([folder, '--log-format', 'xml']), /pretty, json or none/));

  test('a port in use', async () => {
    const server = await serve();
    const { port } = new URL(server.url);
    expectMistake(await dav207([await sub('other'), '--port', port]), port, /in use/, /--port/);
  });

  test('an address that is not of this machine', async () => {
    expectMistake(await dav207([folder, '--port', '0', '--host', '192.0.2.1']), '192.0.2.1', /--host/);
  });

  test('--tls-cert without --tls-key, and files that are not there or no PEM', async () => {
    const file = join(folder, 'cert.pem');
    expectMistake(await dav207([folder, '--port', '0', '--tls-cert', file]), /--tls-key/);
    expectMistake(await dav207([folder, '--port', '0', '--tls-cert', file, '--tls-key', file]), /cert\.pem cannot be read/);
    await writeFile(file, 'not a certificate');
    expectMistake(await dav207([folder, '--port', '0', '--tls-cert', file, '--tls-key', file]), /PEM/);
  });

  test('a folder that another process serves, once there is state', async () => {
    const server = await serve();
    expect((await curl(['-X', 'MKCOL', `${server.url}made`])).status).toBe(201);
    await lock(`${server.url}made`);
    expectMistake(await dav207([folder, '--port', '0']), /use|serve/i, String(server.process.pid));
    expect((await curl(['-X', 'DELETE', `${server.url}made`])).status).toBe(423);
    await server.stop();
    const next = await serve();
    expect((await curl(['-X', 'DELETE', `${next.url}made`])).status).toBe(423);
  });

  test('a folder that another process serves, and has only put a file into', async () => {
    const server = await serve();
    expect((await curl(['-T', '-', `${server.url}up.txt`], { input: 'up' })).status).toBe(201);
    expectMistake(await dav207([folder, '--port', '0']), folder, String(server.process.pid));
  });

  test('a folder that another process serves, though each keeps its state elsewhere', async () => {
    const served = await sub('served');
    const server = await serve({ folder: served, args: ['--state', join(folder, 'one')] });
    expect((await curl(['-T', '-', `${server.url}up.txt`], { input: 'up' })).status).toBe(201);
    expectMistake(await dav207([served, '--port', '0', '--state', join(folder, 'two')]), served, String(server.process.pid));
  });

  test('a folder served by a process that was killed is free again, locks and all', async () => {
    const server = await serve();
    await curl(['-X', 'MKCOL', `${server.url}made`]);
    await lock(`${server.url}made`);
    await server.end('SIGKILL');
    const next = await serve();
    expect((await curl(['-X', 'DELETE', `${next.url}made`])).status).toBe(423);
  });

  test.each(['state', '.', 'deep/in/it'])('a state folder that every client could read: %s', async (place) => {
    expectMistake(await dav207([folder, '--port', '0', '--state', join(folder, place)]), folder, /--state/, /every client could read/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a state folder that is a file', async () => {
    await writeFile(join(folder, 'state'), 'x');
    expectMistake(await dav207([await sub('other'), '--port', '0', '--state', join(folder, 'state')]), 'state');
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('ends it with exit code 0', async () => {
    const server = await serve();
    expect(await server.end(signal)).toBe(0);
  });

  test('lets a download finish first, and takes no new request', async () => {
    await writeFile(join(folder, 'large.bin'), 'begin');
    await truncate(join(folder, 'large.bin'), 64 * 1024 * 1024);
    const server = await serve();
    const [response] = (await once(get(`${server.url}large.bin`, { agent: false }), 'response')) as [IncomingMessage];
    await once(response, 'readable'); // It runs, and waits for us: nobody reads.
    const ended = server.end(signal);
    await eventually('new connections are refused', async () => (await curl([server.url])).outcome.status === 7);
    expect(server.process.exitCode).toBeNull();
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    expect(length).toBe(64 * 1024 * 1024);
    expect(await ended).toBe(0);
  });

  test('an upload that is cut off in the meantime leaves nothing behind', async () => {
    const server = await serve();
    const upload = request(`${server.url}up.bin`, { method: 'PUT', headers: { 'Content-Length': 1_000_000 } });
    upload.on('error', () => {});
    upload.write('begin');
    const staged = join(folder, '.dav207/tmp');
    await eventually('something is staged', async () => existsSync(staged) && (await readdir(staged)).length > 0);
    const ended = server.end(signal);
    await eventually('new connections are refused', async () => (await curl([server.url])).outcome.status === 7);
    upload.destroy();
    expect(await ended).toBe(0);
    expect(await readdir(staged)).toEqual([]);
  });
});

describe('--read-only', () => {
  const WRITES = [
    ['PUT', '-d', 'x'],
    ['DELETE'],
    ['MKCOL'],
    ['COPY', '-H', 'Destination: /copy.txt'],
    ['MOVE', '-H', 'Destination: /moved.txt'],
    ['PROPPATCH', '-H', 'Content-Type: application/xml', '-d', '<D:propertyupdate xmlns:D="DAV:"/>'],
    ['LOCK', '-H', 'Content-Type: application/xml', '-d', '<D:lockinfo xmlns:D="DAV:"/>'],
    ['UNLOCK', '-H', 'Lock-Token: <urn:uuid:0>'],
  ] as const;

  test('refuses every write with 403, on what is there and what is not, and leaves nothing in the folder', async () => {
    await writeFile(join(folder, 'note.txt'), 'a note');
    const server = await serve({ args: ['--read-only'] });
    for (const [method, ...args] of WRITES)
      for (const name of ['note.txt', 'new.txt']) {
        const { status } = await curl(['-X', method, ...args, `${server.url}${name}`]);
        expect({ method, name, status }).toEqual({ method, name, status: 403 });
      }
    expect((await curl([`${server.url}note.txt`])).body).toBe('a note');
    expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', server.url])).body).toContain('/note.txt');
    expect((await curl(['-X', 'OPTIONS', server.url])).headers.allow).not.toMatch(/PUT|DELETE|LOCK/);
    await server.stop();
    expect(await readdir(folder)).toEqual(['note.txt']);
    expect(await readFile(join(folder, 'note.txt'), 'utf8')).toBe('a note');
  });

  test('serves the folder beside the process that writes it', async () => {
    const writer = await serve();
    await curl(['-X', 'MKCOL', `${writer.url}made`]);
    await lock(`${writer.url}made`);
    const reader = await serve({ args: ['--read-only'] });
    expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', `${reader.url}made`])).body).toContain('activelock');
  });
});

test('without a write nothing is made in the folder', async () => {
  await writeFile(join(folder, 'note.txt'), 'a note');
  const server = await serve();
  await curl([`${server.url}note.txt`]);
  await curl(['-X', 'PROPFIND', '-H', 'Depth: 1', server.url]);
  await server.stop();
  expect(await readdir(folder)).toEqual(['note.txt']);
});

test('--state puts it elsewhere', async () => {
  const state = join(folder, 'state');
  const served = await sub('served');
  const server = await serve({ folder: served, args: ['--state', state] });
  await curl(['-X', 'MKCOL', `${server.url}made`]);
  await lock(`${server.url}made`);
  await server.stop();
  expect(existsSync(join(served, '.dav207/state.mdb'))).toBe(false);
  expect(existsSync(join(state, 'state.mdb'))).toBe(true);
});
