// Runs what the README tells people to type. `sh` blocks are run; what needs another machine stands in tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { dav207, type RunningServer } from './dav207.ts';
import { run, start } from './program.ts';
import { README } from './readme.ts';
import { undone } from './undone.ts';

const ROOT = join(import.meta.dirname, '../..');
const [serving = '', testing = '', using = '', mounting = '', ...more] = [...README.matchAll(/^```sh\n(.*?)^```/gms)].map(
  (match) => match[1] ?? '',
);

describe('the README', () => {
  const made = undone();
  let server: RunningServer;
  let folder: string;
  beforeAll(async () => {
    folder = await made.folder('readme');
    writeFileSync(join(folder, 'notes.txt'), 'a note\n');
    server = await made.server();
  });

  test('has no other commands than those run here, and those that the tests of each drive run', () => {
    const drives = mounting
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect([drives, more]).toEqual([['rclone', 'mount', 'gio'], []]);
  });

  test('serves a folder with one command, once installed', async () => {
    const [install, command = ''] = serving.trim().split(' && ');
    expect(install).toBe('npm ci'); // Running it here would pull the floor from under this test; .ci/run does.
    const words = command.replace('FOLDER', folder).split(' ').slice(1);
    const { child, done } = await start('npm', [...words, '--port', '0'], { cwd: ROOT });
    made.after(() => child.kill('SIGINT'));
    const lines = createInterface({ input: child.stdout ?? Readable.from([]) });
    const served = await new Promise<string>((resolve) => lines.on('line', (line) => / is served at /.test(line) && resolve(line)));
    const [, url = ''] = /is served at (\S+)/.exec(served) ?? [];
    expect((await run('curl', ['-s', `${url}notes.txt`])).stdout).toBe('a note\n');
    child.kill('SIGINT');
    expect((await done).status).toBe(0);
  });

  test('tests with the command that CI runs', () => {
    const [install = '', command = ''] = testing.trim().split(' && ');
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    expect([install, command]).toEqual(['npm ci', 'npm test']);
    expect(ci).toMatch(/^\s*npm ci\b/m);
    expect(ci).toMatch(/\bnpm test\b/);
  });

  test('is used as printed', async () => {
    for (const line of using.trim().split('\n')) {
      const command = line.replaceAll('http://127.0.0.1:1900', server.url.replace(/\/$/, ''));
      const { status, stdout, stderr } = await run('sh', ['-c', command], { cwd: folder });
      expect({ line, status, failed: /404 Not|Error|failed/.test(stdout + stderr) }).toEqual({ line, status: 0, failed: false });
    }
    const listing = await run('rclone', ['lsf', '-R', `:webdav,url="${server.url}":`]);
    expect(listing.stdout.trim().split('\n').sort()).toEqual(['archive/', 'archive/notes.txt']);
  });

  test('prints the command line that --help prints', async () => {
    const { stdout } = await dav207(['--help']);
    const flags = [...stdout.matchAll(/^ *(--[a-z-]+.*)$/gm)].map((match) => match[1]);
    expect(flags.length).toBeGreaterThan(10);
    for (const flag of flags) expect(README).toContain(flag);
  });
});
