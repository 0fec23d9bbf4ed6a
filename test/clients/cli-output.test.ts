// What the command line prints, and what it takes from the environment.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { curl } from './curl.ts';
import { BINARY, dav207 } from './dav207.ts';
import { expectMistake, operator } from './operator.ts';
import { eventually, start } from './program.ts';
import { readmeCommand } from './readme.ts';

const at = operator();

describe('what it prints', () => {
  test('--help, --version', async () => {
    const help = await dav207(['--help']);
    expect(help.status).toBe(0);
    for (const flag of ['--host', '--port', '--base', '--user', '--tls-cert', '--tls-key', '--read-only', '--state'])
      expect(help.stdout).toContain(flag);
    const lines = help.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(40); // a screen
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line.startsWith('  --') && !/^.{27} {2}\S/.test(line))).toEqual([]); // in two columns
    const version = await dav207(['--version']);
    expect({ status: version.status, stdout: version.stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/),
    });
  });

  test.each([
    ['-h', '--help'],
    ['-v', '--version'],
    ['-V', '--version'],
  ])('%s is %s', async (short, long) => {
    expect(await dav207([short])).toEqual(await dav207([long]));
  });

  test('the first line on standard output holds the URL that works', async () => {
    const server = await at.serve({ args: ['--base', '/dav/'] });
    expect(server.firstLine).toMatch(/ http:\/\/127\.0\.0\.1:\d+\/dav$/);
    expect((await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', server.url])).status).toBe(207);
  });

  test('and then how to mount it, with what the README says', async () => {
    const server = await at.serve({ args: ['--base', '/dav'] });
    await eventually('it is all there', () => server.stdout().endsWith('\n\n'));
    const lines = server.stdout().split('\n');
    expect(lines.slice(0, 3)).toEqual([server.firstLine, '', expect.stringMatching(/this machine only/)]);
    const printed = lines.map((line) => line.replace(/^ +Linux|^ +/, '').trim());
    for (const words of ['rclone mount ', 'mount -t davfs ', 'gio mount ']) expect(printed).toContain(readmeCommand(words, server));
  });

  test.each(['pretty', 'json'])('is served on when nobody takes what is printed: %s', async (format) => {
    const script = `exec "$0" "$@" >/dev/full 2>/dev/full`;
    const port = await freePort();
    const args = ['-c', script, process.execPath, BINARY, at.folder, '--host', LONELY, '--port', port, '--log-format', format];
    const { child, done } = await start('sh', args);
    at.after(() => child.kill());
    const asked = () => curl(['-X', 'OPTIONS', `http://${LONELY}:${port}/`]);
    await eventually('it answers', async () => (await asked()).status === 200);
    for (let times = 0; times < 3; times++) expect((await asked()).status).toBe(200);
    child.kill();
    expect((await done).status).toBe(0);
  });

  test.each([
    ['127.0.0.2', /http:\/\/127\.0\.0\.2:\d+\//],
    ['[::1]', /http:\/\/\[::1\]:\d+\//],
    ['::1', /http:\/\/\[::1\]:\d+\//],
    ['localhost', /http:\/\/localhost:\d+\//],
  ])('--host %s, in the URL and without a warning', async (host, url) => {
    // With IPv6 off there is no `::1` to listen on, which is an operator's mistake like any other.
    if (host.includes('::1') && !hasIPv6())
      return expectMistake(await dav207([at.folder, '--port', '0', '--host', host]), /^dav207: ::1 is (not|of a kind)/, '--host');
    const server = await at.serve({ args: ['--host', host, '--log-format', 'none'] });
    expect(server.firstLine).toMatch(url);
    expect((await curl(['-X', 'OPTIONS', server.url])).status).toBe(200);
    expect(server.stderr()).toBe('');
  });

  test('--log-format: a readable line, a JSON object, or nothing for a request', async () => {
    const readable = await at.serve();
    await curl([`${readable.url}a%1bb`]);
    await eventually('the request is logged', () => readable.stderr().includes('GET /a%1bb 404'));
    await readable.stop();
    const json = await at.serve({ args: ['--log-format', 'json'] });
    await curl([json.url]);
    await eventually('the request is logged', () => json.stderr().endsWith('\n'));
    expect(JSON.parse(json.stderr())).toMatchObject({ method: 'GET', url: '/', status: expect.any(Number) });
    await json.stop();
    const none = await at.serve({ args: ['--log-format', 'none'] });
    await curl([none.url]);
    await none.stop();
    expect(none.stderr()).toBe('');
  });
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
}

/** An address on which nobody else takes a port meanwhile. */
const LONELY = '127.0.0.9';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, LONELY);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

describe('the environment', () => {
  test('DAV207_PORT and others stand for flags, and flags win', async () => {
    const server = await at.serve({ env: { DAV207_PORT: '1', DAV207_READ_ONLY: '1', DAV207_BASE: '/from/env' } });
    expect(server.firstLine).toMatch(/\/from\/env$/);
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(403);
  });

  test.each(['on', 'TRUE', 'yes'])('DAV207_READ_ONLY=%s is --read-only', async (value) => {
    const server = await at.serve({ env: { DAV207_READ_ONLY: value } });
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(403);
  });

  test.each(['off', '0', ''])('DAV207_READ_ONLY=%s is not', async (value) => {
    const server = await at.serve({ env: { DAV207_READ_ONLY: value } });
    expect((await curl(['-X', 'MKCOL', `${server.url}new`])).status).toBe(201);
  });

  test('DAV207_READ_ONLY=perhaps is a mistake', async () => {
    expectMistake(await dav207([at.folder, '--port', '0'], { DAV207_READ_ONLY: 'perhaps' }), 'DAV207_READ_ONLY=perhaps', /give 1 or 0/);
  });

  test("DAV207_VERSION and DAV207_HELP are somebody else's", async () => {
    const server = await at.serve({ env: { DAV207_VERSION: '1.2.3', DAV207_HELP: '1' } });
    expect((await curl(['-X', 'OPTIONS', server.url])).status).toBe(200);
  });

  test('DAV207_USER names one a line', async () => {
    const server = await at.serve({ env: { DAV207_USER: 'ann:x\nbob:y\n' } });
    const status = async (user: string) => (await curl(['-u', user, server.url])).status;
    expect([await status('ann:x'), await status('bob:y'), await status('ann:y')]).toEqual([200, 200, 401]);
  });

  test.each([
    ['DAV207_PORT', '99999', /^dav207: DAV207_PORT=99999 is not a port/],
    ['DAV207_BASE', 'dav', /^dav207: DAV207_BASE dav is not a URL path/],
    ['DAV207_USER', 'ann', /^dav207: DAV207_USER takes NAME:PASSWORD/],
    ['DAV207_CORS', 'x', /^dav207: DAV207_CORS=x is not an origin/],
    ['DAV207_LOG_FORMAT', 'xml', /^dav207: DAV207_LOG_FORMAT=xml is not known/],
  ])('a mistake in %s is said to be there', async (variable, value, says) => {
    expectMistake(await dav207([at.folder], { [variable]: value }), says);
  });

  test('DAV207_PORT is used, and checked as --port is', async () => {
    expectMistake(await dav207([at.folder], { DAV207_PORT: 'http' }), /http is not a port/);
    const server = await at.serve();
    expectMistake(await dav207([await at.sub('other')], { DAV207_PORT: new URL(server.url).port }), /in use/);
  });
});
