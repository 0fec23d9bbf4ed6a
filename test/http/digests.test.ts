// Digests and checksums of uploads and downloads over real HTTP: what is said is checked while the body comes, what is wanted is told.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
const staged = () => (existsSync(join(served.folder, '.dav207/tmp')) ? readdirSync(join(served.folder, '.dav207/tmp')) : []);
const put = (target: string, headers: Record<string, string>, body: string | Buffer | string[]) =>
  served.ask('PUT', target, { headers, body });

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());
beforeEach(async () => {
  await served.ask('DELETE', '/new');
  writeFileSync(join(served.folder, 'f'), 'old');
});

const JSON_TEXT = '{"hello": "world"}';
const JSON_DIGEST = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
const digest = (algorithm: 'sha256' | 'sha512', content: string | Buffer) =>
  `${algorithm.replace('sha', 'sha-')}=:${createHash(algorithm).update(content).digest('base64')}:`;
const WRONG = digest('sha256', 'something else');

describe.each([
  ['G-2-a', 'Content-Digest'],
  ['G-3-a', 'Repr-Digest'],
])('%s: %s of an upload', (_id, field) => {
  test.each<[string, string]>([
    ['right, as RFC 9530 has it', JSON_DIGEST],
    ['of both algorithms', `${digest('sha512', JSON_TEXT)}, ${JSON_DIGEST}`],
    ['an unknown algorithm beside the right one', `sha-3000=:AAAA:, ${JSON_DIGEST};x`],
    ['only an unknown algorithm', 'sha-3000=:AAAA:'],
    ['G-5-a: wrong, by algorithms that are never relied on', 'md5=:AAAA:, sha=:AAAA:, unixsum=:AAAA:, crc32c=:AAAA:'],
    ['ill-formed, and so not there', `${WRONG}, `],
    ['of another type, and so not there', 'sha-256="abc"'],
    ['nothing', ''],
  ])('%s: stored', async (_what, value) => {
    const reply = await put('/new', { [field]: value }, JSON_TEXT);
    expect([reply.status, reply.text, treeOf(served.folder)['/new']]).toEqual([201, '', JSON_TEXT]);
  });

  test.each<[string, string]>([
    ['wrong', WRONG],
    ['wrong beside a right one', `${digest('sha512', JSON_TEXT)}, ${WRONG}`],
    ['too short', 'sha-256=:AAAA:'],
    ['empty', 'sha-512=::'],
  ])('%s: 400 with one sentence, and nothing is stored', async (_what, value) => {
    const before = treeOf(served.folder);
    for (const [target, body] of [
      ['/f', JSON_TEXT],
      ['/new', JSON_TEXT],
      ['/f', ['{"hello"', ': "world"}']],
    ] as const) {
      const reply = await put(target, { [field]: value }, body as string);
      expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([
        400,
        'text/plain; charset=utf-8',
        `The upload is not what its ${field} says; nothing was changed.\n`,
      ]);
      expect([treeOf(served.folder), staged()]).toEqual([before, []]);
    }
  });

  test('of an empty upload', async () => {
    expect((await put('/new', { [field]: digest('sha256', '') }, '')).status).toBe(201);
    expect((await put('/new', { [field]: WRONG }, '')).status).toBe(400);
  });
});

describe('Z-cksum-a: OC-Checksum of an upload', () => {
  const hex = (algorithm: string) => createHash(algorithm).update('new content').digest('hex');

  test.each([
    `SHA1:${hex('sha1')}`,
    `sha1:${hex('sha1').toUpperCase()}`,
    `MD5:${hex('md5')}`,
    `SHA256:${hex('sha256')}`,
    `SHA512:${hex('sha512')}`,
    'Adler32:19aa0466',
    `SHA1:${hex('sha1')} MD5:${hex('md5')} ADLER32:19aa0466`,
    'SHA3-256:00',
    'whatever',
  ])('%s: stored', async (value) => {
    expect((await put('/f', { 'OC-Checksum': value }, 'new content')).status).toBe(204);
    expect(treeOf(served.folder)['/f']).toBe('new content');
  });

  test.each([
    `SHA1:${hex('md5')}`,
    'SHA1:',
    'MD5:zz',
    `SHA1:${hex('sha1')} MD5:${hex('sha1')}`,
    'ADLER32:00000001',
    `sha1:${hex('md5')}`,
    'Adler32:00000001',
    `SHA1:${hex('sha1').slice(2)}`,
  ])('%s: 400, and nothing is stored', async (value) => {
    const reply = await put('/f', { 'OC-Checksum': value }, 'new content');
    expect([reply.status, reply.text]).toEqual([400, 'The upload is not what its OC-Checksum says; nothing was changed.\n']);
    expect([treeOf(served.folder)['/f'], staged()]).toEqual(['old', []]);
    expect((await put('/new', { 'OC-Checksum': value }, 'new content')).status).toBe(400);
    expect(treeOf(served.folder)['/new']).toBeUndefined();
  });
});

