// Lessons of other WebDAV servers about what is told, to whom, and how much of it: pages, failures, logs, limits.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { readableLog } from '../../src/server/log.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { davErrorOf } from '../../src/store/filesystem-errors.ts';
import type { Store } from '../../src/store/store.ts';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';
import { CHANGING, READING } from './verbs.ts';

const VERBS = [...CHANGING, ...READING];
const XML = { 'Content-Type': 'application/xml' };

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
  for (const name of ['f', 'c/f', 'c/other']) writeFileSync(join(served.folder, name), name);
});
afterAll(() => served.close());

test('no page of another site is let in by default, and none of any site with the credentials of who looks at it', async () => {
  const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'PUT' };
  const open = await serve({ cors: ['*'] });
  try {
    for (const method of ['OPTIONS', 'GET', 'PROPFIND']) {
      const asked = await served.ask(method, '/', { headers: { Depth: '0', ...headers } });
      expect(Object.keys(asked.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      const anybody = await open.ask(method, '/', { headers: { Depth: '0', ...headers } });
      expect([anybody.headers['access-control-allow-origin'], anybody.headers['access-control-allow-credentials']]).toEqual([
        '*',
        undefined,
      ]);
    }
  } finally {
    await open.close();
  }
});

test('nothing is sent elsewhere: no verb is answered with a redirect, be it for a slash or for another scheme', async () => {
  for (const [method, headers, body] of VERBS)
    for (const target of ['/c', '/f/', '//c', '/none', '/c/?x', 'http://127.0.0.1/c', 'https://other.example/c']) {
      const more = { ...headers, Destination: '/none/x', 'X-Forwarded-Proto': 'https', 'Upgrade-Insecure-Requests': '1' };
      const { status } = await served.ask(method, target, { headers: more, ...(body !== undefined && { body }) });
      expect([method, target, status >= 300 && status < 400]).toEqual([method, target, false]);
    }
});

const PLAIN_TAGS = ['!DOCTYPE', 'html', 'head', 'meta', 'title', 'style', 'body', 'h1', 'table', 'tr', 'td', 'a'];

test('a name in a listing is text, not markup; no script of anybody runs in the page, and its type is not guessed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dav207-names-'));
  const named = await serve({ folder });
  try {
    for (const name of ['"><script>alert(1)<', "' onmouseover='x", '&lt;b&gt;', 'javascript:alert(1)', '<!--', '\u202egnp.exe'])
      writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, '<img src=x>'));
    for (const target of ['/', '/%3Cimg%20src=x%3E/']) {
      const { headers, text } = await named.ask('GET', target);
      const tags = [...text.matchAll(/<(\/?[^\s>]*)[^>]*>/g)];
      expect(tags.filter(([, name = '']) => !PLAIN_TAGS.includes(name.replace('/', ''))).map(([tag]) => tag)).toEqual([]);
      expect(tags.filter(([tag, name]) => name === 'a' && !/^<a href="\/[^"'\s<>]*">$/.test(tag)).map(([tag]) => tag)).toEqual([]);
      expect([headers['content-security-policy'], headers['x-content-type-options']]).toEqual([
        expect.stringMatching(/^default-src 'none';(?!.*script)/),
        'nosniff',
      ]);
    }
  } finally {
    await named.close();
    rmSync(folder, { recursive: true });
  }
});

describe('XML', () => {
  const laughs = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`).join('');
  const inside = (text: string) => `<D:propfind xmlns:D="DAV:"><D:prop>${text}</D:prop></D:propfind>`;
  test.each<[string, string, number[]]>([
    ['an entity bomb', `<!DOCTYPE x [<!ENTITY e0 "ha">${laughs}]>${inside('<D:a>&e9;</D:a>')}`, [400]],
    ['a file by an external entity', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${inside('<D:a>&e;</D:a>')}`, [403]],
    ['a tower', inside('<a>'.repeat(2_000) + '</a>'.repeat(2_000)), [400]],
    ['a crowd of attributes', inside(`<a${Array.from({ length: 50_000 }, (_, at) => ` a${at}="1"`).join('')}/>`), [400]],
    ['a crowd of namespaces', inside(`<a${Array.from({ length: 30_000 }, (_, at) => ` xmlns:a${at}="u"`).join('')}/>`), [400]],
    ['more than is read', inside(' '.repeat(1024 * 1024)), [413]],
  ])('is bounded and has no document type: %s', async (_what, body, statuses) => {
    for (const method of ['PROPFIND', 'PROPPATCH', 'LOCK', 'MKCOL']) {
      const { status, text } = await served.ask(method, method === 'MKCOL' ? '/new' : '/f', { headers: { ...XML, Depth: '0' }, body });
      expect([method, statuses.includes(status), text.includes('root:')]).toEqual([method, true, false]);
    }
  });
});

