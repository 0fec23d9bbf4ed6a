// Symbolic links over real HTTP: followed inside the folder; outside of it nothing is listed, read or changed.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let home: string;
let folder: string;
let served: Served;
const OUTSIDE = { '/secret': 'secret', '/deep/': '', '/deep/secret': 'secret' };
const at = (path: string) => join(folder, path);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dav207-links-'));
  folder = join(home, 'served');
  mkdirSync(folder);
  mkdirSync(join(home, 'served-not/deep'), { recursive: true });
  for (const name of ['secret', 'deep/secret']) writeFileSync(join(home, 'served-not', name), 'secret');
  served = await serve({ folder });
});
afterAll(async () => {
  await served.close();
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  for (const path of Object.keys(treeOf(folder))) rmSync(at(path), { recursive: true, force: true });
  mkdirSync(at('c'));
  writeFileSync(at('c/f'), 'inside');
  writeFileSync(at('g'), 'g');
});
afterEach(() => expect(treeOf(join(home, 'served-not'))).toEqual(OUTSIDE));

type Headers = Record<string, string>;
const ask = async (method: string, target: string, headers: Headers = {}, body?: string) =>
  (await served.ask(method, target, { headers, ...(body !== undefined && { body }) })).status;
const text = async (target: string) => (await served.ask('GET', target)).text;
const listed = async (target: string) =>
  [...(await served.ask('PROPFIND', target, { headers: { Depth: '1' } })).text.matchAll(/<(?:\w+:)?href>([^<]*)</g)].map(
    ([, href]) => href,
  );

