// Range and If-Range over real HTTP, on ten bytes.
import { existsSync, readdirSync, readlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Reply, type Served, serve } from './serve.ts';

let served: Served;
let etag: string;
let modified: string;

beforeAll(async () => {
  served = await serve();
  writeFileSync(join(served.folder, 'ten.txt'), '0123456789');
  utimesSync(join(served.folder, 'ten.txt'), 1e9, 1e9);
  writeFileSync(join(served.folder, 'empty'), '');
  const { headers } = await served.ask('HEAD', '/ten.txt');
  etag = String(headers.etag);
  modified = String(headers['last-modified']);
});
afterAll(() => served.close());

const get = (range: string, headers: Record<string, string> = {}, target = '/ten.txt') =>
  served.ask('GET', target, { headers: { Range: range, ...headers } });

/** Files of the folder that this process, which is also the server, has open. */
function openIn(folder: string): string[] {
  const links = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : [];
  const files = links.map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  return files.filter((file) => file.startsWith(join(folder, 'big')));
}

/** The parts of a `multipart/byteranges` body, read as RFC 2046 §5.1.1 says: headers, an empty line, content. */
function partsOf({ headers, text }: Reply): { type: string | undefined; range: string | undefined; content: string }[] {
  const boundary = /^multipart\/byteranges; boundary=([\w'()+,./:=?-]{1,70})$/.exec(String(headers['content-type']))?.[1];
  if (!boundary) throw new Error(`no boundary in ${headers['content-type']}`);
  const [preamble, ...rest] = `\r\n${text.replace(/^\r\n/, '')}`.split(`\r\n--${boundary}`);
  expect([preamble, rest.pop()]).toEqual(['', '--\r\n']);
  return rest.map((part) => {
    const [, head, content] = /^\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(part) ?? [];
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head ?? '')?.[1];
    return { type: field('Content-Type'), range: field('Content-Range'), content: content ?? '' };
  });
}

describe('one range', () => {
  test.each([
    ['H-14.2-b', 'bytes=2-4', '234', 'bytes 2-4/10'],
    ['H-14.1.2-a', 'bytes=5-', '56789', 'bytes 5-9/10'],
    ['H-14.1.2-a', 'bytes=-3', '789', 'bytes 7-9/10'],
    ['H-14.1.2-a', 'bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['H-14.1.2-a', 'bytes=8-99', '89', 'bytes 8-9/10'],
    ['H-14.1.2-a', 'bytes=9-9', '9', 'bytes 9-9/10'],
    ['H-14.1.2-c', 'bytes=0-99999999999999999999', '0123456789', 'bytes 0-9/10'],
    ['H-15.3.7.2-b', 'bytes=0-3,2-5', '012345', 'bytes 0-5/10'],
    ['H-15.3.7.2-b', 'bytes=1-2,50-60', '12', 'bytes 1-2/10'],
    ['the unit in capitals', 'BYTES=0-0', '0', 'bytes 0-0/10'],
  ])('%s: %s is one part', async (_id, range, content, contentRange) => {
    const { status, headers, text } = await get(range);
    expect([status, text, headers['content-range'], headers['content-length'], headers['content-type']]).toEqual([
      206,
      content,
      contentRange,
      String(content.length),
      'text/plain; charset=utf-8',
    ]);
  });

  test('H-15.3.7-a: carries the metadata that a 200 has', async () => {
    const { headers } = await get('bytes=0-0');
    expect([headers.etag, headers['cache-control'], headers.date]).toEqual([etag, 'no-cache', expect.any(String)]);
    expect([headers['last-modified'], headers['content-type']]).toEqual([modified, 'text/plain; charset=utf-8']);
  });

  test.each(['the tag', 'the date'])('H-15.3.7-a: leaves out what the client has already, when it has %s in If-Range', async (what) => {
    const mine = { 'If-Range': what === 'the tag' ? etag : modified };
    const { status, headers, text } = await get('bytes=2-4', mine);
    expect([status, text, headers['content-range'], headers['content-length']]).toEqual([206, '234', 'bytes 2-4/10', '3']);
    expect([headers.etag, headers['cache-control'], headers.date]).toEqual([etag, 'no-cache', expect.any(String)]);
    expect([headers['last-modified'], headers['content-type']]).toEqual([undefined, undefined]);
    const several = await get('bytes=0-1,8-9', mine);
    expect([several.status, several.headers.etag, several.headers['last-modified']]).toEqual([206, etag, undefined]);
    expect(partsOf(several).map(({ content }) => content)).toEqual(['01', '89']);
    const whole = await get('bytes=2-4', { 'If-Range': '"e0"' });
    expect([whole.status, whole.headers['last-modified'], whole.headers['content-type']]).toEqual([
      200,
      modified,
      'text/plain; charset=utf-8',
    ]);
  });
});

describe('several ranges', () => {
  test('H-15.3.7.2-a: each its own part, in the order asked for, without what lies outside', async () => {
    const reply = await get('bytes=5-6, 0-1,99-, -1');
    expect([reply.status, reply.headers['content-range'], reply.headers['content-length']]).toEqual([
      206,
      undefined,
      String(reply.bytes.length),
    ]);
    const type = 'text/plain; charset=utf-8';
    expect(partsOf(reply)).toEqual([
      { type, range: 'bytes 5-6/10', content: '56' },
      { type, range: 'bytes 0-1/10', content: '01' },
      { type, range: 'bytes 9-9/10', content: '9' },
    ]);
  });

  test('H-15.3.7.2-a: binary parts are exact', async () => {
    const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7) % 256));
    writeFileSync(join(served.folder, 'big'), bytes);
    const { headers, bytes: body } = await get('bytes=0-300000,400000-', {}, '/big');
    expect(Number(headers['content-length'])).toBe(body.length);
    const start = body.indexOf('\r\n\r\n') + 4;
    expect(body.subarray(start, start + 300_001).equals(bytes.subarray(0, 300_001))).toBe(true);
    const second = body.indexOf('\r\n\r\n', start + 300_001) + 4;
    expect(body.subarray(second, second + 300_000).equals(bytes.subarray(400_000))).toBe(true);
  });

  test('nothing stays open, whether all parts were read or the client went away', async () => {
    truncateSync(join(served.folder, 'big'), 50_000_000);
    await get('bytes=0-9,20-29', {}, '/big');
    await served.raw('GET /big HTTP/1.1\r\nHost: x\r\nRange: bytes=0-20000000,30000000-\r\n\r\n', /Content-Range/);
    for (let turn = 0; openIn(served.folder).length > 0; turn++) {
      expect(turn).toBeLessThan(100_000);
      await new Promise(setImmediate);
    }
  });

  test('H-14.2-d: a thousand ranges are answered with the whole', async () => {
    const { status, text, headers } = await get(`bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(',')}`);
    expect([status, text, headers['content-range']]).toEqual([200, '0123456789', undefined]);
  });
});

