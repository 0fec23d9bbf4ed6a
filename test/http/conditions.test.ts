// The preconditions of HTTP over real HTTP, in their order, on every method that has them.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

const MODIFIED = 'Sun, 09 Sep 2001 01:46:40 GMT'; // one billion seconds
const EARLIER = 'Sun, 09 Sep 2001 01:46:39 GMT';
const LATER = 'Sun, 09 Sep 2001 01:46:41 GMT';

let served: Served;
let etag: string;

beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'col'));
});
afterAll(() => served.close());

beforeEach(async () => {
  writeFileSync(join(served.folder, 'f'), '0123456789');
  utimesSync(join(served.folder, 'f'), 1e9, 1e9);
  etag = String((await served.ask('HEAD', '/f')).headers.etag);
});

type Headers = Record<string, string>;
/** `E` stands for the current tag of /f. */
const filled = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll('E', etag)]));
const ask = (method: string, target: string, headers: Headers, body?: string) =>
  served.ask(method, target, { headers: filled(headers), ...(body !== undefined && { body }) });

describe('PUT', () => {
  test.each<[string, Headers, number]>([
    ['H-13.1.1-a', { 'If-Match': 'E' }, 204],
    ['H-13.1.1-a', { 'If-Match': '"e0", E' }, 204],
    ['H-13.1.1-a', { 'If-Match': '*' }, 204],
    ['H-13.1.1-a', { 'If-Match': 'W/E' }, 412],
    ['H-13.1.1-b', { 'If-Match': '"e0"' }, 412],
    ['H-13.1.2-a', { 'If-None-Match': '*' }, 412],
    ['H-13.1.2-a', { 'If-None-Match': 'E' }, 412],
    ['H-13.1.2-a', { 'If-None-Match': 'W/E' }, 412],
    ['H-13.1.2-a', { 'If-None-Match': '"e0", E' }, 412],
    ['H-13.1.2-a', { 'If-None-Match': '"e0"' }, 204],
    ['H-13.1.4-a', { 'If-Unmodified-Since': EARLIER }, 412],
    ['H-13.1.4-a', { 'If-Unmodified-Since': MODIFIED }, 204],
    ['H-13.1.4-a', { 'If-Unmodified-Since': LATER }, 204],
    ['H-13.1.4-a', { 'If-Unmodified-Since': 'nonsense' }, 204],
    ['H-13.1.4-a', { 'If-Unmodified-Since': EARLIER, 'If-Match': 'E' }, 204],
    ['H-13.1.3-a', { 'If-Modified-Since': LATER }, 204],
    ['H-13.2.2-a', { 'If-Match': 'E', 'If-None-Match': 'E' }, 412],
  ])('%s: of a file with %j is %d', async (_id, headers, status) => {
    const reply = await ask('PUT', '/f', headers, 'new');
    expect([reply.status, treeOf(served.folder)['/f']]).toEqual([status, status === 204 ? 'new' : '0123456789']);
  });

  test.each<[string, Headers, number]>([
    ['H-13.1.2-a', { 'If-None-Match': '*' }, 201],
    ['H-13.1.2-a', { 'If-None-Match': 'E' }, 201],
    ['H-13.1.1-b', { 'If-Match': '*' }, 412],
    ['H-13.1.1-b', { 'If-Match': 'E' }, 412],
    ['H-13.1.4-a', { 'If-Unmodified-Since': EARLIER }, 201],
  ])('%s: of a new file with %j is %d', async (_id, headers, status) => {
    const reply = await ask('PUT', '/new', headers, 'new');
    expect([reply.status, treeOf(served.folder)['/new']]).toEqual([status, status === 201 ? 'new' : undefined]);
    await served.ask('DELETE', '/new');
  });

  test('H-13.1.2-a: of twenty at once with If-None-Match: * exactly one creates', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => `body ${index}`);
    const replies = await Promise.all(bodies.map((body) => ask('PUT', '/once', { 'If-None-Match': '*' }, body)));
    const winners = bodies.filter((_, index) => replies[index]?.status === 201);
    expect([winners.length, replies.filter(({ status }) => status === 412).length]).toEqual([1, 19]);
    expect((await served.ask('GET', '/once')).text).toBe(winners[0]);
  });

  test('H-13.1.1-b: of two at once from the same tag only one replaces', async () => {
    const replies = await Promise.all(['one', 'two'].map((body) => ask('PUT', '/f', { 'If-Match': 'E' }, body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 412]);
  });
});

