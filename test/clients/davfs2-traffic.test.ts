// What davfs2 says to the server, request by request, and that the answers are the ones it goes on from.
import { appendFile, chmod, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { curl, property } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Drive, mount } from './davfs2.ts';
import { type Exchange, type Tee, tee } from './tee.ts';
import { undone } from './undone.ts';

const made = undone();
let server: RunningServer;
let between: Tee;
let drive: Drive;
// `lock_refresh`: refreshes are due at once, and not half an hour later.
const settings = { lock_refresh: 3_600 };
beforeAll(async () => {
  server = await made.server();
  between = await tee(server.url);
  made.after(between.close);
  drive = await mount(made, between.url, { settings });
});

let before: number;
beforeEach(() => {
  before = between.exchanges.length;
});
afterEach(() => {
  const exchanges = between.exchanges.slice(before);
  expect(exchanges.filter(({ status }) => status >= 300)).toEqual([]);
  expect(new Set(exchanges.map(({ headers }) => headers['user-agent']))).toEqual(new Set([expect.stringMatching(/^davfs2\//)]));
});

/** What davfs2 sent because of this, without the PROPFIND by which it looks for changes and for free space. */
async function sent(cause: () => Promise<unknown>, on = drive): Promise<Exchange[]> {
  await on.uploaded();
  const before = between.exchanges.length;
  await cause();
  await on.uploaded();
  return between.exchanges.slice(before).filter(({ method }) => method !== 'PROPFIND');
}

const brief = (exchanges: readonly Exchange[]) => exchanges.map(({ method, path, status }) => `${method} ${path} ${status}`);
const tokenOf = (lock: Exchange | undefined) => lock?.answered['lock-token'];

test('a new file is locked by its name, looked at, uploaded and unlocked', async () => {
  const exchanges = await sent(() => writeFile(drive.at('new'), 'one'));
  expect(brief(exchanges)).toEqual(['LOCK /new 201', 'HEAD /new 200', 'PUT /new 204', 'UNLOCK /new 204']);
  const [lock, head, put, unlock] = exchanges;
  expect(lock?.headers).toMatchObject({ depth: '0', timeout: 'Second-1800' });
  expect(put?.headers).toMatchObject({ 'if-match': head?.answered.etag, if: `<${between.url}new> (${tokenOf(lock)})` });
  expect(unlock?.headers['lock-token']).toBe(tokenOf(lock));
});

test('the entity-tag is strong, and one and the same wherever it is shown', async () => {
  await writeFile(drive.at('tagged'), 'one');
  const [, first] = await sent(() => appendFile(drive.at('tagged'), ' two'));
  const [lock, put] = await sent(() => appendFile(drive.at('tagged'), ' three'));
  expect(brief([lock, put].filter((each) => each !== undefined))).toEqual(['LOCK /tagged 200', 'PUT /tagged 204']);
  expect(put?.headers['if-match']).toBe(first?.answered.etag);
  const tag = put?.answered.etag;
  expect(tag).toMatch(/^"[^"]+"$/);
  expect(await property(`${server.url}tagged`, 'D:getetag')).toBe(tag);
  expect((await curl(['-I', `${server.url}tagged`])).headers.etag).toBe(tag);
  expect((await curl([`${server.url}tagged`])).headers.etag).toBe(tag);
});

test('what is in the cache is not fetched again, in the next mount either', async () => {
  await writeFile(drive.at('cached'), 'one');
  const read = () => readFile(drive.at('cached'), 'utf8');
  expect(brief(await sent(read))).toEqual([]);
  await drive.unmount();
  drive = await mount(made, between.url, { settings, place: drive.place });
  expect(brief(await sent(read))).toEqual([]);
  expect(await read()).toBe('one');
  const fresh = await mount(made, between.url);
  expect(brief(await sent(() => readFile(fresh.at('cached')), fresh))).toEqual(['GET /cached 200']);
});

test('a lock is refreshed while the file is open', async () => {
  await writeFile(drive.at('open'), 'one');
  const exchanges = await sent(async () => {
    const file = await open(drive.at('open'), 'r+');
    await readFile(drive.at('open')); // davfs2 does what is due whenever a file is closed.
    await file.close();
  });
  const [lock, refresh] = exchanges;
  expect(brief(exchanges).slice(0, 2)).toEqual(['LOCK /open 200', 'LOCK /open 200']);
  expect(refresh?.headers).toMatchObject({ if: `(${tokenOf(lock)})`, timeout: 'Second-1800' });
  expect(refresh?.headers['content-length']).toBeUndefined();
  expect(brief(exchanges).at(-1)).toBe('UNLOCK /open 204');
});

test('folders, names and the executable bit', async () => {
  await writeFile(drive.at('young'), 'one');
  const exchanges = await sent(async () => {
    await mkdir(drive.at('100% ü #1'));
    await rename(drive.at('100% ü #1'), drive.at('100% Ü #1'));
    await rename(drive.at('young'), drive.at('100% Ü #1', 'old'));
    await chmod(drive.at('100% Ü #1', 'old'), 0o755);
    await rm(drive.at('100% Ü #1'), { recursive: true });
  });
  expect(brief(exchanges)).toEqual([
    'MKCOL /100%25%20%c3%bc%20%231/ 201',
    'MOVE /100%25%20%c3%bc%20%231/ 201',
    'MOVE /young 201',
    'HEAD /100%25%20%c3%9c%20%231/old 200',
    'PROPPATCH /100%25%20%c3%9c%20%231/old 207',
    'DELETE /100%25%20%c3%9c%20%231/old 204',
    'DELETE /100%25%20%c3%9c%20%231/ 204',
  ]);
  expect(exchanges[1]?.headers).toMatchObject({ destination: `${between.url}100%25%20%c3%9c%20%231/`, overwrite: 'T' });
});

test('without locks, a new file is one PUT that must not overwrite', async () => {
  const lockless = await mount(made, between.url, { settings: { use_locks: 0 } });
  const exchanges = await sent(() => writeFile(lockless.at('bare'), 'bare'), lockless);
  expect(brief(exchanges)).toEqual(['PUT /bare 201']);
  expect(exchanges[0]?.headers['if-none-match']).toBe('*');
});
