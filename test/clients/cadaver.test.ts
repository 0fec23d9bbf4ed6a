// cadaver, the command-line client on neon: what it says, and what is on the disk afterwards.
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { curl } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { run } from './program.ts';
import { undone } from './undone.ts';

const made = undone();
let server: RunningServer;
let local: string;
let work: string;
let round = 0;
beforeAll(async () => {
  server = await made.server();
  local = await made.folder('cadaver');
  await writeFile(join(local, 'note.txt'), 'a note\n');
});
beforeEach(async () => {
  // One for each test: a lock that a test leaves behind must not be in the next one's way.
  work = `desk-${++round}`;
  await curl(['-X', 'MKCOL', `${server.url}${work}`]);
});

const disk = (name: string) => join(server.folder, work, name);
const content = (name: string) => readFile(disk(name), 'utf8');

/** Runs the commands in the collection of the test and gives what cadaver said to each, in the order of the commands. */
async function cadaver(...commands: string[]): Promise<string[]> {
  const { stdout } = await run('cadaver', [server.url], { cwd: local, input: `${[`cd ${work}`, ...commands].join('\n')}\nquit\n` });
  return stdout
    .split(/^dav:\/\S*> /m)
    .slice(2, -1)
    .map((said) => said.slice(said.indexOf('\n') + 1).trim());
}

describe('files and collections', () => {
  test('mkcol, put, get, ls', async () => {
    const said = await cadaver('ls', 'mkcol sub', 'put note.txt', 'put note.txt sub/again.txt', 'get note.txt got.txt', 'ls', 'ls sub');
    expect(said[0]).toContain('collection is empty');
    for (const text of said.slice(1, 5)) expect(text).toMatch(/succeeded\.$/);
    expect(said[5]).toMatch(/^Coll: {3}sub .*\n {8}note\.txt +7 /m);
    expect(said[6]).toMatch(/again\.txt +7 /);
    expect(await readFile(join(local, 'got.txt'), 'utf8')).toBe('a note\n');
    expect(await content('sub/again.txt')).toBe('a note\n');
  });

  test('mkcol and put where they cannot be', async () => {
    const said = await cadaver('mkcol sub', 'mkcol sub', 'mkcol a/b', 'put note.txt a/note.txt', 'get nothing.txt', 'delete nothing.txt');
    expect(said[1]).toMatch(/failed:\n405 Method Not Allowed$/);
    expect(said[2]).toMatch(/failed:\n409 Conflict$/);
    expect(said[3]).toMatch(/failed:\n409 Conflict$/);
    expect(said[4]).toMatch(/failed:\n404 Not Found$/);
    expect(said[5]).toMatch(/failed:\n404 Not Found$/);
    expect(await readdir(disk(''))).toEqual(['sub']);
  });

  test('copy and move, of files and of collections', async () => {
    const said = await cadaver(
      'mkcol sub',
      'put note.txt',
      'copy note.txt sub/copy.txt',
      'move note.txt moved.txt',
      'copy sub twin',
      'move sub gone',
    );
    for (const text of said) expect(text).toMatch(/succeeded\.$/);
    expect((await readdir(disk(''), { recursive: true })).sort()).toEqual(['gone', 'gone/copy.txt', 'moved.txt', 'twin', 'twin/copy.txt']);
    expect(await content('twin/copy.txt')).toBe('a note\n');
  });

  test('copy that may not overwrite', async () => {
    await writeFile(disk('there.txt'), 'old');
    const said = await cadaver('put note.txt', 'unset overwrite', 'copy note.txt there.txt', 'move note.txt there.txt');
    expect(said[2]).toMatch(/failed:\n412 Precondition Failed$/);
    expect(said[3]).toMatch(/failed:\n412 Precondition Failed$/);
    expect(await content('there.txt')).toBe('old');
    expect(await content('note.txt')).toBe('a note\n');
  });

  test('delete and rmcol', async () => {
    const said = await cadaver('mkcol sub', 'put note.txt sub/note.txt', 'put note.txt', 'delete note.txt', 'rmcol sub', 'ls');
    expect(said[3]).toMatch(/succeeded\.$/);
    expect(said[4]).toMatch(/succeeded\.$/);
    expect(said[5]).toContain('collection is empty');
    expect(await readdir(disk(''))).toEqual([]);
  });

  test('names that need escaping', async () => {
    const said = await cadaver("put note.txt 'a b%20#c&d+e;é.txt'", "mkcol 'x & y'", "move 'a b%20#c&d+e;é.txt' 'x & y/日本.txt'");
    for (const text of said) expect(text).toMatch(/succeeded\.$/);
    expect(await content('x & y/日本.txt')).toBe('a note\n');
  });
});