test('H-13.1.1-d: a PUT that is repeated with the tag it replaced is 412, though its content is there already', async () => {
  const put = () => ask('PUT', '/f', { 'If-Match': 'E' }, 'the same');
  expect([(await put()).status, (await put()).status, treeOf(served.folder)['/f']]).toEqual([204, 412, 'the same']);
});

describe('GET and HEAD', () => {
  test.each<[string, Headers, number]>([
    ['H-13.1.2-a', { 'If-None-Match': 'E' }, 304],
    ['H-13.1.2-a', { 'If-None-Match': 'W/E' }, 304],
    ['H-13.1.2-a', { 'If-None-Match': '*' }, 304],
    ['H-13.1.2-a', { 'If-None-Match': '"e0", "x,y" , E' }, 304],
    ['H-13.1.2-a', { 'If-None-Match': '"e0"' }, 200],
    ['H-13.1.1-b', { 'If-Match': '"e0"' }, 412],
    ['H-13.1.1-a', { 'If-Match': 'E' }, 200],
    ['H-13.1.3-a', { 'If-Modified-Since': MODIFIED }, 304],
    ['H-13.1.3-a', { 'If-Modified-Since': LATER }, 304],
    ['H-13.1.3-a', { 'If-Modified-Since': EARLIER }, 200],
    ['H-13.1.3-a', { 'If-Modified-Since': 'nonsense' }, 200],
    ['H-13.1.3-a', { 'If-Modified-Since': LATER, 'If-None-Match': '"e0"' }, 200],
    ['H-5.6.7-a', { 'If-Modified-Since': 'Sunday, 09-Sep-01 01:46:40 GMT' }, 304],
    ['H-5.6.7-a', { 'If-Modified-Since': 'Sun Sep  9 01:46:40 2001' }, 304],
    ['H-5.6.7-a', { 'If-Modified-Since': 'Sun Sep  9 01:46:39 2001' }, 200],
    ['H-5.6.7-a', { 'If-Unmodified-Since': 'Sunday, 09-Sep-01 01:46:39 GMT' }, 412],
    ['H-13.1.4-a', { 'If-Unmodified-Since': MODIFIED }, 200],
    ['H-13.2.2-a', { 'If-Match': 'E', 'If-None-Match': 'E' }, 304],
    ['H-13.2.2-a', { 'If-Match': '"e0"', 'If-None-Match': 'E' }, 412],
    ['H-13.2.2-a', { 'If-Unmodified-Since': EARLIER, 'If-None-Match': 'E' }, 412],
  ])('%s: with %j are %d', async (_id, headers, status) => {
    const [get, head] = [await ask('GET', '/f', headers), await ask('HEAD', '/f', headers)];
    expect([get.status, head.status, head.bytes.length]).toEqual([status, status, 0]);
    if (status === 200) expect(get.text).toBe('0123456789');
  });

  test('H-15.4.5-a: 304 says which representation, and no more', async () => {
    const { headers, bytes } = await ask('GET', '/f', { 'If-None-Match': 'E' });
    expect({ ...headers, date: typeof headers.date, connection: undefined }).toEqual({ etag, 'cache-control': 'no-cache', date: 'string' });
    expect(bytes.length).toBe(0);
  });

  test('H-13.2.1-a: a file that is not there is 404 whatever the conditions', async () => {
    const all: Headers[] = [{ 'If-None-Match': '*' }, { 'If-Match': '"x"' }, { 'If-Match': '*' }, { 'If-Unmodified-Since': EARLIER }];
    for (const headers of all) expect((await ask('GET', '/nope', headers)).status).toBe(404);
  });
});

