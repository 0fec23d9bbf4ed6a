// mod_dav's `executable` over real HTTP: a live property of files, which a client may set (RFC 4918 §9.2.1).
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textOf } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { onlyRow, outcomesOf, rowAt } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
});
afterAll(() => served.close());

const fresh = freshFiles(() => served);
const NAME = '{http://apache.org/dav/props/}executable';
const x = (value = '') => `<A:executable xmlns:A="http://apache.org/dav/props/">${value}</A:executable>`;
const modeOf = (target: string) => (statSync(join(served.folder, target)).mode & 0o7777).toString(8);
const outcome = async (target: string, body: string, headers: Record<string, string> = {}) =>
  outcomesOf(onlyRow(await patch(served, target, body, headers)));

/** `T` or `F`; undefined where there is no such property. */
async function executable(target: string, query = prop(x())): Promise<string | undefined> {
  const { propstats } = onlyRow(await find(served, target, query));
  const found = propstats.find(({ status }) => status === 200)?.properties.find((each) => nameOf(each) === NAME);
  return found && textOf(found);
}

describe('Z-apache-x: the property', () => {
  test('says what the disk says: of a file, of a member, of what a link leads to', async () => {
    const target = fresh();
    chmodSync(join(served.folder, target), 0o640);
    symlinkSync(target.slice(1), join(served.folder, 'link'));
    expect([await executable(target), await executable('/link')]).toEqual(['F', 'F']);
    chmodSync(join(served.folder, target), 0o700);
    expect([await executable(target), await executable('/link')]).toEqual(['T', 'T']);
    chmodSync(join(served.folder, target), 0o611);
    expect(await executable(target)).toBe('F');
    const { propstats } = rowAt(await find(served, '/', prop(x()), { Depth: '1' }), target);
    expect(propstats.map(({ status, properties }) => [status, properties.map(textOf)])).toEqual([[200, ['F']]]);
  });

  test('D-09.1-h, D-09.1-j: is named by propname, and in allprop only when it is included', async () => {
    const target = fresh();
    expect(await executable(target, '<D:propname/>')).toBe('');
    expect(await executable(target, '<D:allprop/>')).toBeUndefined();
    expect(await executable(target, `<D:allprop/><D:include>${x()}</D:include>`)).toBe('F');
  });

  test('is none of a collection, nor of what has its name in another namespace', async () => {
    expect(outcomesOf(onlyRow(await find(served, '/c/', prop(x()))))).toEqual({ 404: [NAME] });
    expect(await executable('/c/', '<D:propname/>')).toBeUndefined();
    const target = fresh();
    expect(await outcome(target, set('<x:executable>maybe</x:executable>'))).toEqual({ 200: ['{urn:x}executable'] });
  });
});

