// The properties by which Windows Explorer sets times, over real HTTP on a real folder: set, read back, never stale.
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textOf } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { onlyRow, outcomesOf, propertyIn } from './multistatus-reader.ts';
import { find, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const MICROSOFT = 'urn:schemas-microsoft-com:';
const CREATED = 'Fri, 07 Mar 2008 09:08:07 GMT';
const ACCESSED = 'Sun, 09 Mar 2008 11:10:09 GMT';
const MODIFIED = 'Sat, 08 Mar 2008 10:09:08 GMT';
const VALUES = {
  Win32CreationTime: CREATED,
  Win32LastAccessTime: ACCESSED,
  Win32LastModifiedTime: MODIFIED,
  Win32FileAttributes: '00000020',
};
const NAMES = Object.keys(VALUES);

const z = (name: string, value = '') => `<Z:${name} xmlns:Z="${MICROSOFT}">${value}</Z:${name}>`;
const explorer = (values: Readonly<Record<string, string>> = VALUES) =>
  set(
    Object.entries(values)
      .map(([name, value]) => z(name, value))
      .join(''),
  );
const named = NAMES.map((name) => `{${MICROSOFT}}${name}`).sort();

let count = 0;
function fresh(kind: 'file' | 'collection' = 'file'): string {
  const name = `/${kind}-${++count}`;
  if (kind === 'file') writeFileSync(join(served.folder, name), 'content');
  else mkdirSync(join(served.folder, name));
  return kind === 'file' ? name : `${name}/`;
}

/** By name, in answer to a PROPFIND of that body; a missing one is undefined. */
async function values(target: string, body = prop(NAMES.map((name) => z(name)).join(''))): Promise<Record<string, string>> {
  const { propstats } = onlyRow(await find(served, target, body));
  const found = propstats.find(({ status }) => status === 200)?.properties ?? [];
  return Object.fromEntries(found.filter(({ namespace }) => namespace === MICROSOFT).map((each) => [each.name, textOf(each)]));
}

const lastModified = async (target: string) =>
  textOf(propertyIn(onlyRow(await find(served, target, prop('<D:getlastmodified/>'))), 'DAV:', 'getlastmodified'));
const timesOf = (target: string) => {
  const { atimeMs, mtimeMs } = statSync(join(served.folder, target));
  return { accessed: new Date(Math.floor(atimeMs)).toUTCString(), modified: new Date(Math.floor(mtimeMs)).toUTCString() };
};

describe('set', () => {
  test.each(['file', 'collection'] as const)('Z-win-b: 200 for each on a %s; they read back, and the disk has the times', async (kind) => {
    const target = fresh(kind);
    const answer = await patch(served, target, explorer());
    expect([answer.status, outcomesOf(onlyRow(answer))]).toEqual([207, { 200: named }]);
    expect(await values(target)).toEqual(VALUES);
    expect(await values(target, '<D:allprop/>')).toEqual(VALUES);
    expect([await lastModified(target), timesOf(target)]).toEqual([MODIFIED, { accessed: ACCESSED, modified: MODIFIED }]);
  });

  test('of the root, whose last change it is though state makes its place in it', async () => {
    const own = await serve();
    try {
      expect((await patch(own, '/', explorer())).status).toBe(207);
      expect([Math.floor(statSync(own.folder).mtimeMs), readdirSync(own.folder)]).toEqual([Date.parse(MODIFIED), ['.dav207']]);
    } finally {
      await own.close();
    }
  });

  test('GET says the same time, and the bytes are the same', async () => {
    const target = fresh();
    await patch(served, target, explorer());
    const { headers, text } = await served.ask('GET', target);
    expect([headers['last-modified'], text]).toEqual([MODIFIED, 'content']);
  });

  test('a time to come is kept; getlastmodified is never later than now', async () => {
    const target = fresh();
    const future = 'Fri, 01 Jan 2100 00:00:00 GMT';
    await patch(served, target, explorer({ Win32LastModifiedTime: future }));
    expect([await values(target), timesOf(target).modified]).toEqual([{ Win32LastModifiedTime: future }, future]);
    expect(Date.parse(await lastModified(target))).toBeLessThanOrEqual(Date.now());
  });

  test('what is no date is stored, and sets nothing', async () => {
    const target = fresh();
    const before = timesOf(target);
    const odd = { Win32LastModifiedTime: 'some day', Win32LastAccessTime: '' };
    expect(outcomesOf(onlyRow(await patch(served, target, explorer(odd))))).toEqual({
      200: ['Win32LastAccessTime', 'Win32LastModifiedTime'].map((name) => `{${MICROSOFT}}${name}`),
    });
    expect([await values(target), timesOf(target)]).toEqual([odd, before]);
  });

  test('D-09.2-c: with something that may not be set, none of it is done', async () => {
    const target = fresh();
    const before = timesOf(target);
    expect(outcomesOf(onlyRow(await patch(served, target, explorer() + set('<D:getetag>x</D:getetag>'))))).toEqual({
      403: ['{DAV:}getetag'],
      424: named,
    });
    expect([await values(target), timesOf(target)]).toEqual([{}, before]);
  });

  test('D-09.2-j: a locked file needs its token', async () => {
    const target = fresh();
    const token = await served.lock(target);
    const before = timesOf(target);
    expect((await patch(served, target, explorer())).status).toBe(423);
    expect([await values(target), timesOf(target)]).toEqual([{}, before]);
    expect((await patch(served, target, explorer(), { If: `(<${token}>)` })).status).toBe(207);
    expect(timesOf(target).modified).toBe(MODIFIED);
  });
});

describe('never stale', () => {
  const agree = async (target: string) => {
    const said = (await values(target)).Win32LastModifiedTime;
    expect([said, (await values(target, '<D:allprop/>')).Win32LastModifiedTime]).toEqual([await lastModified(target), said]);
    return said;
  };

  test('after a PUT it is the time of the PUT, or the one that X-OC-Mtime gives', async () => {
    const target = fresh();
    await patch(served, target, explorer());
    expect((await served.ask('PUT', target, { body: 'new' })).status).toBe(204);
    expect(await agree(target)).not.toBe(MODIFIED);
    await served.ask('PUT', target, { body: 'newer', headers: { 'X-OC-Mtime': '1000000000' } });
    expect(await agree(target)).toBe('Sun, 09 Sep 2001 01:46:40 GMT');
    expect(await values(target)).toMatchObject({ Win32CreationTime: CREATED, Win32FileAttributes: '00000020' });
  });

  test('after another program wrote the file', async () => {
    const target = fresh();
    await patch(served, target, explorer());
    utimesSync(join(served.folder, target), 1, 981_173_106);
    expect(await agree(target)).toBe('Sat, 03 Feb 2001 04:05:06 GMT');
  });

  test('after a new member of the collection', async () => {
    const target = fresh('collection');
    await patch(served, target, explorer());
    writeFileSync(join(served.folder, target, 'member'), '');
    expect(await agree(target)).not.toBe(MODIFIED);
  });

  test('MOVE takes the time along, a COPY has its own', async () => {
    const target = fresh();
    await patch(served, target, explorer());
    expect((await served.ask('COPY', target, { headers: { Destination: `${target}-copy` } })).status).toBe(201);
    expect((await served.ask('MOVE', target, { headers: { Destination: `${target}-moved` } })).status).toBe(201);
    expect(await agree(`${target}-moved`)).toBe(MODIFIED);
    expect(await agree(`${target}-copy`)).not.toBe(MODIFIED);
    expect(await values(`${target}-copy`)).toMatchObject({ Win32CreationTime: CREATED, Win32LastAccessTime: ACCESSED });
  });
});

describe('there or not', () => {
  const namesIn = async (target: string) =>
    (onlyRow(await find(served, target, '<D:propname/>')).propstats[0]?.properties ?? [])
      .map(nameOf)
      .filter((name) => name.startsWith(`{${MICROSOFT}}`))
      .sort();

  test('never set, it is nowhere; set, it is everywhere', async () => {
    const target = fresh();
    expect([await namesIn(target), await values(target), await values(target, '<D:allprop/>')]).toEqual([[], {}, {}]);
    await patch(served, target, explorer());
    expect([await namesIn(target), await values(target, '<D:allprop/>')]).toEqual([named, VALUES]);
  });

  test('removed, it is gone with 200, and the time stays', async () => {
    const target = fresh();
    await patch(served, target, explorer());
    const gone = remove(NAMES.map((name) => z(name)).join(''));
    expect(outcomesOf(onlyRow(await patch(served, target, gone)))).toEqual({ 200: named });
    expect([await namesIn(target), await values(target), await lastModified(target)]).toEqual([[], {}, MODIFIED]);
    expect(outcomesOf(onlyRow(await patch(served, target, gone)))).toEqual({ 200: named });
  });
});
