// Partial updates over real HTTP: PUT with Content-Range as Apache takes it, PATCH as sabre/dav does. All of an update or nothing.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { find, prop, patch as proppatch, set } from './properties.ts';
import { type Reply, type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);
const staged = () => (existsSync(at('.dav207/tmp')) ? readdirSync(at('.dav207/tmp')) : []);
const TYPE = 'application/x-sabredav-partialupdate';

beforeAll(async () => {
  served = await serve();
  mkdirSync(at('col'));
});
afterAll(() => served.close());
beforeEach(async () => {
  await served.ask('DELETE', '/new');
  writeFileSync(at('f'), 'abcdef');
});

type Headers = Record<string, string>;
/** Undefined headers are left out. */
const patch = (target: string, headers: Record<string, string | undefined>, body: string | string[]) => {
  const given = Object.entries({ 'Content-Type': TYPE, ...headers }).filter(([, value]) => value !== undefined) as [string, string][];
  return served.ask('PATCH', target, { headers: Object.fromEntries(given), body });
};
const put = (target: string, headers: Headers, body: string | string[]) => served.ask('PUT', target, { headers, body });
const etagOf = async (target: string) => String((await served.ask('HEAD', target)).headers.etag);

/** Does it, and sees that nothing is different and nothing left. */
async function unchanged(work: () => Promise<Reply>): Promise<Reply> {
  const before = treeOf(served.folder);
  const reply = await work();
  expect([treeOf(served.folder), staged()]).toEqual([before, []]);
  return reply;
}

describe('Z-crange-a: PUT with Content-Range', () => {
  test.each<[string, string, string, number, string]>([
    ['/f', 'bytes 2-3/*', 'XX', 204, 'abXXef'],
    ['/f', 'bytes 2-3/6', 'XX', 204, 'abXXef'],
    ['/f', 'bytes 0-0/*', 'X', 204, 'Xbcdef'],
    ['/f', 'bytes 4-7/8', 'WXYZ', 204, 'abcdWXYZ'],
    ['/f', 'bytes 6-7/*', 'gh', 204, 'abcdefgh'],
    ['/f', 'bytes 0-7/8', '12345678', 204, '12345678'],
    ['/new', 'bytes 0-2/*', 'new', 201, 'new'],
    ['/new', 'bytes 0-2/10', 'new', 201, 'new'],
  ])('%s %s %j is %d: %s', async (target, range, body, status, content) => {
    for (const sent of [body, [...body]]) {
      if (status === 201) await served.ask('DELETE', target);
      else writeFileSync(at(target), 'abcdef');
      const reply = await put(target, { 'Content-Range': range }, sent);
      expect([reply.status, reply.text, reply.headers.location]).toEqual([status, '', status === 201 ? target : undefined]);
      expect([readFileSync(at(target), 'utf8'), staged()]).toEqual([content, []]);
      expect(reply.headers.etag).toBe(await etagOf(target));
    }
  });

  test.each<[string, string, string, number]>([
    ['/f', 'bytes 2-3/*', 'X', 400],
    ['/f', 'bytes 2-3/*', 'XXX', 400],
    ['/f', 'bytes 2-3/*', '', 400],
    ['/f', 'bytes 3-2/*', 'XX', 400],
    ['/f', 'bytes 2-3/3', 'XX', 400],
    ['/f', 'items 2-3/*', 'XX', 400],
    ['/f', 'bytes */6', 'XX', 400],
    ['/f', 'nonsense', 'XX', 400],
    ['/f', 'bytes 7-8/*', 'XX', 416],
    ['/new', 'bytes 1-2/*', 'XX', 416],
    ['/no/parent', 'bytes 0-1/*', 'XX', 409],
    ['/col', 'bytes 0-1/*', 'XX', 405],
  ])('%s %s %j is %d, and nothing is changed', async (target, range, body, status) => {
    for (const sent of [body, [...body, '']])
      expect((await unchanged(() => put(target, { 'Content-Range': range }, sent))).status).toBe(status);
  });

  test('416 tells how long the file is', async () => {
    expect((await put('/f', { 'Content-Range': 'bytes 9-9/*' }, 'X')).headers['content-range']).toBe('bytes */6');
  });
});

