// COPY and MOVE onto what holds symbolic links: a link makes room itself, and what it leads to is never touched (RFC 5842 §2.4).
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

function make(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(served.folder, path);
    mkdirSync(dirname(at), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), at);
    else writeFileSync(at, content);
  }
}

const over = (method: string, from: string, to: string, headers = {}) =>
  served.ask(method, from, { headers: { Destination: to, ...headers } });

test.each([['infinity'], ['0']])('B-2.4-a: pruning (Depth %s) takes a stale link and leaves what it leads to', async (depth) => {
  make({ 's/a': 'a', 'other/precious': 'p', 'other/deep/p2': 'p2', 'd/ln': '-> ../other', 'd/back': '-> ../s' });
  await served.lock('/other/precious');
  expect((await over('COPY', '/s/', '/d/', { Depth: depth })).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({
    '/d/': '',
    ...(depth === '0' ? {} : { '/d/a': 'a' }),
    '/other/': '',
    '/other/deep/': '',
    '/other/deep/p2': 'p2',
    '/other/precious': 'p',
    '/s/': '',
    '/s/a': 'a',
  });
});

test('B-2.4-a: pruning beside a locked member does so too', async () => {
  make({ 's/sub/x': 'new', 'other/precious': 'p', 'd/sub/x': 'old', 'd/ln': '-> ../other' });
  const token = await served.lock('/d/sub/x');
  expect((await over('COPY', '/s/', '/d/')).status).toBe(207);
  expect((await over('COPY', '/s/', '/d/', { If: `</d/sub/x> (<${token}>)` })).status).toBe(204);
  expect(treeOf(served.folder)).toMatchObject({ '/other/precious': 'p', '/d/sub/x': 'new' });
});

test('B-2.4-a: a collection is not merged into what a link leads to, which may be its own source', async () => {
  make({ 's/a.txt': 'a', 's/keep/k': 'k', 's/sub/b.txt': 'b', 'd/sub': '-> ../s' });
  expect((await over('COPY', '/s/', '/d/')).status).toBe(204);
  const copied = { '/a.txt': 'a', '/keep/': '', '/keep/k': 'k', '/sub/': '', '/sub/b.txt': 'b' };
  const under = (root: string) => Object.fromEntries(Object.entries(copied).map(([path, content]) => [root + path, content]));
  expect(treeOf(served.folder)).toEqual({ '/d/': '', ...under('/d'), '/s/': '', ...under('/s') });
});

test('B-2.4-a: a file does not take the place of what a link leads to', async () => {
  make({ 'p/1.txt': 'one', 'p/2.txt': 'two', 'q/1.txt': '-> ../p/2.txt' });
  expect((await over('COPY', '/p/', '/q/')).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({
    '/p/': '',
    '/p/1.txt': 'one',
    '/p/2.txt': 'two',
    '/q/': '',
    '/q/1.txt': 'one',
    '/q/2.txt': 'two',
  });
});

test('B-2.4-a: MOVE onto a link deletes the link', async () => {
  make({ 'a.txt': 'a', 'kept.txt': 'kept', link: '-> kept.txt' });
  expect((await over('MOVE', '/a.txt', '/link')).status).toBe(204);
  expect(treeOf(served.folder)).toEqual({ '/kept.txt': 'kept', '/link': 'a' });
});

test('a lock taken through a link that a copy would replace is a culprit, and every cause leads to it', async () => {
  make({ 's/sub/x': 'file', 'other/x/y': 'y', 'd/sub': '-> ../other' });
  await served.lock('/d/sub/x/y');
  const before = treeOf(served.folder);
  const reply = await over('COPY', '/s/', '/d/');
  const rows = rowsOf(reply).map(({ href, status }) => [href, status]);
  expect(rows.filter(([, status]) => status !== 424)).toEqual([['/d/sub/x/y', 423]]);
  expect(reply.text).not.toContain('<e:root-cause></e:root-cause>');
  expect(treeOf(served.folder)).toEqual(before);
});

test.each([
  ['lenient', '/d/sub/', '/s/sub/', '/d/sub/'],
  ['strict', '/d/sub/', '/s/sub/', '/d/sub/'],
  ['strict', '/d/sub/', '/s/', '/d/'],
])(
  'B-2.4-a: a lock taken through a link goes with it, one on its name stays (%s, below %s, COPY %s to %s)',
  async (handling, link, from, to) => {
    make({ 's/sub/x': 'new', 's/sub/y': 'new', 'other/x': 'old', 'other/y': 'old', 'd/sub': '-> ../other' });
    const tokens = [await served.lock(`${link}x`), await served.lock(link, { Depth: '0' })];
    const submitted = `(Not <DAV:no-lock>) (${tokens.map((token) => `<${token}>`).join(' ')})`;
    expect((await over('COPY', from, to, { If: submitted, Prefer: `handling=${handling}` })).status).toBe(204);
    expect(treeOf(served.folder)).toMatchObject({ '/d/sub/x': 'new', '/other/x': 'old' });
    expect((await served.ask('PUT', `${link}x`, { body: 'newer' })).status).toBe(204);
    expect((await served.ask('DELETE', `${link}x`)).status).toBe(423);
  },
);

test('10,000 members behind one lock are one row each, up to the limit, and nothing breaks', async () => {
  mkdirSync(join(served.folder, 'u/l'), { recursive: true });
  for (let index = 0; index < 10_000; index++) writeFileSync(join(served.folder, `u/l/${index}`), '');
  writeFileSync(join(served.folder, 'u/a'), '');
  await served.lock('/u/l/', { Depth: '0' });
  const { status, text } = await served.ask('DELETE', '/u/');
  expect([status, text.match(/<D:response>/g)?.length, text.includes('9000 rows were left out')]).toEqual([207, 1002, true]);
  expect(Object.keys(treeOf(served.folder)).length).toBe(10_002);
});
