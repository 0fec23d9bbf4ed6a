// OPTIONS, Allow, and what is no method here: capability discovery over real HTTP.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAV_CLASSES, type Served, serve } from './serve.ts';

describe('OPTIONS', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
    writeFileSync(join(served.folder, 'f.txt'), 'x');
  });
  afterAll(() => served.close());

  test.each([
    ['/', 'OPTIONS, GET, HEAD, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK'],
    ['/f.txt', 'OPTIONS, GET, HEAD, PUT, PATCH, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK'],
    ['/unmapped', 'OPTIONS, PUT, MKCOL, LOCK'],
  ])('D-10.1-a, H-9.3.7-a: of %s lists what applies to it', async (target, allow) => {
    const { status, headers } = await served.ask('OPTIONS', target, { headers: { 'If-Match': '"x"' } });
    expect({ status, allow: headers.allow, dav: headers.dav, author: headers['ms-author-via'], length: headers['content-length'] }).toEqual(
      {
        status: 200,
        allow,
        dav: DAV_CLASSES,
        author: 'DAV',
        length: '0',
      },
    );
  });

  test('H-9.3.7-a, P-5789-3-a: Accept-Patch where PATCH works, and nowhere else', async () => {
    const accepted = async (target: string) => (await served.ask('OPTIONS', target)).headers['accept-patch'];
    expect([await accepted('/f.txt'), await accepted('/'), await accepted('/unmapped')]).toEqual([
      'application/x-sabredav-partialupdate',
      undefined,
      undefined,
    ]);
  });

  test('H-9.3.7-c: OPTIONS * is about the server, not about a resource', async () => {
    const answer = await served.raw('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toMatch(/^DAV:/m);
  });

  test('H-15.6.2-a: an unknown method is 501, whether or not the parser knows it', async () => {
    expect(await served.raw('FOO / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/);
    expect((await served.ask('BIND', '/')).status).toBe(501);
  });

  test('0.1: bad syntax in If is told before anything about the resource', async () => {
    for (const [method, target] of [
      ['GET', '/unmapped'],
      ['PUT', '/'],
      ['MKCOL', '/f.txt'],
      ['PROPFIND', '/unmapped'],
      ['PUT', '/no/parent'],
    ] as const) {
      expect([method, target, (await served.ask(method, target, { headers: { If: '(<urn:x' } })).status]).toEqual([method, target, 400]);
    }
  });

  test('H-10.2.1-a: every 405 says what is allowed', async () => {
    const post = await served.ask('POST', '/f.txt');
    expect([post.status, post.headers.allow]).toEqual([
      405,
      'OPTIONS, GET, HEAD, PUT, PATCH, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK',
    ]);
    const put = await served.ask('PUT', '/', { body: 'x' });
    expect([put.status, put.headers.allow]).toEqual([405, 'OPTIONS, GET, HEAD, DELETE, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK']);
  });
});

describe('OPTIONS with users', () => {
  test('H-11.6.1-a, U-11.6.1-a, U-7617-2-a, U-7617-2-b: needs no password, while everything else does', async () => {
    const served = await serve({ users: [{ name: 'ann', password: 'b:är' }] });
    try {
      expect((await served.ask('OPTIONS', '/')).headers.dav).toBe(DAV_CLASSES);
      const refused = await served.ask('PROPFIND', '/', { headers: { Depth: '0', 'If-None-Match': '*' } });
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="dav207", charset="UTF-8"']);
      const authorization = `basic ${Buffer.from('ann:b:är').toString('base64')}`;
      expect((await served.ask('PROPFIND', '/', { headers: { Depth: '0', Authorization: authorization } })).status).toBe(207);
      for (const bad of ['Basic !!!', 'Basic YW5u', 'Bearer x', `Basic ${Buffer.from('ann:wrong').toString('base64')}`]) {
        const { status, headers } = await served.ask('GET', '/', { headers: { Authorization: bad } });
        expect([status, headers['www-authenticate']]).toEqual([401, refused.headers['www-authenticate']]);
      }
    } finally {
      await served.close();
    }
  });
});

describe('a read-only server', () => {
  test('promises no locks and refuses every change with 403, which no client takes for something else', async () => {
    const served = await serve({ readOnly: true });
    try {
      const { headers } = await served.ask('OPTIONS', '/');
      expect([headers.dav, headers.allow]).toEqual(['1, 3', 'OPTIONS, GET, HEAD, PROPFIND']);
      for (const method of ['PUT', 'PATCH', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'PROPPATCH', 'LOCK', 'UNLOCK']) {
        expect([method, (await served.ask(method, '/x', { headers: { Destination: '/y' } })).status]).toEqual([method, 403]);
      }
      const found = await served.ask('PROPFIND', '/', { headers: { Depth: '1' } });
      expect(found.status).toBe(207);
      // LibreOffice opens a document read-only because its LOCK is 403, and sends none where none is listed.
      expect(found.text).toMatch(/<D:supportedlock><D:lockentry><D:lockscope><D:exclusive\/>/);
    } finally {
      await served.close();
    }
  });
});
