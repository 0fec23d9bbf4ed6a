// What is printed at the start: commands that a person can copy, with the address that works for them.
import { describe, expect, test } from '@jest/globals';
import { mounting, type Served, warningsAbout } from '../../src/server/mounting.ts';
import { readmeCommand } from '../clients/readme.ts';

const LOCAL: Served = { scheme: 'http', host: '127.0.0.1', port: 1900, base: '/', users: [] };
const INTERFACES = {
  lo: [
    { address: '127.0.0.1', family: 'IPv4', internal: true },
    { address: '::1', family: 'IPv6', internal: true },
  ],
  eth0: [
    { address: 'fe80::2', family: 'IPv6', internal: false },
    { address: '2001:db8::2', family: 'IPv6', internal: false },
    { address: '192.0.2.2', family: 'IPv4', internal: false },
    { address: '169.254.0.2', family: 'IPv4', internal: false },
  ],
} as const;

test('on this machine, word for word', () => {
  expect(mounting(LOCAL, INTERFACES)).toEqual([
    'As a network drive, on this machine only (--host 0.0.0.0 lets others in):',
    '  Windows  net use Z: http://127.0.0.1:1900/',
    '  macOS    Finder, Go, Connect to Server (Cmd-K): http://127.0.0.1:1900/',
    `  Linux    rclone mount --vfs-cache-mode writes --vfs-write-back 1s ':webdav,url="http://127.0.0.1:1900/":' /mnt/dav`,
    '           mount -t davfs http://127.0.0.1:1900/ /mnt/dav',
    '           gio mount dav://127.0.0.1:1900/',
  ]);
});

test('the Linux commands are the README’s', () => {
  const printed = mounting(LOCAL, {}).join('\n');
  for (const words of ['rclone mount ', 'mount -t davfs ', 'gio mount '])
    expect(printed).toContain(readmeCommand(words, { url: 'http://127.0.0.1:1900/' }));
});

describe('the address', () => {
  const titleAndUrl = (served: Partial<Served>, interfaces = {}) => {
    const [title, windows] = mounting({ ...LOCAL, ...served }, interfaces);
    return [title, windows?.split(' ').at(-1)];
  };

  test.each([
    ['0.0.0.0', 'As a network drive:', 'http://192.0.2.2:1900/'],
    ['::', 'As a network drive, here or at http://[2001:db8::2]:1900/:', 'http://192.0.2.2:1900/'],
    ['192.0.2.2', 'As a network drive:', 'http://192.0.2.2:1900/'],
    ['2001:db8::2', 'As a network drive:', 'http://[2001:db8::2]:1900/'],
    ['files.example', 'As a network drive:', 'http://files.example:1900/'],
  ])('of a server on %s is one that another machine can use', (host, title, url) => {
    expect(titleAndUrl({ host }, INTERFACES)).toEqual([title, url]);
  });

  test('of a machine without a network is its own', () => {
    expect(titleAndUrl({ host: '0.0.0.0' })).toEqual(['As a network drive:', 'http://127.0.0.1:1900/']);
  });

  test('ends with a slash under a base, and says https as each program wants it', () => {
    const lines = mounting({ ...LOCAL, scheme: 'https', base: '/dav' }, {});
    expect(lines.filter((line) => !/https:\/\/127\.0\.0\.1:1900\/dav\/|davs:\/\/127\.0\.0\.1:1900\/dav\//.test(line))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(/gio mount davs:/);
  });
});

describe('with a password', () => {
  const linesFor = (users: readonly string[], scheme: 'http' | 'https' = 'https') => mounting({ ...LOCAL, scheme, users }, {}).join('\n');

  test('the name stands where a program does not ask for it', () => {
    expect(linesFor(['ann'])).toContain('net use Z: https://127.0.0.1:1900/ * /user:ann\n');
    expect(linesFor(['ann'])).toContain('--webdav-user ann --webdav-pass "$(rclone obscure PASSWORD)" \':webdav,');
  });

  test.each([[['ann', 'bob']], [['ann b']], [['$(id)']], [["a'b"]]])('a name stands for %j', (users) => {
    expect(linesFor(users)).toMatch(/\/user:NAME\n.*--webdav-user NAME /s);
  });

  test('Windows is told what it needs without https, and only then', () => {
    expect(linesFor(['ann'], 'http')).toMatch(/BasicAuthLevel is 2/);
    expect(linesFor(['ann'])).not.toMatch(/BasicAuthLevel/);
    expect(linesFor([], 'http')).not.toMatch(/BasicAuthLevel/);
  });
});

test.each<[Partial<Served>, RegExp | undefined]>([
  [{ host: '0.0.0.0' }, /^everybody .* --user/],
  [{ host: '::', scheme: 'https' }, /^everybody .* --user/],
  [{ host: '192.0.2.2', users: ['ann'] }, /^passwords cross the network in the clear: .* --tls-cert/],
  [{ host: 'files.example', users: ['ann', 'bob'] }, /^passwords /],
  [{ host: '127.evil.example', users: ['ann'] }, /^passwords /],
  [{ host: '192.0.2.2', users: ['ann'], scheme: 'https' }, undefined],
  [{ host: '127.0.0.1', users: ['ann'] }, undefined],
  [{ host: '127.1' }, undefined],
  [{ host: '::1' }, undefined],
  [{ host: 'LocalHost' }, undefined],
])('U-7617-4-a: %j is warned of: %s', (served, warning) => {
  const warnings = warningsAbout({ ...LOCAL, ...served });
  expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
});
