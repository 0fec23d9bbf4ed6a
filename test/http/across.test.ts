// MOVE and COPY between two file systems mounted in one folder, over real HTTP: copied, compared, and only then removed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const rows = ({ text }: Reply) =>
  [...text.matchAll(/<D:response><D:href>([^<]*)<\/D:href><D:status>HTTP\/1.1 (\d+)/g)].map(([, href, status]) => `${href} ${status}`);
const move = (from: string, to: string, headers: Record<string, string> = {}) =>
  served.ask('MOVE', from, { headers: { Destination: to, ...headers } });
const STRICT = { Prefer: 'handling=strict' };

beforeAll(async () => {
  served = await serve();
  mkdirSync(at('m'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'dav207-test', at('m')]);
});
afterAll(async () => {
  execFileSync('umount', [at('m')]);
  await served.close();
});

const property = (value: string) =>
  `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><p xmlns="urn:t">${value}</p></D:prop></D:set></D:propertyupdate>`;
const valueAt = async (target: string) => {
  const asked = {
    headers: { Depth: '0', 'Content-Type': 'application/xml' },
    body: '<propfind xmlns="DAV:"><prop><p xmlns="urn:t"/></prop></propfind>',
  };
  return /<p xmlns="urn:t">([^<]*)</.exec((await served.ask('PROPFIND', target, asked)).text)?.[1];
};
const TREE = { '/s/': '', '/s/a': 'a', '/s/sub/': '', '/s/sub/x': 'x', '/s/sub/y': 'y' };
/** The tree at `/s` as it is at `to`. */
const treeAt = (to: string) => Object.fromEntries(Object.entries(TREE).map(([path, content]) => [path.replace('/s', to), content]));

beforeEach(async () => {
  mkdirSync(at('s/sub'), { recursive: true });
  for (const [path, content] of Object.entries(TREE)) if (content) writeFileSync(at(path), content);
  for (const path of ['s/a', 's/sub/x', 's/sub']) utimesSync(at(path), 1e9, 1e9);
  await served.ask('PROPPATCH', '/s/sub/', { headers: { 'Content-Type': 'application/xml' }, body: property('of sub') });
  await served.ask('PROPPATCH', '/s/a', { headers: { 'Content-Type': 'application/xml' }, body: property('of a') });
});

afterEach(() => {
  const staged = existsSync(at('.dav207/tmp')) ? readdirSync(at('.dav207/tmp')) : [];
  const left = [...staged, ...readdirSync(at('m')), ...readdirSync(served.folder)];
  expect(left.filter((name) => name.startsWith('.dav207-') || /^[\da-f]{8}-/.test(name))).toEqual([]);
  for (const name of readdirSync(at('m'))) rmSync(at(`m/${name}`), { recursive: true });
  for (const name of readdirSync(served.folder)) if (name !== 'm' && name !== '.dav207') rmSync(at(name), { recursive: true });
});

describe.each<[string, Record<string, string>]>([
  ['lenient', {}],
  ['strict', STRICT],
])('MOVE, %s', (_, handling) => {
  test('a collection goes there and back with its content, times and properties', async () => {
    expect((await move('/s', '/m/s', handling)).status).toBe(201);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...treeAt('/m/s') });
    expect(['m/s/a', 'm/s/sub/x', 'm/s/sub'].map((path) => Math.floor(statSync(at(path)).mtimeMs))).toEqual([1e12, 1e12, 1e12]);
    expect([await valueAt('/m/s/sub/'), await valueAt('/m/s/a')]).toEqual(['of sub', 'of a']);
    expect((await move('/m/s', '/t', handling)).status).toBe(201);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...treeAt('/t') });
    expect([await valueAt('/t/sub/'), await valueAt('/t/a'), await valueAt('/s/a')]).toEqual(['of sub', 'of a', undefined]);
  });

  test('a file takes the place of a file, and a collection that of a collection', async () => {
    mkdirSync(at('m/d'));
    writeFileSync(at('m/d/old'), 'old');
    writeFileSync(at('m/f'), 'old');
    expect((await move('/s/a', '/m/f', handling)).status).toBe(204);
    expect((await move('/s', '/m/d', handling)).status).toBe(204);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', '/m/f': 'a', '/m/d/': '', '/m/d/sub/': '', '/m/d/sub/x': 'x', '/m/d/sub/y': 'y' });
    expect([await valueAt('/m/f'), await valueAt('/m/d/sub/')]).toEqual(['of a', 'of sub']);
  });

  test('locks stay behind, and are gone (D-07.6-a)', async () => {
    const token = await served.lock('/s/sub/x');
    expect((await move('/s', '/m/s', { ...handling, If: `</s/sub/x> (<${token}>)` })).status).toBe(201);
    for (const target of ['/m/s/sub/x', '/s']) expect((await served.ask('DELETE', target)).status).toBe(target === '/s' ? 404 : 204);
  });
});