describe('Z-apache-x: set', () => {
  test.each([
    ['/t', 0o640, 'T', '750'],
    ['/f', 0o755, ' F\n', '644'],
    ['/again', 0o755, 'T', '755'],
  ])('%s of mode %i to %j', async (target, before, value, after) => {
    writeFileSync(join(served.folder, target), 'x');
    chmodSync(join(served.folder, target), before);
    const stamps = prop('<D:getetag/><D:getlastmodified/>');
    const { text } = await find(served, target, stamps);
    expect(await outcome(target, set(x(value)))).toEqual({ 200: [NAME] });
    expect([modeOf(target), await executable(target)]).toEqual([after, value.trim()]);
    expect((await find(served, target, stamps)).text).toBe(text);
  });

  test('with a dead property and a time, in their order, all of it', async () => {
    const target = fresh();
    const time = '<Z:Win32LastModifiedTime xmlns:Z="urn:schemas-microsoft-com:">Sat, 08 Mar 2008 10:09:08 GMT</Z:Win32LastModifiedTime>';
    const { 200: done, ...rest } = await outcome(target, set(x('F') + x('T')) + set(`<x:a>1</x:a>${time}`));
    expect([done, rest]).toEqual([[NAME, '{urn:schemas-microsoft-com:}Win32LastModifiedTime', '{urn:x}a'].sort(), {}]);
    const { mode, mtimeMs } = statSync(join(served.folder, target));
    expect([mode & 0o111, Math.floor(mtimeMs)]).toEqual([0o111, Date.UTC(2008, 2, 8, 10, 9, 8)]);
  });

  test.each(['yes', 't', 'TRUE', '', '<x:T/>', 'T<x:T/>'])(
    'D-09.2.1-d: %j is 409 in a sentence, the rest 424, and nothing is done',
    async (value) => {
      const target = fresh();
      const before = modeOf(target);
      const row = onlyRow(await patch(served, target, set(`<x:a>1</x:a>${x('T')}`) + set(x(value))));
      expect(outcomesOf(row)).toEqual({ 409: [NAME], 424: ['{urn:x}a'] });
      expect(row.propstats[0]?.description).toBe('The value must be T or F.');
      expect([modeOf(target), await executable(target)]).toEqual([before, 'F']);
    },
  );

  test('D-09.2.1-d: it is not removed: 409', async () => {
    const target = fresh();
    await patch(served, target, set(x('T')));
    const row = onlyRow(await patch(served, target, remove(x()) + set('<x:a/>')));
    expect(outcomesOf(row)).toEqual({ 409: [NAME], 424: ['{urn:x}a'] });
    expect([row.propstats[0]?.description, await executable(target)]).toEqual(['It cannot be removed, only set to F.', 'T']);
  });

  test('D-09.2-c: with something that may not be set, it is not', async () => {
    const target = fresh();
    expect(await outcome(target, set(`${x('T')}<D:getetag/>`))).toEqual({ 403: ['{DAV:}getetag'], 424: [NAME] });
    expect(await executable(target)).toBe('F');
  });

  test('D-09.2.1-b: of a collection it is 403, whatever the value, and its mode stays', async () => {
    const before = modeOf('/c');
    for (const value of ['T', 'F']) {
      const row = onlyRow(await patch(served, '/c/', set(`${x(value)}<x:a/>`)));
      expect(outcomesOf(row)).toEqual({ 403: [NAME], 424: ['{urn:x}a'] });
      expect(row.propstats[0]?.description).toBe('Only a file can be executable.');
    }
    expect(modeOf('/c')).toBe(before);
    const body = `<D:mkcol xmlns:D="DAV:">${set(x('T'))}</D:mkcol>`;
    const made = await served.ask('MKCOL', '/new', { headers: { 'Content-Type': 'application/xml' }, body });
    expect([made.status, (await served.ask('HEAD', '/new')).status]).toEqual([403, 404]);
  });

  test('D-09.2-j: a locked file needs its token', async () => {
    const target = fresh();
    const token = await served.lock(target);
    expect((await patch(served, target, set(x('T')))).status).toBe(423);
    expect(await executable(target)).toBe('F');
    expect(await outcome(target, set(x('T')), { If: `(<${token}>)` })).toEqual({ 200: [NAME] });
    expect(await executable(target)).toBe('T');
  });
});

describe('Z-apache-x: stays', () => {
  test('through PUT, of the whole and of a part, with the mode as it was', async () => {
    const target = fresh();
    chmodSync(join(served.folder, target), 0o751);
    const part = { 'Content-Range': 'bytes 0-0/*' };
    expect((await served.ask('PUT', target, { body: 'new' })).status).toBe(204);
    expect((await served.ask('PUT', target, { body: 'N', headers: part })).status).toBe(204);
    expect([modeOf(target), (await served.ask('GET', target)).text]).toEqual(['751', 'New']);
  });

  test('through COPY and MOVE, onto a file that is none too', async () => {
    const target = fresh();
    await patch(served, target, set(x('T')));
    for (const [method, from, to] of [
      ['COPY', target, `${target}-copy`],
      ['MOVE', `${target}-copy`, `${target}-moved`],
      ['MOVE', `${target}-moved`, fresh()],
      ['COPY', target, fresh()],
    ] as const) {
      await served.ask(method, from, { headers: { Destination: to } });
      expect([method, to, await executable(to)]).toEqual([method, to, 'T']);
    }
    expect(await executable(target)).toBe('T');
  });
});
