// Collections that hold what no client can see: another server's state, a file whose name is not UTF-8. Nothing replaces or loses it.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rowsOf } from './multistatus-reader.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
const said: string[] = [];
beforeAll(async () => {
  served = await serve({ log: { request() {}, error: (sentence) => said.push(sentence) } });
});
afterAll(() => served.close());

const hidden: [string, (folder: string) => Buffer][] = [
  ['a foreign .dav207', (folder) => Buffer.from(join(folder, '.dav207'))],
  ['a file whose name is not UTF-8', (folder) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])])],
];

test.each(hidden)('H-17.3-a: %s is not overwritten with the collection it is in', async (_what, place) => {
  const root = `/over-${hidden.findIndex(([what]) => what === _what)}`;
  const at = (path: string) => join(served.folder, root, path);
  mkdirSync(at('s'), { recursive: true });
  mkdirSync(at('d/deep'), { recursive: true });
  writeFileSync(at('s/new.txt'), 'new');
  writeFileSync(at('f'), 'file');
  writeFileSync(at('d/old.txt'), 'old');
  const secret = place(at('d/deep'));
  writeFileSync(secret, 'kept');

  const moved = await served.ask('MOVE', `${root}/s/`, { headers: { Destination: `${root}/d/` } });
  expect(moved.status).toBe(207);
  expect(rowsOf(moved).map(({ href, status }) => [href, status])).toEqual([
    [`${root}/s/`, 424],
    [`${root}/d/`, 424],
    [`${root}/d/deep/`, 403],
  ]);
  const direct = await served.ask('MOVE', `${root}/s/`, { headers: { Destination: `${root}/d/deep/` } });
  expect(direct.status).toBe(403);
  const file = await served.ask('COPY', `${root}/f`, { headers: { Destination: `${root}/d/` } });
  expect([file.status, file.text]).toEqual([207, expect.stringMatching(/<D:href>[^<]*deep\/<\/D:href><D:status>HTTP\/1.1 403/)]);
  for (const left of ['s/new.txt', 'd/old.txt']) expect(existsSync(at(left))).toBe(true);
  expect(existsSync(secret)).toBe(true);
});

test('H-17.3-a: nor is it deleted; the rest of the collection is', async () => {
  mkdirSync(join(served.folder, 'gone/.dav207'), { recursive: true });
  writeFileSync(join(served.folder, 'gone/.dav207/state.mdb'), 'kept');
  writeFileSync(join(served.folder, 'gone/x'), 'x');
  const reply = await served.ask('DELETE', '/gone/');
  expect(rowsOf(reply).map(({ href, status }) => [href, status])).toEqual([['/gone/', 403]]);
  expect([existsSync(join(served.folder, 'gone/.dav207/state.mdb')), existsSync(join(served.folder, 'gone/x'))]).toEqual([true, false]);
});

describe('names that are not UTF-8', () => {
  const bytes = (path: string) => Buffer.from(path, 'latin1');
  const at = (path: string) => Buffer.concat([Buffer.from(`${served.folder}/`), bytes(path)]);
  const list = (target: string) => served.ask('PROPFIND', target, { headers: { Depth: '1' } });
  const warnings = () => said.splice(0).filter((sentence) => sentence.includes('UTF-8'));

  test('D-05.2-a: are in no listing, which is otherwise whole; the log and the page say how many', async () => {
    mkdirSync(at('odd/sub\xff'), { recursive: true });
    for (const name of ['f', 'f\xff', 'caf\xe9', '\xed\xa0\x80', '\xc0\xae']) writeFileSync(at(`odd/${name}`), 'x');
    writeFileSync(join(served.folder, 'odd/f\ufffd'), 'like what would come of f\\xff');
    writeFileSync(join(served.folder, 'odd/café'), 'the like in UTF-8');
    warnings();

    const rows = rowsOf(await list('/odd/')).map(({ href }) => href);
    expect(rows.sort()).toEqual(['/odd/', '/odd/caf%C3%A9', '/odd/f', '/odd/f%EF%BF%BD']);
    const { status, text } = await served.ask('GET', '/odd/');
    expect([status, /<p>.*<\/p>/.exec(text)?.[0]]).toEqual([200, '<p>Not shown: 5 more, with names that are not UTF-8.</p>']);
    for (let again = 0; again < 5; again++) await list('/odd/');
    expect(warnings()).toEqual([expect.stringMatching(/^\/odd: 5 not served/)]);
    for (const target of ['/odd/f%FF', '/odd/caf%E9', '/odd/%ED%A0%80']) expect((await served.ask('GET', target)).status).toBe(400);
  });

  test('are told of again when there are more, and in another collection; not where there are none', async () => {
    mkdirSync(at('more'));
    writeFileSync(at('more/\xff'), 'x');
    mkdirSync(at('other'));
    writeFileSync(at('other/\xff'), 'x');
    mkdirSync(at('none'));
    warnings();
    for (const target of ['/more/', '/other/', '/none/', '/more/']) expect((await list(target)).status).toBe(207);
    expect(warnings()).toEqual([expect.stringMatching(/^\/more: 1 /), expect.stringMatching(/^\/other: 1 /)]);
    writeFileSync(at('more/\xfe'), 'x');
    await list('/more/');
    expect(warnings()).toEqual([expect.stringMatching(/^\/more: 2 /)]);
    expect((await served.ask('GET', '/none/')).text).not.toContain('UTF-8');
  });

  test('go along with a MOVE of their collection; a COPY is made without them, and says so in the log', async () => {
    mkdirSync(at('kept'));
    for (const name of ['f', '\xff']) writeFileSync(at(`kept/${name}`), name, 'latin1');
    warnings();
    expect((await served.ask('COPY', '/kept/', { headers: { Destination: '/copied/' } })).status).toBe(201);
    expect(readdirSync(at('copied'))).toEqual(['f']);
    expect(warnings()).toEqual([expect.stringMatching(/^\/kept: 1 not served/)]);
    expect((await served.ask('MOVE', '/kept/', { headers: { Destination: '/moved/' } })).status).toBe(201);
    expect(readFileSync(at('moved/\xff'), 'latin1')).toBe('\xff');
  });
});