describe('Z-patch-a, P-5789-2-a: PATCH', () => {
  test.each<[string, string, string]>([
    ['bytes=2-3', 'XX', 'abXXef'],
    ['bytes=2-', 'X', 'abXdef'],
    ['bytes=4-', 'WXYZ', 'abcdWXYZ'],
    ['bytes=6-', 'gh', 'abcdefgh'],
    ['bytes=-2', 'X', 'abcdXf'],
    ['bytes=-2', 'XYZ', 'abcdXYZ'],
    ['bytes=-6', 'X', 'Xbcdef'],
    ['append', 'gh', 'abcdefgh'],
    ['append', '', 'abcdef'],
  ])('%s %j is 204: %s', async (range, body, content) => {
    const before = await etagOf('/f');
    const reply = await patch('/f', { 'X-Update-Range': range }, body);
    expect([reply.status, reply.text, readFileSync(at('f'), 'utf8'), staged()]).toEqual([204, '', content, []]);
    expect([reply.headers.etag, reply.headers.etag === before]).toEqual([await etagOf('/f'), false]);
  });

  test.each<[string, Record<string, string | undefined>, string | string[], number]>([
    ['/f', {}, 'XX', 400],
    ['/f', { 'X-Update-Range': 'somewhere' }, 'XX', 400],
    ['/f', { 'X-Update-Range': 'append', 'Content-Type': undefined }, 'XX', 415],
    ['/f', { 'X-Update-Range': 'append', 'Content-Type': 'application/json' }, 'XX', 415],
    ['/f', { 'X-Update-Range': 'append', 'Content-Encoding': 'gzip' }, 'XX', 415],
    ['/f', { 'X-Update-Range': 'append' }, ['XX'], 411],
    ['/f', { 'X-Update-Range': 'bytes=3-2' }, 'XX', 416],
    ['/f', { 'X-Update-Range': 'bytes=2-3' }, 'X', 416],
    ['/f', { 'X-Update-Range': 'bytes=2-3' }, 'XXX', 416],
    ['/f', { 'X-Update-Range': 'bytes=7-' }, 'X', 416],
    ['/f', { 'X-Update-Range': 'bytes=-7' }, 'X', 416],
    ['/new', { 'X-Update-Range': 'append' }, 'X', 404],
    ['/f/', { 'X-Update-Range': 'append' }, 'X', 404],
    ['/no/parent', { 'X-Update-Range': 'append' }, 'X', 404],
    ['/col', { 'X-Update-Range': 'append' }, 'X', 405],
    ['/.dav207/x', { 'X-Update-Range': 'append' }, 'X', 403],
  ])('%s %j %j is %d, and nothing is changed', async (target, headers, body, status) => {
    const reply = await unchanged(() => patch(target, headers, body));
    expect(reply.status).toBe(status);
    if (status === 405) expect(reply.headers.allow).not.toContain(' PATCH');
    if (status === 415 && !headers['Content-Encoding']) expect(reply.headers['accept-patch']).toBe(TYPE);
  });

  test('the type may have parameters, in any case', async () => {
    expect((await patch('/f', { 'Content-Type': `${TYPE.toUpperCase()}; charset=x`, 'X-Update-Range': 'append' }, 'X')).status).toBe(204);
  });

  test('one after the other, however they come: none is lost', async () => {
    writeFileSync(at('f'), '');
    const replies = await Promise.all([...'0123456789'].map((digit) => patch('/f', { 'X-Update-Range': 'append' }, digit.repeat(1000))));
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(204));
    const runs = readFileSync(at('f'), 'utf8').match(/(.)\1*/g) ?? [];
    expect(runs.sort()).toEqual([...'0123456789'].map((digit) => digit.repeat(1000)));
  });

  test('a large file, in the middle', async () => {
    const bytes = Buffer.alloc(3_000_000, 'abcdefg');
    writeFileSync(at('large'), bytes);
    const body = 'X'.repeat(700_000);
    expect((await patch('/large', { 'X-Update-Range': 'bytes=1000000-1699999' }, body)).status).toBe(204);
    bytes.write(body, 1_000_000);
    expect(readFileSync(at('large')).equals(bytes)).toBe(true);
  });
});

const WAYS: [string, (headers: Headers, body?: string) => Promise<Reply>][] = [
  ['PUT', (headers, body = 'XX') => put('/f', { 'Content-Range': 'bytes 2-3/*', ...headers }, body)],
  ['PATCH', (headers, body = 'XX') => patch('/f', { 'X-Update-Range': 'bytes=2-3', ...headers }, body)],
];