describe('the other methods', () => {
  test.each(['DELETE', 'COPY', 'MOVE', 'PROPPATCH', 'LOCK'])(
    'H-13.1.1-b: %s with a stale If-Match is 412 and does nothing',
    async (method) => {
      const before = treeOf(served.folder);
      const xml =
        method === 'LOCK'
          ? '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>'
          : '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>';
      const body = method === 'LOCK' || method === 'PROPPATCH' ? xml : undefined;
      const common = { Destination: '/other', ...(body && { 'Content-Type': 'application/xml' }) };
      for (const stale of [{ 'If-Match': '"e0"' }, { 'If-None-Match': '*' }, { 'If-Unmodified-Since': EARLIER }]) {
        expect([stale, (await ask(method, '/f', { ...common, ...stale } as Headers, body)).status]).toEqual([stale, 412]);
      }
      expect(treeOf(served.folder)).toEqual(before);
      expect((await served.ask('PROPFIND', '/f', { headers: { Depth: '0' } })).text).not.toMatch(/activelock|<[^>]*displayname>x</);
    },
  );

  test('H-13.1.1-b: MKCOL with If-Match: * is 412, with If-None-Match: * it creates', async () => {
    expect((await ask('MKCOL', '/made', { 'If-Match': '*' })).status).toBe(412);
    expect(treeOf(served.folder)).not.toHaveProperty('/made/');
    expect((await ask('MKCOL', '/made', { 'If-None-Match': '*' })).status).toBe(201);
  });

  test('H-13.1.1-c: COPY and MOVE ask about the source only', async () => {
    writeFileSync(join(served.folder, 'target'), 'old');
    expect((await ask('COPY', '/f', { Destination: '/target', 'If-Match': 'E' })).status).toBe(204);
    expect((await ask('MOVE', '/f', { Destination: '/target', 'If-Match': 'E' })).status).toBe(204);
  });

  test('H-13.1.1-c: the tag of a collection, as PROPFIND tells it, takes part', async () => {
    const tag = /getetag>([^<]+)</.exec((await served.ask('PROPFIND', '/col', { headers: { Depth: '0' } })).text)?.[1];
    expect(tag).toBeDefined();
    const header = { 'If-Match': String(tag).replaceAll('&quot;', '"') };
    writeFileSync(join(served.folder, 'col/member'), 'x');
    expect((await ask('DELETE', '/col', header)).status).toBe(412);
    expect((await ask('DELETE', '/col/member', {})).status).toBe(204);
  });

  test('H-13.2.1-a: a request that fails anyway fails for its own reason', async () => {
    expect((await ask('PUT', '/no/where', { 'If-Match': '"x"' }, 'x')).status).toBe(409);
    expect((await ask('DELETE', '/nope', { 'If-Match': '*' })).status).toBe(404);
    expect((await ask('MKCOL', '/col', { 'If-None-Match': '*' })).status).toBe(405);
    await served.lock('/f', { Timeout: 'Second-60' });
    expect((await ask('PUT', '/f', { 'If-Match': '"e0"' }, 'x')).status).toBe(423);
    expect((await ask('COPY', '/nope', { Destination: '/x', 'If-Match': '"x"' })).status).toBe(404);
  });

  test('H-13.2.1-b: OPTIONS ignores them', async () => {
    expect((await ask('OPTIONS', '/f', { 'If-Match': '"e0"', 'If-None-Match': '*' })).status).toBe(200);
  });
});

test('D-08.5-a: who asks is settled before any condition is looked at', async () => {
  const guarded = await serve({ users: [{ name: 'ann', password: 'secret' }] });
  try {
    writeFileSync(join(guarded.folder, 'f'), 'x');
    const wrong = `Basic ${Buffer.from('ann:wrong').toString('base64')}`;
    for (const Authorization of [wrong, 'Basic !']) {
      for (const [method, headers] of [
        ['GET', { 'If-None-Match': '*' }],
        ['GET', { 'If-Match': '"e0"' }],
        ['PUT', { 'If-None-Match': '*' }],
        ['PUT', { If: '(["e0"])', Prefer: 'return=representation' }],
      ] as const) {
        const { status, text, headers: got } = await guarded.ask(method, '/f', { headers: { Authorization, ...headers } });
        expect([method, status, got.etag, text.includes('x\n')]).toEqual([method, 401, undefined, false]);
      }
    }
  } finally {
    await guarded.close();
  }
});