test('propset, propget, propnames, propdel, and a copy takes the properties along', async () => {
  const said = await cadaver(
    'put note.txt',
    'set namespace urn:example:colours',
    'propset note.txt colour red',
    'propget note.txt colour',
    'copy note.txt copy.txt',
    'propget copy.txt colour',
    'propnames note.txt',
    'propdel note.txt colour',
    'propget note.txt colour',
  );
  expect(said[2]).toMatch(/succeeded\.$/);
  expect(said[3]).toMatch(/Value of colour is: red$/);
  expect(said[5]).toMatch(/Value of colour is: red$/);
  expect(said[6]).toMatch(/ urn:example:colours colour\n/);
  expect(said[7]).toMatch(/succeeded\.$/);
  expect(said[8]).toMatch(/404/);
});

test('Z-apache-x: chexec, of what ls then marks, and not of a collection', async () => {
  const said = await cadaver('put note.txt', 'mkcol sub', 'chexec + note.txt', 'ls', 'chexec - note.txt', 'chexec + sub');
  expect(said[2]).toMatch(/succeeded\.$/);
  expect(said[3]).toMatch(/^ *\*note\.txt +7 /m);
  expect(said[4]).toMatch(/succeeded\.$/);
  expect(said[5]).toMatch(/failed:/);
  const mayRun = async () => ((await stat(disk('note.txt'))).mode & 0o111).toString(8);
  expect(await mayRun()).toBe('0');
  await cadaver('lock note.txt', 'chexec + note.txt');
  const [refused] = await cadaver('chexec - note.txt');
  expect([refused, await mayRun()]).toEqual([expect.stringMatching(/failed:\n423 Locked$/), '111']);
});

describe('locks', () => {
  test('lock, discover, put, unlock', async () => {
    const said = await cadaver(
      'put note.txt',
      'lock note.txt',
      'discover note.txt',
      'put note.txt',
      'unlock note.txt',
      'discover note.txt',
    );
    expect(said[1]).toMatch(/succeeded\.$/);
    expect(said[2]).toMatch(
      /Lock token <urn:uuid:[0-9a-f-]{36}>:\n +Depth 0 on `http:.*\/desk-\d+\/note\.txt'\n +Scope: exclusive {2}Type: write/,
    );
    expect(said[3]).toMatch(/succeeded\.$/);
    expect(said[4]).toMatch(/succeeded\.$/);
    expect(said[5]).toMatch(/No lock|none/i);
  });

  test('a second cadaver is shut out until it steals the lock', async () => {
    await cadaver('put note.txt', 'lock note.txt');
    const said = await cadaver('lock note.txt', 'put note.txt', 'delete note.txt', 'steal note.txt', 'put note.txt', 'delete note.txt');
    for (const text of said.slice(0, 3)) expect(text).toMatch(/failed:\n423 Locked$/);
    expect(said[3]).toMatch(/desk-\d+\/note\.txt: <urn:uuid:/);
    expect(said[4]).toMatch(/succeeded\.$/);
    expect(said[5]).toMatch(/succeeded\.$/);
    expect(existsSync(disk('note.txt'))).toBe(false);
  });

  test('RFC 4918 §9.6.1: a DELETE of the parent says member by member what stopped it', async () => {
    await cadaver('mkcol sub', 'put note.txt sub/a.txt', 'put note.txt sub/locked.txt', 'put note.txt sub/z.txt', 'lock sub/locked.txt');
    const answer = await curl(['-X', 'DELETE', `${server.url}${work}/`]);
    expect(answer.status).toBe(207);
    expect(answer.headers['content-type']).toMatch(/^application\/xml/);
    expect(rows(answer.body)).toEqual([
      { href: `/${work}/`, status: '424', lockRoot: '' },
      { href: `/${work}/sub/`, status: '424', lockRoot: '' },
      { href: `/${work}/sub/locked.txt`, status: '423', lockRoot: `/${work}/sub/locked.txt` },
    ]);
    expect(await readdir(disk(''), { recursive: true })).toEqual(['sub', 'sub/locked.txt']);
    expect(await content('sub/locked.txt')).toBe('a note\n');
  });

  test('cadaver names the locked member when its own rmcol meets somebody else’s lock', async () => {
    await cadaver('mkcol sub', 'put note.txt sub/a.txt', 'put note.txt sub/locked.txt', 'lock sub/locked.txt');
    const said = await cadaver('rmcol sub');
    expect(said[0]).toMatch(/failed:/);
    expect(said[0]).toMatch(/locked\.txt: 423 Locked/);
    expect(await readdir(disk('sub'))).toEqual(['locked.txt']);
  });
});

interface Row {
  readonly href: string;
  readonly status: string;
  readonly lockRoot: string;
}

/** The responses of a Multi-Status body in their order, read by a parser of its own. */
function rows(body: string): Row[] {
  const parser = new XMLParser({ removeNSPrefix: true, isArray: (name) => name === 'response' });
  const responses = parser.parse(body).multistatus.response as { href: string; status: string; error?: Record<string, { href: string }> }[];
  return responses.map(({ href, status, error }) => ({
    href,
    status: status.split(' ')[1] ?? '',
    lockRoot: error?.['lock-token-submitted']?.href ?? '',
  }));
}