describe('a link inside the folder', () => {
  test('is the file or collection it leads to, under another name', async () => {
    symlinkSync('c', at('link'));
    symlinkSync(join(folder, 'c/f'), at('file'));
    expect(await listed('/')).toEqual(expect.arrayContaining(['/link/', '/file', '/c/', '/g']));
    expect(await listed('/link/')).toEqual(['/link/', '/link/f']);
    expect([await text('/file'), await text('/link/f')]).toEqual(['inside', 'inside']);
    const [link, goal] = [await served.ask('HEAD', '/file'), await served.ask('HEAD', '/c/f')];
    expect(link.headers.etag).toBe(goal.headers.etag);
  });

  test('PUT writes through it, MKCOL and DELETE through its collection', async () => {
    symlinkSync('c', at('link'));
    symlinkSync('c/f', at('file'));
    expect([await ask('PUT', '/file', {}, 'new'), await ask('PUT', '/link/h', {}, 'h'), await ask('MKCOL', '/link/d')]).toEqual([
      204, 201, 201,
    ]);
    expect(await ask('DELETE', '/link/h')).toBe(204);
    expect(treeOf(folder)).toEqual({ '/c/': '', '/c/d/': '', '/c/f': 'new', '/file': '-> c/f', '/g': 'g', '/link': '-> c' });
  });

  test('COPY makes a file or a collection of it, MOVE takes the link, and it still leads there', async () => {
    symlinkSync('c/f', at('file'));
    symlinkSync('../c', at('c/up'));
    symlinkSync('g', at('plain'));
    mkdirSync(at('d'));
    expect(await ask('COPY', '/file', { Destination: '/d/copy' })).toBe(201);
    expect([lstatSync(at('d/copy')).isFile(), await text('/d/copy')]).toEqual([true, 'inside']);
    expect(await ask('MOVE', '/file', { Destination: '/d/moved' })).toBe(201);
    expect([await text('/d/moved'), readlinkSync(at('d/moved'))]).toEqual(['inside', '../c/f']);
    expect(await ask('MOVE', '/plain', { Destination: '/d/copy' })).toBe(204);
    expect([await text('/d/copy'), existsSync(at('plain'))]).toEqual(['g', false]);
    expect(await ask('MOVE', '/d/moved', { Destination: '/renamed' })).toBe(201);
    expect([await text('/renamed'), readlinkSync(at('renamed'))]).toEqual(['inside', 'c/f']);
  });

  test('in the way of a collection it alone is replaced', async () => {
    symlinkSync('c', at('link'));
    mkdirSync(at('d'));
    writeFileSync(at('d/x'), 'x');
    expect(await ask('MOVE', '/d/', { Destination: '/link/' })).toBe(204);
    expect(treeOf(folder)).toEqual({ '/c/': '', '/c/f': 'inside', '/g': 'g', '/link/': '', '/link/x': 'x' });
    expect(treeOf(at('.dav207/tmp'))).toEqual({});
  });

  test('D-09.8.5-b, D-09.8.3-j, D-09.8.3-k: it and what it leads to are one resource, also with something below', async () => {
    symlinkSync('c', at('link'));
    symlinkSync('c/f', at('file'));
    const before = treeOf(folder);
    for (const method of ['COPY', 'MOVE'])
      for (const [from, to] of [
        ['/file', '/c/f'],
        ['/c/f', '/file'],
        ['/c/', '/link/'],
        ['/link', '/c'],
        ['/c/', '/link/n/'],
        ['/link/f', '/c/'],
      ] as const)
        expect([method, from, to, await ask(method, from, { Destination: to })]).toEqual([method, from, to, 403]);
    expect(treeOf(folder)).toEqual(before);
  });

  test('B-2.4-a, B-7.2-a: one that leads to a collection above it is not walked for ever', async () => {
    symlinkSync('..', at('c/up'));
    const { status, text: body } = await served.ask('COPY', '/c/', { headers: { Destination: '/copied/' } });
    expect([status, /508 Loop Detected/.test(body)]).toEqual([207, true]);
    expect(await ask('DELETE', '/c/')).toBe(204);
    expect(await text('/g')).toBe('g');
  });

  test.each<[string, string, Headers, string[]]>([
    ['DELETE', '/in/', {}, ['/in/', '/in/link']],
    ['DELETE', '/in/link/', {}, ['/in/', '/in/link', '/in/z']],
    ['MOVE', '/in/', { Destination: '/to/' }, ['/in/', '/in/link', '/to/', '/to/z']],
    ['MOVE', '/c/', { Destination: '/in/' }, ['/in/', '/in/link', '/in/z']],
    ['COPY', '/c/', { Destination: '/in/' }, ['/in/', '/in/f', '/in/link', '/in/z']],
  ])('B-2.4-a: with a lock behind it, it stays, and so does all behind it: %s %s %j', async (method, target, headers, left) => {
    mkdirSync(at('goal'));
    for (const name of ['x', 'y']) writeFileSync(at(`goal/${name}`), name);
    mkdirSync(at('in'));
    writeFileSync(at('in/z'), 'z');
    symlinkSync('../goal', at('in/link'));
    const token = await served.lock('/in/link/x', { Depth: '0' });
    const reply = await served.ask(method, target, { headers });
    expect([reply.status, reply.text.includes('<D:href>/in/link/x</D:href><D:status>HTTP/1.1 423 Locked')]).toEqual([207, true]);
    const tree = treeOf(folder);
    expect([tree['/goal/x'], tree['/goal/y'], tree['/in/link'], tree['/c/f']]).toEqual(['x', 'y', '-> ../goal', 'inside']);
    expect(Object.keys(tree).filter((path) => /^\/(?:in|to)\//.test(path))).toEqual(left);
    expect(await ask('UNLOCK', '/in/link/x', { 'Lock-Token': `<${token}>` })).toBe(204);
  });
});

describe('D-08.3-f: a link out of the folder', () => {
  const LINKS: [string, () => string, string][] = [
    ['to a file', () => join(home, 'served-not/secret'), '/link'],
    ['to a folder', () => '../served-not', '/link'],
    ['above the folder', () => '..', '/link'],
    ['to a folder, and below it', () => '../served-not', '/link/secret'],
    ['to a folder, and deep below it', () => '../served-not', '/link/deep/secret'],
    ['above the folder, and back into it', () => '..', '/link/served/g'],
    ['through the root', () => '/', '/link/etc/hostname'],
    ['dangling', () => 'nothing', '/link'],
    ['that would make something outside', () => '../served-not/new', '/link'],
    ["into the server's own", () => '.dav207', '/link/tmp'],
  ];

  test.each(LINKS)('%s, is listed nowhere and reached by no method', async (_what, goal, target) => {
    symlinkSync(goal(), at('link'));
    const before = treeOf(folder);
    expect(await listed('/')).not.toContain('/link');
    expect(await text('/')).not.toContain('link');
    for (const method of ['GET', 'HEAD', 'PROPFIND', 'DELETE', 'COPY', 'MOVE']) {
      const reply = await served.ask(method, target, { headers: { Destination: '/made', Depth: '0' } });
      expect([method, reply.status]).toEqual([method, 404]);
      expect(reply.text).not.toMatch(/secret|served/);
    }
    const lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
    const patch = '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>';
    const xml = { 'Content-Type': 'application/xml' };
    const changes = [
      await ask('PUT', target, {}, 'x'),
      await ask('PUT', `${target}/new`, {}, 'x'),
      await ask('MKCOL', target),
      await ask('MKCOL', `${target}/new`),
      await ask('LOCK', target, xml, lock),
      await ask('PROPPATCH', target, xml, patch),
      await ask('COPY', '/g', { Destination: target }),
      await ask('MOVE', '/g', { Destination: target }),
      await ask('COPY', '/c/', { Destination: target }),
      await ask('MOVE', '/c/', { Destination: `${target}/new` }),
    ];
    for (const status of changes) expect([403, 404, 409]).toContain(status);
    expect(treeOf(folder)).toEqual(before);
    expect(treeOf(at('.dav207/tmp'))).toEqual({});
  });

  test('is left out of a COPY, goes along with MOVE, and its token in an If tag has no state', async () => {
    symlinkSync(join(home, 'served-not'), at('c/link'));
    expect(await ask('COPY', '/c/', { Destination: '/copied/' })).toBe(201);
    expect(treeOf(at('copied'))).toEqual({ '/f': 'inside' });
    expect(await ask('MOVE', '/c/', { Destination: '/moved/' })).toBe(201);
    expect(readlinkSync(at('moved/link'))).toBe(join(home, 'served-not'));
    expect(await ask('GET', '/g', { If: '</moved/link/secret> (Not ["x"])' })).toBe(200);
    expect(await ask('DELETE', '/moved/')).toBe(204);
  });
});
