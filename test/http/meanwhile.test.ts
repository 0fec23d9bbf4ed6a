// Another program removes or replaces what a request is about, in the middle of it: no crash, no 5xx, and nothing of anybody's is lost.
import { mkdirSync, readdirSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import type { Service } from '../../src/server/service.ts';
import { memoryState } from '../../src/state/memory.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';
import { treeOf } from './tree.ts';

let served: Served;
/** Done once: when a collection has given its first members, or before a file is copied or something renamed. */
let meanwhile: { readonly at: string; readonly act: () => void } | undefined;
const at = (path: string) => join(served.folder, path);

function met(where: string): void {
  if (meanwhile?.at !== where) return;
  const { act } = meanwhile;
  meanwhile = undefined;
  act();
}

/** The real store. */
function service(folder: string): Service {
  const real = filesystemStore({ folder });
  const state = memoryState();
  const store = {
    ...real,
    bulk: undefined, // one by one, so that something can happen in between
    async *list(...asked: Parameters<typeof real.list>) {
      met(`before ${asked[0]}`);
      for await (const batch of real.list(...asked)) {
        for (const member of batch) {
          yield [member];
          met(`in ${asked[0]}`);
        }
      }
    },
    copyFile: async (...asked: Parameters<typeof real.copyFile>) => {
      met(`copy ${asked[0]}`);
      return real.copyFile(...asked);
    },
    rename: async (...asked: Parameters<typeof real.rename>) => {
      met(`rename ${asked[0]}`);
      return real.rename(...asked);
    },
  };
  const options = { ...DEFAULTS, depthInfinity: true };
  const context = { store, state, gate: new Gate(), digests: new Digests(), options, now: Date.now, warn: () => {} };
  return { context, listensAt: () => {}, close: () => state.close() };
}

/** More than the store lists at once. */
const MANY = Array.from({ length: 300 }, (_, index) => `/c/many/${String(index).padStart(3, '0')}`);
const make = (files: readonly string[]) => {
  for (const file of files) {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), file);
  }
};
beforeEach(async () => {
  meanwhile = undefined;
  served = await serve({ service });
  make(['/c/a', '/c/sub/x', '/c/sub/y', '/c/z']);
});
afterEach(() => served.close());

const replaced = () => {
  rmSync(at('/c/sub'), { recursive: true });
  writeFileSync(at('/c/sub'), 'a file by now');
};
const removed = () => rmSync(at('/c/sub'), { recursive: true });
const emptied = () => {
  for (const path of MANY.filter((_, index) => index % 2 === 0)) rmSync(at(path), { force: true });
};
const left = () => readdirSync(served.folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.dav207-|tmp\/./.test(path));

describe.each(['1', 'infinity'])('PROPFIND, Depth %s', (depth) => {
  test('of members that go while they are listed has the others, each of them whole', async () => {
    make(MANY);
    meanwhile = { at: 'in /c/many', act: emptied };
    const reply = await served.ask('PROPFIND', '/c/many/', { headers: { Depth: depth } });
    const hrefs = rowsOf(reply).map(({ href }) => href);
    expect([reply.status, meanwhile]).toEqual([207, undefined]);
    expect(hrefs).toEqual(expect.arrayContaining(['/c/many/', ...MANY.filter((_, index) => index % 2 === 1)]));
    expect(reply.text).not.toMatch(/HTTP\/1\.1 [45]0[^4]/);
  });

  test.each([
    ['is gone', removed],
    ['is a file', replaced],
  ])('of a collection that %s when it comes to be listed is not cut off', async (_what, act) => {
    const target = depth === '1' ? '/c/sub/' : '/c/';
    meanwhile = { at: 'before /c/sub', act };
    const reply = await served.ask('PROPFIND', target, { headers: { Depth: depth } });
    const hrefs = rowsOf(reply).map(({ href }) => href);
    expect([reply.status, meanwhile, hrefs.includes('/c/sub/'), hrefs.includes('/c/sub/x')]).toEqual([207, undefined, true, false]);
  });
});

describe('COPY', () => {
  const copy = (handling: string) => served.ask('COPY', '/c/', { headers: { Destination: '/new/', Prefer: `handling=${handling}` } });

  test.each<[string, string, () => void, string, number]>([
    ['a member that is gone', 'copy /c/sub/x', () => unlinkSync(at('/c/sub/x')), '/c/sub/x', 404],
    ['a collection that is gone', 'before /c/sub', removed, '/c/sub/', 404],
    ['a collection that is a file', 'before /c/sub', replaced, '/c/sub/', 409],
  ])('of %s: the others are copied, and it has a row; strictly nothing is', async (_what, where, act, href, why) => {
    meanwhile = { at: where, act };
    const lenient = await copy('lenient');
    expect(rowsOf(lenient).filter(({ status }) => status !== 424)).toMatchObject([{ href, status: why }]);
    expect([lenient.status, treeOf(at('/new'))]).toMatchObject([207, { '/a': '/c/a', '/z': '/c/z' }]);
    rmSync(at('/new'), { recursive: true });
    rmSync(at('/c/sub'), { recursive: true, force: true });
    mkdirSync(at('/c/sub'));
    writeFileSync(at('/c/sub/x'), 'x');
    meanwhile = { at: where, act };
    const strict = await copy('strict');
    expect([strict.status, readdirSync(served.folder).includes('new'), left()]).toEqual([why, false, []]);
  });
});

describe('DELETE', () => {
  test('of members that go by themselves meanwhile is done', async () => {
    make(MANY);
    meanwhile = { at: 'in /c/many', act: emptied };
    expect([(await served.ask('DELETE', '/c/')).status, meanwhile, treeOf(served.folder)]).toEqual([204, undefined, {}]);
  });

  test.each(['lenient', 'strict'])(
    'of a collection that is a file by now, %s: the file goes as a whole or stays, and has a row',
    async (handling) => {
      meanwhile = { at: handling === 'strict' ? 'rename /c' : 'before /c/sub', act: replaced };
      const reply = await served.ask('DELETE', '/c/', { headers: { Prefer: `handling=${handling}` } });
      expect(meanwhile).toBe(undefined);
      if (handling === 'strict') expect([reply.status, treeOf(served.folder), left()]).toEqual([204, {}, []]);
      else
        expect([reply.status, rowsOf(reply).map(({ href, status }) => [href, status]), treeOf(served.folder)]).toEqual([
          207,
          [
            ['/c/', 424],
            ['/c/sub/', 409],
          ],
          { '/c/': '', '/c/sub': 'a file by now' },
        ]);
    },
  );
});

describe('GET', () => {
  const SIZE = 24 * 1024 * 1024; // more than the sockets of both ends hold
  const begin = () =>
    new Promise<IncomingMessage>((resolve, reject) =>
      get({ port: served.port, path: '/large', agent: false }, resolve).on('error', reject),
    );
  beforeEach(() => {
    writeFileSync(at('large'), '');
    truncateSync(at('large'), SIZE);
  });

  test('of a file that is removed half-way gives all of it', async () => {
    const response = await begin();
    unlinkSync(at('large'));
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    expect([response.statusCode, bytes]).toEqual([200, SIZE]);
  });

  test('of a file that is cut short half-way is cut off: nobody takes it for whole', async () => {
    const response = await begin();
    truncateSync(at('large'), 1);
    await expect(
      (async () => {
        for await (const _ of response);
      })(),
    ).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await served.ask('GET', '/large')).bytes.length).toBe(1);
  });
});