describe.each(WAYS)('by %s, all that holds for a whole upload', (method, update) => {
  test('D-09.7-d: a locked file needs its token', async () => {
    const token = await served.lock('/f', { Depth: '0' });
    expect((await unchanged(() => update({}))).status).toBe(423);
    expect((await update({ If: `(<${token}>)` })).status).toBe(204);
    expect((await served.ask('UNLOCK', '/f', { headers: { 'Lock-Token': `<${token}>` } })).status).toBe(204);
  });

  test('If and If-Match', async () => {
    for (const headers of [{ If: '(["other"])' }, { 'If-Match': '"other"' }, { 'If-None-Match': '*' }] as Headers[])
      expect((await unchanged(() => update(headers))).status).toBe(412);
    expect((await update({ 'If-Match': await etagOf('/f') })).status).toBe(204);
    expect(readFileSync(at('f'), 'utf8')).toBe('abXXef');
  });

  test('G-2-a, G-3-a, Z-cksum-a: digests and checksums are of what is sent', async () => {
    const right = { 'Content-Digest': 'sha-256=:7MdsGcnzxRCHc9bDoYpsJcm/ETHE4lC3EhMnTjsrXQg=:' };
    for (const headers of [
      { 'Content-Digest': 'sha-256=:AAAA:' },
      { 'Repr-Digest': 'sha-256=:AAAA:' },
      { 'OC-Checksum': 'MD5:00' },
    ] as Headers[])
      expect((await unchanged(() => update(headers))).status).toBe(400);
    expect((await update({ ...right, 'OC-Checksum': 'ADLER32:010a00b1' })).status).toBe(204);
  });

  test('G-3-a: the digest of the part is not said to be that of the file', async () => {
    const wanted = { 'Want-Repr-Digest': 'sha-256=1' };
    expect((await update(wanted)).headers['repr-digest']).toBeUndefined();
    const { headers } = await served.ask('GET', '/f', { headers: wanted });
    const shown = (await update({ ...wanted, Prefer: 'return=representation' })).headers['repr-digest'];
    expect([typeof shown, shown]).toEqual(['string', headers['repr-digest']]);
  });

  test('Z-mtime-a: X-OC-Mtime', async () => {
    expect((await update({ 'X-OC-Mtime': '1000000000' })).headers['x-oc-mtime']).toBe('accepted');
    expect([Math.floor(statSync(at('f')).mtimeMs), readFileSync(at('f'), 'utf8')]).toEqual([1e12, 'abXXef']);
  });

  test('the mode and dead properties stay, of a file that nobody may write too', async () => {
    await proppatch(served, '/f', set('<x:p>kept</x:p>'));
    chmodSync(at('f'), 0o444);
    expect((await update({})).status).toBe(204);
    expect((statSync(at('f')).mode & 0o777).toString(8)).toBe('444');
    expect((await find(served, '/f', prop('<x:p/>'))).text).toContain('>kept<');
  });

  test('through a symbolic link it is the target that changes', async () => {
    writeFileSync(at('col/target'), 'abcdef');
    rmSync(at('f'));
    symlinkSync('col/target', at('f'));
    expect((await update({})).status).toBe(204);
    expect([treeOf(served.folder)['/f'], readFileSync(at('col/target'), 'utf8')]).toEqual(['-> col/target', 'abXXef']);
    rmSync(at('f'));
  });

  test('H-9.3.4-c: broken off, the old content stays', async () => {
    const { ino } = statSync(at('f'));
    const socket = connect(served.port, '127.0.0.1');
    const range = method === 'PUT' ? 'Content-Range: bytes 2-101/*' : `Content-Type: ${TYPE}\r\nX-Update-Range: bytes=2-101`;
    socket.write(`${method} /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n${range}\r\n\r\nhalf`);
    while (staged().length === 0) await new Promise(setImmediate);
    socket.destroy();
    while (staged().length > 0) await new Promise(setImmediate);
    expect([readFileSync(at('f'), 'utf8'), statSync(at('f')).ino]).toEqual(['abcdef', ino]);
  });

  test('H-10.1.1-a: refused before its body is asked for', async () => {
    for (const [range, status] of [
      ['9-13', 416],
      ['2-3', method === 'PUT' ? 400 : 416],
    ] as const) {
      const says = method === 'PUT' ? `Content-Range: bytes ${range}/*` : `Content-Type: ${TYPE}\r\nX-Update-Range: bytes=${range}`;
      const head = `${method} /f HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n${says}\r\n\r\n`;
      expect(await served.raw(head)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n`));
    }
  });
});
