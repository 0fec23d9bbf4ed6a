// An operator's mistake is one line that says what to do, and exit code 2.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BINARY, dav207 } from './dav207.ts';
import { expectMistake, inOtherSystem, operator } from './operator.ts';
import { run } from './program.ts';

const at = operator();

test('a folder that is not there', async () => {
  expectMistake(await dav207([join(at.folder, 'nothing'), '--port', '0']), 'nothing', /not there|no such|does not exist|make it|create/i);
  expect(existsSync(join(at.folder, 'nothing'))).toBe(false);
});

test('a file for a folder', async () => {
  await writeFile(join(at.folder, 'file.txt'), 'x');
  expectMistake(await dav207([join(at.folder, 'file.txt'), '--port', '0']), 'file.txt', /folder/i);
});

test.each([
  ['--host='],
  ['--port='],
  ['--base='],
  ['--log-format='],
  ['--handling='],
  ['--rows='],
  ['--state='],
  ['--tls-cert='],
  ['--max-xml='],
  [''],
])('what a script left empty: %j', async (arg) => {
  expectMistake(await dav207(['--port', '0', arg]), arg === '' ? 'FOLDER' : arg.slice(0, -1), 'is empty');
});

test('one user twice', async () => {
  expectMistake(await dav207([at.folder, '--port', '0', '--user', 'ann:x', '--user', 'ann:y']), 'ann is given twice');
});

test('two folders', async () => expectMistake(await dav207([at.folder, at.folder]), /one FOLDER/));

test.each([[['--prot', '80']], [['-x']], [['--read-only=maybe']], [['--port']]])('unknown or incomplete: %j', async (args) => {
  expectMistake(await dav207([at.folder, ...args]), /--help/, args[0]?.split('=')[0] ?? '');
});

test.each(['http', '-1', '65536', '80.5', '0x50'])('--port %j', async (port) => {
  expectMistake(await dav207([at.folder, '--port', port]), `--port ${port} is not a port`, /65535/);
  expectMistake(await dav207([at.folder, `--port=${port}`]), /--port/, /65535/);
});

test.each([
  ['dav', /starts with a slash/],
  ['http://x/', /starts with a slash/],
  ['/a b', /letters from a to z, digits, and - \. _ ~/],
  ['/a?b', /letters from a to z/],
  ['/é', /letters from a to z/],
  ['/../x', /has \. or \.\. as a name/],
  ['/./', /has \. or \.\./],
  ['/a/../b', /has \. or \.\./],
])('--base %s', async (base, says) => {
  expectMistake(await dav207([at.folder, '--port', '0', '--base', base]), `--base ${base} `, says);
});