describe('G-4-a: a digest that is wanted', () => {
  const ten = '0123456789';
  const ask = (method: string, headers: Record<string, string>, target = '/ten') => served.ask(method, target, { headers });
  const told = ({ headers }: Awaited<ReturnType<typeof ask>>) => [headers['repr-digest'], headers['content-digest']];
  beforeAll(() => writeFileSync(join(served.folder, 'ten'), ten));

  test.each<[string, string | undefined]>([
    ['sha-256=1', digest('sha256', ten)],
    ['sha-256=3, sha-512=10', digest('sha512', ten)],
    ['sha-256=10, sha-512=3, md5=10', digest('sha256', ten)],
    ['sha-256=0', undefined],
    ['md5=10', undefined],
    ['sha-256=99', undefined],
    ['nonsense!', undefined],
  ])('%s', async (wanted, value) => {
    const got = await ask('GET', { 'Want-Repr-Digest': wanted, 'Want-Content-Digest': wanted });
    expect([got.status, got.text, ...told(got)]).toEqual([200, ten, value, value]);
    const head = await ask('HEAD', { 'Want-Repr-Digest': wanted, 'Want-Content-Digest': wanted });
    expect([head.status, head.headers['content-length'], ...told(head)]).toEqual([200, '10', value, undefined]);
  });

  test('not wanted, not told', async () => expect(told(await ask('GET', {}))).toEqual([undefined, undefined]));

  test('G-3-a: of a part, Content-Digest is of the part and Repr-Digest of the whole', async () => {
    const headers = { 'Want-Repr-Digest': 'sha-512=1', 'Want-Content-Digest': 'sha-256=1' };
    const part = await ask('GET', { ...headers, Range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers['content-length'], ...told(part)]).toEqual([
      206,
      '234',
      '3',
      digest('sha512', ten),
      digest('sha256', '234'),
    ]);
    const parts = await ask('GET', { ...headers, Range: 'bytes=0-1,5-6' });
    expect([parts.status, parts.headers['content-length'], ...told(parts)]).toEqual([
      206,
      String(parts.bytes.length),
      digest('sha512', ten),
      undefined,
    ]);
  });

  test('304, 416 and a collection have none', async () => {
    const headers = { 'Want-Repr-Digest': 'sha-256=1', 'Want-Content-Digest': 'sha-256=1' };
    const { etag } = (await ask('HEAD', {})).headers;
    for (const [status, reply] of [
      [304, await ask('GET', { ...headers, 'If-None-Match': String(etag) })],
      [416, await ask('GET', { ...headers, Range: 'bytes=50-' })],
      [200, await ask('GET', headers, '/')],
      [404, await ask('GET', headers, '/nothing')],
    ] as const)
      expect([reply.status, ...told(reply)]).toEqual([status, undefined, undefined]);
  });

  test('is that of the content now, whoever wrote it', async () => {
    const wanted = { 'Want-Repr-Digest': 'sha-256=1' };
    for (const content of ['one', 'two', Buffer.alloc(1_000_000, 7)]) {
      writeFileSync(join(served.folder, 'changing'), content);
      expect(told(await ask('HEAD', wanted, '/changing'))[0]).toBe(digest('sha256', content));
    }
    await put('/changing', {}, 'three');
    expect(told(await ask('GET', wanted, '/changing'))[0]).toBe(digest('sha256', 'three'));
  });

  test('in the answer to PUT it is that of the file that was stored', async () => {
    const created = await put('/new', { 'Want-Repr-Digest': 'sha-256=1', 'Want-Content-Digest': 'sha-256=1' }, 'sent');
    expect([created.status, ...told(created)]).toEqual([201, digest('sha256', 'sent'), undefined]);
    const replaced = await put('/new', { 'Want-Repr-Digest': 'sha-512=1' }, 'again');
    expect([replaced.status, ...told(replaced)]).toEqual([204, digest('sha512', 'again'), undefined]);
  });
});
