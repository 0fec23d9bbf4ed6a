// CORS over real HTTP: which web pages may use the server, and what they are told (Z-cors-a).
import { afterEach, describe, expect, test } from '@jest/globals';
import type { WebdavOptions } from '../../src/index.ts';
import { DAV_CLASSES, type Served, serve } from './serve.ts';

const APP = 'https://app.example';
let served: Served;
afterEach(() => served.close());

const PREFLIGHT = { Origin: APP, 'Access-Control-Request-Method': 'PROPFIND', 'Access-Control-Request-Headers': 'authorization, depth' };

/** The headers of CORS in the answer. */
async function told(method: string, target: string, headers: Record<string, string>) {
  const reply = await served.ask(method, target, { headers });
  const cors = Object.entries(reply.headers).filter(([name]) => name.startsWith('access-control-'));
  return { status: reply.status, vary: reply.headers.vary, ...Object.fromEntries(cors.map(([name, value]) => [name.slice(15), value])) };
}

async function start(options: Partial<WebdavOptions> & { readonly base?: string }): Promise<void> {
  served = await serve(options);
  await served.ask('PUT', `${options.base ?? ''}/f`, { body: 'x' });
}

describe('Z-cors-a: a page of a named origin', () => {
  test.each(['/f', '/none', '/'])('may ask before it asks %s, without a password', async (target) => {
    await start({ cors: ['http://other.example', APP], users: [{ name: 'ann', password: 'a' }] });
    const { 'allow-methods': methods, ...rest } = (await told('OPTIONS', target, PREFLIGHT)) as Record<string, unknown>;
    expect(rest).toEqual({
      status: 204,
      vary: 'Origin',
      'allow-origin': APP,
      'allow-credentials': 'true',
      'allow-headers': 'authorization, depth',
      'max-age': '3600',
    });
    expect(String(methods).split(', ')).toEqual(
      'OPTIONS GET HEAD PUT PATCH MKCOL DELETE COPY MOVE PROPFIND PROPPATCH LOCK UNLOCK'.split(' '),
    );
  });

  test('reads the answers, failures too, and the headers of WebDAV in them', async () => {
    await start({ cors: [APP] });
    for (const [method, target, status] of [
      ['GET', '/f', 200],
      ['GET', '/none', 404],
      ['OPTIONS', '/f', 200],
      ['MOVE', '/f', 400],
    ] as const) {
      const { 'expose-headers': exposed, ...rest } = (await told(method, target, { Origin: APP })) as Record<string, unknown>;
      expect(rest).toEqual({ status, vary: 'Origin', 'allow-origin': APP, 'allow-credentials': 'true' });
      expect(String(exposed).split(', ')).toEqual(
        expect.arrayContaining(['DAV', 'ETag', 'Lock-Token', 'Location', 'Content-Range', 'OC-Checksum']),
      );
    }
    expect((await told('PROPFIND', '/f', { Origin: APP, Depth: '0' })).vary).toBe('Origin, Prefer, Brief, Depth');
    expect((await served.ask('OPTIONS', '/f', { headers: { Origin: APP } })).headers.dav).toBe(DAV_CLASSES);
  });

  test('is told so when a password is missing', async () => {
    await start({ cors: [APP], users: [{ name: 'ann', password: 'a' }] });
    expect(await told('GET', '/f', { Origin: APP })).toMatchObject({ status: 401, 'allow-origin': APP });
  });

  test('may look at what is above the mount path, as any client', async () => {
    await start({ cors: [APP], base: '/a/b' });
    for (const target of ['/', '/a/', '/a/b/f']) {
      expect(await told('OPTIONS', target, PREFLIGHT)).toMatchObject({ status: 204, 'allow-origin': APP });
      expect(await told('HEAD', target, { Origin: APP })).toMatchObject({ status: 200, 'allow-origin': APP });
    }
  });
});

test('Z-cors-a: with *, a page of any origin, and never with the credentials of the person', async () => {
  await start({ cors: ['*'] });
  expect(await told('GET', '/f', { Origin: 'null' })).toMatchObject({ status: 200, 'allow-origin': '*' });
  const preflight = await told('OPTIONS', '/f', PREFLIGHT);
  expect(preflight).toMatchObject({ status: 204, 'allow-origin': '*', 'allow-headers': 'authorization, depth' });
  expect(preflight).not.toHaveProperty('allow-credentials');
});

test('Z-cors-a: with * and a name, the named one has its credentials', async () => {
  await start({ cors: ['*', APP] });
  expect(await told('GET', '/f', { Origin: APP })).toMatchObject({ 'allow-origin': APP, 'allow-credentials': 'true' });
  expect(await told('GET', '/f', { Origin: 'https://b.example' })).not.toHaveProperty('allow-credentials');
});

describe('Z-cors-a: not let in', () => {
  const nothing = { status: 200, vary: 'Origin' };

  test.each(['https://app.example.evil', 'http://app.example', 'https://app.example:8443', 'null', 'https://APP.example'])(
    'a page of %s',
    async (origin) => {
      await start({ cors: [APP] });
      expect(await told('GET', '/f', { Origin: origin })).toEqual(nothing);
      expect(await told('OPTIONS', '/f', { ...PREFLIGHT, Origin: origin })).toEqual(nothing);
      expect(await told('GET', '/f', {})).toEqual(nothing);
    },
  );

  test('anybody, by default', async () => {
    await start({});
    expect(await told('GET', '/f', { Origin: APP })).toEqual({ status: 200, vary: undefined });
    const preflight = await served.ask('OPTIONS', '/f', { headers: PREFLIGHT });
    expect([preflight.status, preflight.headers.dav, preflight.headers['access-control-allow-origin']]).toEqual([
      200,
      DAV_CLASSES,
      undefined,
    ]);
  });
});
