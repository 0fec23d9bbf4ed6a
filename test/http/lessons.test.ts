// What other WebDAV servers got wrong and had to mend, each a test by the name of its lesson. Lessons that stand as rules in other files are not here again.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Locking, startLocking } from './locking.ts';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';
import { CHANGING, READING } from './verbs.ts';

function fill(folder: string): void {
  mkdirSync(join(folder, 'c'), { recursive: true });
  for (const name of ['f', 'c/f', 'c/other']) writeFileSync(join(folder, name), name);
}

describe('a server that only reads', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({ readOnly: true });
    fill(served.folder);
  });
  afterAll(() => served.close());

  test.each(CHANGING)(
    'MOVE deletes, COPY overwrites: %s changes nothing, of what is there and of what is not',
    async (method, headers, body) => {
      const before = treeOf(served.folder);
      for (const target of ['/f', '/c/', '/none', '/c/none'])
        expect([target, (await served.ask(method, target, { headers, ...(body !== undefined && { body }) })).status]).toEqual([
          target,
          403,
        ]);
      expect(treeOf(served.folder)).toEqual(before);
    },
  );
});

describe('one door for every verb', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({ users: [{ name: 'ann', password: 'secret' }], base: '/dav' });
    fill(served.folder);
  });
  afterAll(() => served.close());

  test.each([...CHANGING, ...READING])(
    'without the password %s is 401, and so it is with one that is not right, before anything is said of the path',
    async (method, headers, body) => {
      const before = treeOf(served.folder);
      const wrong = { Authorization: `Basic ${Buffer.from('ann:Secret').toString('base64')}` };
      for (const target of ['/dav/f', '/dav/none', '/dav/%2e%2e/f', '/dav/.dav207'])
        for (const more of [{}, wrong]) {
          const reply = await served.ask(method, target, { headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
          expect([target, reply.status, reply.headers['www-authenticate']]).toEqual([target, 401, expect.stringContaining('Basic')]);
        }
      expect(treeOf(served.folder)).toEqual(before);
    },
  );
});

describe('the token of a lock is for who took it', () => {
  let world: Locking;
  let token: string;
  beforeEach(async () => {
    world = await startLocking(['/f', '/c/f', '/c/other']);
    token = await world.lock('Ann', '/c/');
  });
  afterEach(() => world.close());

  test.each([...CHANGING, ...READING])(
    'no answer to %s of somebody else holds it, nor is it taken from him',
    async (method, headers, body) => {
      for (const submitted of [{}, { If: `</c/> (<${token}>)`, 'Lock-Token': `<${token}>` }])
        for (const target of ['/c/f', '/c/', '/c/new', '/f']) {
          const reply = await world.ask('Bob', method, target, {
            headers: { ...headers, ...submitted },
            ...(body !== undefined && { body }),
          });
          expect([target, JSON.stringify(reply.headers).includes(token), reply.text.includes(token)]).toEqual([target, false, false]);
        }
      expect(world.tree()).toEqual(expect.arrayContaining(['/c/f /c/f', '/c/other /c/other']));
      expect(await world.locksAt('/c/')).toMatchObject([{ token }]);
    },
  );
});

describe('below a mount path', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve({ base: '/long/mount' });
    fill(served.folder);
  });
  afterAll(() => served.close());

  test.each([
    '/',
    '/l',
    '/long',
    '/long/',
    '/long/moun',
    '/long/mounted/x',
    '/LONG/mount/x',
    'http://127.0.0.1:PORT/long',
    'http://127.0.0.1:PORT',
  ])('a Destination outside of it, or shorter than it, is refused: %s', async (to) => {
    const before = treeOf(served.folder);
    for (const method of ['COPY', 'MOVE']) {
      const headers = { Destination: to.replace('PORT', String(served.port)) };
      expect([method, (await served.ask(method, '/long/mount/f', { headers })).status]).toEqual([method, 502]);
    }
    expect(treeOf(served.folder)).toEqual(before);
  });
});

describe('what is told', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
    fill(served.folder);
  });
  afterAll(() => served.close());

  test('who says another host, or another scheme, is not sent there', async () => {
    const headers = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-For': '127.0.0.1',
      Forwarded: 'host=evil.example',
    };
    const replies = [
      await served.ask('PUT', '/new', { headers, body: 'x' }),
      await served.ask('GET', '/c', { headers }),
      await served.ask('PROPFIND', '/', { headers: { ...headers, Depth: '1' } }),
      await served.ask('MKCOL', '/made', { headers }),
    ];
    for (const { status, text, headers: got } of replies) {
      expect([status >= 200 && status < 300 && status !== 0, text.includes('evil')]).toEqual([true, false]);
      expect([got.location ?? '/', got['content-location'] ?? '/']).toEqual([expect.stringMatching(/^\//), expect.stringMatching(/^\//)]);
    }
  });
});