test('a whole tree is not listed by one request, nor walked for ever by any', async () => {
  mkdirSync(join(served.folder, 'loop'));
  symlinkSync('..', join(served.folder, 'loop/up'));
  const deep = await served.ask('PROPFIND', '/', { headers: { Depth: 'infinity' } });
  expect([deep.status, deep.text.includes('propfind-finite-depth')]).toEqual([403, true]);
  const copied = await served.ask('COPY', '/loop/', { headers: { Destination: '/copied/' } });
  expect([copied.status, rowsOf(copied).some(({ status }) => status === 508)]).toEqual([207, true]);
  rmSync(join(served.folder, 'loop'), { recursive: true });
  rmSync(join(served.folder, 'copied'), { recursive: true, force: true });
});

describe('a range stays within the file', () => {
  test.each([
    'bytes=-2',
    'bytes=-1',
    'bytes=-99',
    'bytes=0-99999999999999999999',
    'bytes=-99999999999999999999',
    'bytes=1-0',
    'bytes=-0',
    'bytes=--1',
  ])('to read: %s', async (range) => {
    const { status, text } = await served.ask('GET', '/f', { headers: { Range: range } });
    expect([[200, 206].includes(status) ? text : 'f', [200, 206, 416].includes(status)]).toEqual(['f', true]);
  });

  test.each([
    ['PUT', { 'Content-Range': 'bytes 5-2/9' }],
    ['PUT', { 'Content-Range': 'bytes 9007199254740993-9007199254740993/*' }],
    ['PUT', { 'Content-Range': 'bytes 18446744073709551615-0/*' }],
    ['PUT', { 'Content-Range': 'bytes -1-0/*' }],
    ['PATCH', { 'X-Update-Range': 'bytes=-99' }],
    ['PATCH', { 'X-Update-Range': 'bytes=3-2' }],
    ['PATCH', { 'X-Update-Range': 'bytes=99999999999999999999-' }],
    ['PATCH', { 'X-Update-Range': 'bytes=4503599627370496-' }],
  ])('to write: %s %j', async (method, headers) => {
    const more = { 'Content-Type': 'application/x-sabredav-partialupdate', ...headers };
    const { status } = await served.ask(method, '/f', { headers: more, body: 'x' });
    expect([status >= 400 && status < 500, (await served.ask('GET', '/f')).text]).toEqual([true, 'f']);
  });
});

/** Whatever its store is asked, it fails with a path of the disk in the message. */
function failing(folder: string, told: (error: Error) => Error): Service {
  const fails = (): never => {
    throw told(Object.assign(new Error(`EIO: i/o error, open '${folder}/secret'`), { code: 'EIO' }));
  };
  const real = filesystemStore({ folder });
  const verbs = Object.keys(real)
    .filter((verb) => verb !== 'bulk')
    .map((verb) => [verb, verb === 'writable' ? real.writable : fails]);
  const store: Store = Object.fromEntries(verbs);
  const context = { store, state: memoryState(), gate: new Gate(), digests: new Digests(), options: DEFAULTS, now: Date.now, warn() {} };
  return { context, listensAt() {}, close: async () => {} };
}

test.each<[string, (error: Error) => Error]>([
  ['by a bug', (error) => error],
  ['by the disk', (error) => davErrorOf(error, 'existing')],
])('a 500 says that something went wrong, and nothing of what or where: %s', async (_what, told) => {
  const broken = await serve({ service: (folder) => failing(folder, told) });
  try {
    for (const [method, headers, body] of VERBS.filter(([name]) => name !== 'POST')) {
      const reply = await broken.ask(method, '/f', { headers, ...(body !== undefined && { body }) });
      expect([method, reply.status]).toEqual([method, 500]);
      for (const told of [broken.folder, 'EIO', 'secret', '.ts', '    at ', 'Error'])
        expect(reply.text + JSON.stringify(reply.headers)).not.toContain(told);
    }
  } finally {
    await broken.close();
  }
});

describe('what a client chose cannot write to the terminal of who reads the log, nor a line of its own', () => {
  const NASTY = '/\u001b[2J\r\n12:00:00 forged\u0007\u009b31m\u0085\u2028\u202e\u007f';

  /** What is printed while `work` runs. */
  function printed(work: () => void): string {
    const { write } = process.stderr;
    let text = '';
    process.stderr.write = ((more: string) => {
      text += more;
      return true;
    }) as typeof write;
    try {
      work();
    } finally {
      process.stderr.write = write;
    }
    return text;
  }

  test.each<[string, () => void]>([
    ['a URL', () => readableLog().request('GET', NASTY, 200, 1)],
    ['a sentence', () => readableLog().warn?.(NASTY)],
    ['a failure', () => readableLog().error('It failed', new Error(NASTY))],
  ])('in %s', (_what, work) => {
    const text = printed(work);
    expect([text.endsWith('\n'), [...text.trimEnd()].filter((each) => !/[\u0020-\u007e]/.test(each))]).toEqual([true, []]);
  });
});