describe('MOVE of what cannot all be copied', () => {
  beforeEach(() => symlinkSync('a', at('s/link')));
  const LINK = { '/s/link': '-> a' };

  test('lenient: a link stays, and all that is above it; the others have gone', async () => {
    const reply = await move('/s', '/m/s');
    expect([reply.status, rows(reply)]).toEqual([207, ['/s/ 424', '/s/link 403']]);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...treeAt('/m/s'), '/s/': '', ...LINK });
    expect([await valueAt('/m/s/a'), await valueAt('/s/a')]).toEqual(['of a', undefined]);
  });

  test('onto what exists it is not begun, and that stays', async () => {
    mkdirSync(at('m/d'));
    writeFileSync(at('m/d/old'), 'old');
    const reply = await move('/s', '/m/d');
    expect([reply.status, rows(reply)]).toEqual([207, ['/s/ 424', '/s/link 403']]);
    expect(reply.text).toContain('<e:outcome>aborted</e:outcome>');
    expect(treeOf(served.folder)).toEqual({ '/m/': '', '/m/d/': '', '/m/d/old': 'old', ...TREE, ...LINK });
    expect(await valueAt('/s/a')).toBe('of a');
  });

  test('strict: a plain 403 that names the link, and nothing is changed', async () => {
    const reply = await move('/s', '/m/s', STRICT);
    expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('<e:cause><D:href>/s/link</D:href></e:cause>')]);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...TREE, ...LINK });
    expect(await valueAt('/s/a')).toBe('of a');
  });
});

test('lenient: what cannot be removed from where it was keeps its properties and its lock', async () => {
  mkdirSync(at('s/held'));
  execFileSync('mount', ['-t', 'tmpfs', 'dav207-test', at('s/held')]);
  try {
    await served.ask('PROPPATCH', '/s/held/', { headers: { 'Content-Type': 'application/xml' }, body: property('of held') });
    const token = await served.lock('/s/held/');
    const reply = await move('/s', '/m/s', { If: `</s/held/> (<${token}>)` });
    expect([reply.status, rows(reply)]).toEqual([207, ['/s/ 424', '/s/held/ 403']]);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...treeAt('/m/s'), '/m/s/held/': '', '/s/': '', '/s/held/': '' });
    expect([await valueAt('/s/held/'), await valueAt('/m/s/held/'), await valueAt('/s/a')]).toEqual(['of held', 'of held', undefined]);
    expect((await served.ask('PUT', '/s/held/f', { body: 'f' })).status).toBe(423);
  } finally {
    execFileSync('umount', [at('s/held')]);
  }
});

describe('onto a collection, by MOVE of what cannot all be copied', () => {
  const OLD = { '/m/d/': '', '/m/d/a': 'old', '/m/d/stale': 'stale' };
  beforeEach(async () => {
    mkdirSync(at('m/d'));
    for (const [path, content] of Object.entries(OLD)) if (content) writeFileSync(at(path), content);
    await served.ask('PROPPATCH', '/m/d/a', { headers: { 'Content-Type': 'application/xml' }, body: property('of old') });
  });

  test.each<[string, () => void, string[]]>([
    ['a link', () => symlinkSync('a', at('s/link')), ['/s/ 424', '/s/link 403']],
    ['too large', () => writeFileSync(at('s/large'), 'large'.repeat(300_000)), ['/s/ 424', '/m/d/ 424', '/m/d/large 507']],
  ])('%s: what was there is there, and all of the source', async (_kind, make, expected) => {
    make();
    const before = treeOf(served.folder);
    const reply = await move('/s', '/m/d');
    expect([reply.status, rows(reply)]).toEqual([207, expected]);
    expect(reply.text).toContain('<e:outcome>aborted</e:outcome>');
    expect(treeOf(served.folder)).toEqual(before);
    expect([await valueAt('/m/d/a'), await valueAt('/s/a')]).toEqual(['of old', 'of a']);
  });
});

describe('where the other file system is full', () => {
  beforeEach(() => writeFileSync(at('s/large'), 'large'.repeat(300_000)));

  test('lenient: what has no room stays, and says so; nothing is lost', async () => {
    const reply = await move('/s', '/m/s');
    expect([reply.status, rows(reply)]).toEqual([207, ['/s/ 424', '/m/s/ 424', '/m/s/large 507']]);
    expect(reply.text).toContain('<D:sufficient-disk-space/>');
    expect(statSync(at('s/large')).size).toBe(1_500_000);
    expect(existsSync(at('m/s/large'))).toBe(false);
    expect(Object.keys(treeOf(served.folder)).filter((path) => path.endsWith('/x'))).toEqual(['/m/s/sub/x']);
  });

  test.each(['MOVE', 'COPY'])('strict %s: a plain 507, and nothing is changed', async (method) => {
    const before = treeOf(served.folder);
    const reply = await served.ask(method, '/s', { headers: { Destination: '/m/s', ...STRICT } });
    expect([reply.status, reply.text]).toEqual([507, expect.stringContaining('<D:sufficient-disk-space/>')]);
    expect(treeOf(served.folder)).toEqual(before);
    expect(await valueAt('/s/a')).toBe('of a');
  });
});

test('strict DELETE and a MOVE onto it are refused where another file system is mounted below: its files are not taken for members', async () => {
  mkdirSync(at('c/deep'), { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'dav207-test', at('c/deep')]);
  try {
    writeFileSync(at('c/deep/f'), 'f');
    const deleted = await served.ask('DELETE', '/c', { headers: STRICT });
    const replaced = await move('/s', '/c');
    expect([deleted.status, replaced.status, rows(replaced)]).toEqual([403, 207, ['/s/ 424', '/c/ 424', '/c/deep/ 403']]);
    expect(treeOf(served.folder)).toEqual({ '/m/': '', ...TREE, '/c/': '', '/c/deep/': '', '/c/deep/f': 'f' });
  } finally {
    execFileSync('umount', [at('c/deep')]);
  }
});