describe('no range', () => {
  test.each(['bytes=10-', 'bytes=-0', 'bytes=10-20,30-'])('H-15.5.17-a: %s lies outside', async (range) => {
    const { status, headers, text } = await get(range);
    expect([status, headers['content-range']]).toEqual([416, 'bytes */10']);
    expect(text).not.toMatch(/\d{2}/);
  });

  test.each(['bytes=5-2', 'bytes=abc', 'items=0-1', 'bytes=', 'bytes=-', 'bytes=1-2,x', '0-1'])(
    'H-14.2-c: %s is ignored',
    async (range) => {
      const { status, text, headers } = await get(range);
      expect([status, text, headers['content-range'], headers['accept-ranges']]).toEqual([200, '0123456789', undefined, 'bytes']);
    },
  );

  test.each(['bytes=0-', 'bytes=-1', 'bytes=5-'])('H-14.1.2-b: %s of an empty file is the empty file', async (range) => {
    const { status, headers, bytes } = await get(range, {}, '/empty');
    expect([status, headers['content-length'], bytes.length]).toEqual([200, '0', 0]);
  });

  test('H-14.2-a: HEAD and PUT ignore it', async () => {
    const head = await served.ask('HEAD', '/ten.txt', { headers: { Range: 'bytes=2-4' } });
    expect([head.status, head.headers['content-length'], head.headers['content-range']]).toEqual([200, '10', undefined]);
    expect((await served.ask('PUT', '/put', { headers: { Range: 'bytes=0-0' }, body: 'abc' })).status).toBe(201);
    expect((await served.ask('GET', '/put')).text).toBe('abc');
  });

  test('a page of a collection has none', async () => {
    const { status, headers } = await get('bytes=0-3', {}, '/');
    expect([status, headers['content-range'], headers['accept-ranges']]).toEqual([200, undefined, undefined]);
  });

  test('H-14.4-a: Content-Range in a GET or DELETE is ignored', async () => {
    writeFileSync(join(served.folder, 'gone'), 'x');
    const headers = { 'Content-Range': 'bytes 0-0/10' };
    expect((await served.ask('GET', '/ten.txt', { headers })).text).toBe('0123456789');
    expect((await served.ask('DELETE', '/gone', { headers })).status).toBe(204);
  });
});

describe('H-13.1.5-a: If-Range', () => {
  const cases: [string, () => string, number][] = [
    ['the tag', () => etag, 206],
    ['another tag', () => '"e0"', 200],
    ['the tag made weak', () => `W/${etag}`, 200],
    ['a list that holds the tag', () => `"e0", ${etag}`, 200],
    ['the date', () => modified, 206],
    ['an earlier date', () => 'Sun, 09 Sep 2001 01:46:39 GMT', 200],
    ['a later date', () => 'Sun, 09 Sep 2001 01:46:41 GMT', 200],
    ['the date in the form of RFC 850', () => 'Sunday, 09-Sep-01 01:46:40 GMT', 206],
    ['nonsense', () => 'yesterday', 200],
  ];
  test.each(cases)('%s', async (_what, value, status) => {
    const reply = await get('bytes=0-4', { 'If-Range': value() });
    expect([reply.status, reply.text]).toEqual([status, status === 206 ? '01234' : '0123456789']);
  });

  test('a date within the last second is not strong', async () => {
    writeFileSync(join(served.folder, 'fresh'), 'fresh');
    utimesSync(join(served.folder, 'fresh'), new Date(), new Date(Date.now() + 3_600_000)); // shown as now: the clamp says so
    const { headers } = await served.ask('HEAD', '/fresh');
    const reply = await get('bytes=0-0', { 'If-Range': String(headers['last-modified']) }, '/fresh');
    expect([reply.status, reply.text]).toEqual([200, 'fresh']);
  });

  test('without Range it means nothing', async () => {
    expect((await served.ask('GET', '/ten.txt', { headers: { 'If-Range': etag } })).status).toBe(200);
  });

  test('a false one makes an unsatisfiable Range harmless', async () => {
    expect((await get('bytes=50-', { 'If-Range': '"e0"' })).status).toBe(200);
  });
});

describe('H-14.2-e: conditions come first', () => {
  test('304 and 412 beat 206 and 416', async () => {
    for (const range of ['bytes=0-0', 'bytes=99-']) {
      const fresh = await get(range, { 'If-None-Match': etag });
      expect([fresh.status, fresh.bytes.length, fresh.headers['content-range']]).toEqual([304, 0, undefined]);
      expect((await get(range, { 'If-Match': '"e0"' })).status).toBe(412);
    }
  });
});