test.each(['app.example', 'https://app.example/page', ''])('--cors %j', async (origin) => {
  expectMistake(await dav207([at.folder, '--port', '0', `--cors=${origin}`]), /--cors/, /https:\/\//);
});

test.each([['ann'], [':secret'], ['ann:']])('--user %s', async (user) => {
  expectMistake(await dav207([at.folder, '--port', '0', '--user', user]), /--user/, /NAME:PASSWORD/);
});

test('--log-format', async () => expectMistake(await dav207([at.folder, '--log-format', 'xml']), /pretty, json or none/));
test('--handling', async () => expectMistake(await dav207([at.folder, '--handling', 'lax']), /lenient or strict/));
test('--rows', async () => expectMistake(await dav207([at.folder, '--rows', 'some']), /all or minimal/));

test.each([
  ['max-locks', 'all', 'from 1 to 1000000.'],
  ['max-depth', '2001', 'from 1 to 2000.'],
  ['idle-timeout', '5m', 'from 1 to 2000000.'],
  ['max-connections', '0', 'from 1 to 1000000.'],
  ['max-body', '2Z', 'from 1 to 4P'],
  ...['5X', '0', '-1', '257M'].map((text) => ['max-xml', text, 'from 1 to 256M, such as']),
  ...['1h', '0', '4294967296'].map((text) => ['max-lock-timeout', text, 'from 1 to 4294967295.']),
])('--%s %s', async (flag = '', text = '', says = '') => {
  expectMistake(await dav207([at.folder, '--port', '0', `--${flag}`, text]), `--${flag} ${text} is not a `, says);
});

test('a limit of the environment', async () => {
  expectMistake(await dav207([at.folder, '--port', '0'], { DAV207_MAX_XML: 'much' }), 'DAV207_MAX_XML=much is not a size here: ');
});

test('a port in use', async () => {
  const server = await at.serve();
  const { port } = new URL(server.url);
  expectMistake(await dav207([await at.sub('other'), '--port', port]), port, /in use/, /--port/);
});

test.each(['198.51.100.1', 'fe80::1'])('an address that is not of this machine: %s', async (host) => {
  expectMistake(await dav207([at.folder, '--port', '0', '--host', host]), `dav207: ${host} is not `, /--host/);
});

test('a name that no machine has', async () => {
  // Some systems ask the network even for this, and it may not answer.
  const said = /^dav207: no such host (is not a name this machine knows|cannot be looked up now): /;
  expectMistake(await dav207([at.folder, '--port', '0', '--host', 'no such host']), said, /--host/);
});

/** With one descriptor left it can read itself, with two perhaps open the folder as well. */
test.each([1, 2])('too few files may be open: %i', async (free) => {
  const code = `import { closeSync, openSync } from 'node:fs';
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch {}
    for (const each of taken.slice(-${free})) closeSync(each);`;
  const args = ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, BINARY, at.folder, '--port', '0'];
  expectMistake(await run('sh', args, inOtherSystem(code)), 'ulimit -n');
});

test('the system does not say what addresses it has: it ends, and is not left serving', async () => {
  const code = `import os from 'node:os';
    import { syncBuiltinESMExports } from 'node:module';
    os.networkInterfaces = () => { throw Object.assign(new Error('none'), { syscall: 'uv_interface_addresses' }); };
    syncBuiltinESMExports();`;
  expectMistake(await run(process.execPath, [BINARY, at.folder, '--port', '0'], { ...inOtherSystem(code), timeout: 20_000 }), '(none)');
});

test('the current folder is gone', async () => {
  const gone = await at.sub('gone');
  const outcome = await run('sh', ['-c', 'rmdir ../gone && exec "$0" "$@"', process.execPath, BINARY, '--port', '0'], { cwd: gone });
  expectMistake(outcome, 'the current folder is gone');
});

test('it is not built', async () => {
  await mkdir(join(at.folder, 'bin'));
  await copyFile(BINARY, join(at.folder, 'bin/dav207.mjs'));
  expectMistake(await run(process.execPath, [join(at.folder, 'bin/dav207.mjs')]), 'npm run build');
});

test.each([
  ['a package', 'not-installed'],
  ['a file', './server/app.js'],
])('it is built, and %s that it needs is missing', async (_, name) => {
  for (const folder of ['bin', 'dist']) await mkdir(join(at.folder, folder));
  await writeFile(join(at.folder, 'package.json'), '{ "type": "module" }');
  await copyFile(BINARY, join(at.folder, 'bin/dav207.js'));
  await writeFile(join(at.folder, 'dist/cli.cjs'), `require('${name}');`);
  expectMistake(await run(process.execPath, [join(at.folder, 'bin/dav207.js')]), name.replace('./', ''), 'install it again');
});

test('--tls-cert without --tls-key, and files that are not there or no PEM', async () => {
  const file = join(at.folder, 'cert.pem');
  expectMistake(await dav207([at.folder, '--port', '0', '--tls-cert', file]), /--tls-key/);
  expectMistake(await dav207([at.folder, '--port', '0', '--tls-cert', file, '--tls-key', file]), /cert\.pem cannot be read/);
  await writeFile(file, 'not a certificate');
  expectMistake(await dav207([at.folder, '--port', '0', '--tls-cert', file, '--tls-key', file]), /PEM/);
});
