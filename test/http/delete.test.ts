// DELETE over real HTTP, without locks: what goes, what stays, and what a client cannot see but must not be stopped by.
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const del = (target: string, headers: Record<string, string> = {}) => served.ask('DELETE', target, { headers });
/** A collection `name` with a file and a sub-collection in it. */
function grow(name: string): void {
  mkdirSync(at(`${name}/sub`), { recursive: true });
  writeFileSync(at(`${name}/x`), 'x');
  writeFileSync(at(`${name}/sub/y`), 'y');
}

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

describe('what is there', () => {
  test('D-09.6-a, D-09.6-b, H-9.3.5-a: a file goes with 204 and is 404 then, also to a second DELETE', async () => {
    writeFileSync(at('f'), 'x');
    const gone = await del('/f');
    expect([gone.status, gone.text, gone.headers['cache-control']]).toEqual([204, '', 'no-cache']);
    expect(existsSync(at('f'))).toBe(false);
    for (const method of ['GET', 'HEAD', 'DELETE']) expect([method, (await served.ask(method, '/f')).status]).toEqual([method, 404]);
    expect((await served.ask('PROPFIND', '/f', { headers: { Depth: '0' } })).status).toBe(404);
  });

  test.each([{}, { Depth: 'infinity' }, { Depth: 'INFINITY' }])('D-09.6.1-a: a collection goes with all below it (%j)', async (headers) => {
    grow('c');
    expect((await del('/c/', headers as Record<string, string>)).status).toBe(204);
    expect(existsSync(at('c'))).toBe(false);
  });

  test.each(['0', '1', '1,noroot', 'x'])('D-09.6.1-a: Depth %s on a collection is 400 and takes nothing', async (depth) => {
    grow('kept');
    const before = treeOf(served.folder);
    expect((await del('/kept', { Depth: depth })).status).toBe(400);
    expect(treeOf(served.folder)).toEqual(before);
  });

  test.each(['0', '1', 'infinity'])('D-09.6.1-a: Depth %s on a file means nothing', async (depth) => {
    writeFileSync(at('file'), 'x');
    expect((await del('/file', { Depth: depth })).status).toBe(204);
  });

  test('D-09.6-a: dead properties go too, and do not come back with the name', async () => {
    const find = async () => (await served.ask('PROPFIND', '/p/x', { headers: { Depth: '0' } })).text;
    grow('p');
    const body = '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:x">dead</p></prop></set></propertyupdate>';
    await served.ask('PROPPATCH', '/p/x', { headers: { 'Content-Type': 'application/xml' }, body });
    expect(await find()).toContain('>dead<');
    expect((await del('/p')).status).toBe(204);
    grow('p');
    expect(await find()).not.toContain('dead');
  });

  test('D-09.6.1-g: a thousand members', async () => {
    mkdirSync(at('many'));
    for (let index = 0; index < 1000; index++) writeFileSync(at(`many/${index}`), '');
    expect((await del('/many/')).status).toBe(204);
    expect(existsSync(at('many'))).toBe(false);
  });
});

describe('what is refused', () => {
  test.each([
    ['D-09.6-c', '/nope', 404],
    ['D-09.6-c', '/no/where', 404],
    ['D-05.2-g', '/kept/x/', 404],
    ['D-09.6-e', '/', 403],
    ['D-09.6-e', '//', 403],
  ])('%s: %s is %d', async (_id, target, status) => {
    grow('kept');
    const before = treeOf(served.folder);
    expect((await del(target)).status).toBe(status);
    expect(treeOf(served.folder)).toEqual(before);
  });

  test('17.6: with a body is 415', async () => {
    grow('kept');
    expect((await served.ask('DELETE', '/kept/x', { headers: { 'Content-Type': 'text/plain' }, body: 'x' })).status).toBe(415);
    expect(existsSync(at('kept/x'))).toBe(true);
  });
});

describe('B-2.4-a: links', () => {
  test('of a link only the link goes', async () => {
    grow('goal');
    symlinkSync('goal', at('to-collection'));
    symlinkSync('goal/x', at('to-file'));
    expect([(await del('/to-collection/')).status, (await del('/to-file')).status]).toEqual([204, 204]);
    expect([existsSync(at('to-collection')), existsSync(at('to-file')), readFileSync(at('goal/sub/y'), 'utf8')]).toEqual([
      false,
      false,
      'y',
    ]);
  });

  test('a collection goes with links in it, and what they lead to stays', async () => {
    grow('goal');
    grow('linking');
    symlinkSync('../goal', at('linking/in'));
    symlinkSync('..', at('linking/sub/loop'));
    expect((await del('/linking')).status).toBe(204);
    expect([existsSync(at('linking')), readFileSync(at('goal/sub/y'), 'utf8')]).toEqual([false, 'y']);
  });

  test('of two hard links one goes', async () => {
    writeFileSync(at('one'), 'shared');
    linkSync(at('one'), at('two'));
    expect((await del('/one')).status).toBe(204);
    expect(readFileSync(at('two'), 'utf8')).toBe('shared');
  });
});

describe('a collection with what nobody can see', () => {
  const unseen: [string, (path: string) => void][] = [
    ['a dangling link', (path) => symlinkSync('nothing', path)],
    ['a link to itself', (path) => symlinkSync('unseen', path)],
    ['a link to the outside', (path) => symlinkSync('/', path)],
    ['a fifo', (path) => void execFileSync('mkfifo', [path])],
  ];
  test.each(unseen)('%s goes with it', async (_what, make) => {
    grow('visible');
    make(at('visible/sub/unseen'));
    expect((await del('/visible')).status).toBe(204);
    expect(existsSync(at('visible'))).toBe(false);
  });

  const foreign: [string, (path: string) => void, string][] = [
    ['a folder of another server', (path) => mkdirSync(join(path, '.dav207')), '.dav207'],
    ['a staged file of another server', (path) => writeFileSync(join(path, '.dav207-1'), 'kept'), '.dav207-1'],
    [
      'a file whose name is not UTF-8',
      (path) => writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xe9])]), 'kept'),
      '\uFFFD',
    ],
  ];
  test.each(foreign)('%s keeps it and its ancestors, with 403 on its row', async (_what, make, name) => {
    grow('holding');
    make(at('holding/sub'));
    const { status, text } = await del('/holding');
    expect(status).toBe(207);
    expect(text).toMatch(/\/holding\/sub\/<[\s\S]*?403 Forbidden/);
    expect(text).toContain('does not manage');
    expect(existsSync(at('holding/sub'))).toBe(true);
    expect(execFileSync('ls', ['-A', at('holding/sub')], { encoding: 'utf8' }).trim()).toBe(name);
    const plain = await del('/holding/sub');
    expect([plain.status, plain.text]).toEqual([403, expect.stringContaining('does not manage')]);
    execFileSync('rm', ['-r', at('holding')]);
  });
});
