// Live properties over real HTTP: each value in the form RFC 4918 §15 and RFC 4331 give it, and equal to what GET says.
import { mkdirSync, statfsSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { nameOf } from '../shape/element-shape.ts';
import { LIVE_PROPERTIES } from '../shape/vocabulary.ts';
import { onlyRow, outcomesOf, propertyIn, rowAt } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Reply, type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.folder, 'c'));
  writeFileSync(join(served.folder, 'c/page.html'), '<p>');
});
afterAll(() => served.close());

async function property(target: string, name: string): Promise<XmlElement> {
  return propertyIn(onlyRow(await find(served, target, prop(`<D:${name}/>`))), 'DAV:', name);
}

const valueAt = async (target: string, name: string) => textOf(await property(target, name));
const outcomeAt = async (target: string, name: string) => outcomesOf(onlyRow(await find(served, target, prop(`<D:${name}/>`))));

const FORMS: Readonly<Record<string, RegExp>> = {
  creationdate: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  getlastmodified: /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/,
  getetag: /^"[!#-~]+"$/,
  getcontentlength: /^\d+$/,
  getcontenttype: /^[a-z]+\/[\w.+-]+(; charset=[\w-]+)?$/,
  'quota-available-bytes': /^\d+$/,
  'quota-used-bytes': /^\d+$/,
};

describe('the form of each value', () => {
  test.each(['creationdate', 'getlastmodified', 'getetag', 'getcontentlength', 'getcontenttype'])(
    'D-04.1-a, D-15-b: %s of a file, without white space around it',
    async (name) => {
      expect(await valueAt('/c/page.html', name)).toMatch(FORMS[name] as RegExp);
    },
  );

  test.each(['creationdate', 'getlastmodified', 'getetag', 'quota-available-bytes', 'quota-used-bytes'])(
    'D-04.1-a: %s of a collection',
    async (name) => {
      expect(await valueAt('/c/', name)).toMatch(FORMS[name] as RegExp);
    },
  );

  test('D-15.9: resourcetype holds elements only: DAV:collection, or nothing', async () => {
    const collection = await property('/c/', 'resourcetype');
    expect([collection.children.length, elementsOf(collection).map(nameOf)]).toEqual([1, ['{DAV:}collection']]);
    expect((await property('/c/page.html', 'resourcetype')).children).toEqual([]);
  });

  test('D-15.10: supportedlock offers exclusive and shared write locks, on files and collections', async () => {
    const entry = (scope: string) =>
      `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`;
    for (const target of ['/c/', '/c/page.html']) {
      const { text } = await find(served, target, prop('<D:supportedlock/>'));
      expect(text).toContain(`<D:supportedlock>${entry('exclusive')}${entry('shared')}</D:supportedlock>`);
    }
  });

  test('D-15.4, D-15.5, Q-3-a: what is not defined for the kind of resource is 404', async () => {
    for (const name of ['getcontentlength', 'getcontenttype']) expect(await outcomeAt('/c/', name)).toEqual({ 404: [`{DAV:}${name}`] });
    for (const name of ['quota-available-bytes', 'quota-used-bytes'])
      expect(await outcomeAt('/c/page.html', name)).toEqual({ 404: [`{DAV:}${name}`] });
  });

  test.each([
    ['D-15.2', 'displayname'],
    ['D-15.3', 'getcontentlanguage'],
    ['Z-quota-a', 'quota'],
    ['Z-quota-a', 'quotaused'],
    ['no property', 'constructor'],
  ])('%s: %s is 404', async (_id, name) => {
    for (const target of ['/c/', '/c/page.html']) expect(await outcomeAt(target, name)).toEqual({ 404: [`{DAV:}${name}`] });
  });

  test('D-15.3: no language is kept of an upload, so neither GET nor PROPFIND tells one', async () => {
    expect((await served.ask('PUT', '/c/spoken', { headers: { 'Content-Language': 'de' }, body: 'x' })).status).toBe(201);
    for (const method of ['GET', 'HEAD']) expect((await served.ask(method, '/c/spoken')).headers['content-language']).toBeUndefined();
    expect(await outcomeAt('/c/spoken', 'getcontentlanguage')).toEqual({ 404: ['{DAV:}getcontentlanguage'] });
  });

  test.each([
    ['de', 'de'],
    ['de-CH, mi', 'de-CH, mi'],
    ['<x/>', undefined],
    ['de\r\nSet-Cookie: a=b', undefined],
    ['', undefined],
  ])('D-15.3: the language that a client sets as %j is what GET and HEAD say', async (value, language) => {
    await served.ask('PUT', '/c/set', { body: 'x' });
    const set = `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:getcontentlanguage>${value}</D:getcontentlanguage></D:prop></D:set></D:propertyupdate>`;
    const { status, text } = await served.ask('PROPPATCH', '/c/set', { headers: { 'Content-Type': 'application/xml' }, body: set });
    expect([status, text]).toEqual([207, expect.stringContaining('200 OK')]);
    for (const method of ['GET', 'HEAD']) expect((await served.ask(method, '/c/set')).headers['content-language']).toBe(language);
    const part = await served.ask('GET', '/c/set', { headers: { Range: 'bytes=0-0' } });
    expect([part.status, part.headers['content-language']]).toEqual([206, language]);
  });
});

test.each(['/', '/c/page.html'])('D-17-a: every name in DAV: that %s has of itself is that of an RFC', async (target) => {
  const row = onlyRow(await find(served, target, '<D:propname/>'));
  const names = row.propstats.flatMap(({ properties }) => properties);
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter(({ namespace, name }) => namespace === 'DAV:' && !LIVE_PROPERTIES.includes(name)).map(nameOf)).toEqual([]);
});

describe('the same as in the headers of GET', () => {
  test.each(['page.html', 'none', 'UPPER.TXT', '.profile', 'a.tar.gz', 'ü.png', 'empty.json'])(
    'D-15.4, D-15.5, D-15.6, D-15.7: %s',
    async (name) => {
      writeFileSync(join(served.folder, 'c', name), name.startsWith('empty') ? '' : name);
      const target = `/c/${encodeURIComponent(name)}`;
      for (const method of ['GET', 'HEAD']) {
        const { headers } = await served.ask(method, target);
        expect([
          await valueAt(target, 'getcontentlength'),
          await valueAt(target, 'getcontenttype'),
          await valueAt(target, 'getetag'),
          await valueAt(target, 'getlastmodified'),
        ]).toEqual([headers['content-length'], headers['content-type'], headers.etag, headers['last-modified']]);
      }
      const member = rowAt(await find(served, '/c/', prop('<D:getetag/>'), { Depth: '1' }), target);
      expect(textOf(propertyIn(member, 'DAV:', 'getetag'))).toBe(await valueAt(target, 'getetag'));
    },
  );

  test('D-15.4: a length beyond 2^40 is exact', async () => {
    writeFileSync(join(served.folder, 'huge'), '');
    truncateSync(join(served.folder, 'huge'), 2 ** 40 + 1);
    expect(await valueAt('/huge', 'getcontentlength')).toBe('1099511627777');
  });

  test.each([
    ['2001-02-03T04:05:06.789Z', 'Sat, 03 Feb 2001 04:05:06 GMT'],
    ['1969-12-31T23:59:58Z', 'Wed, 31 Dec 1969 23:59:58 GMT'],
  ])('D-15.7: a file of %s says so', async (when, said) => {
    writeFileSync(join(served.folder, 'old'), 'x');
    utimesSync(join(served.folder, 'old'), new Date(when), new Date(when));
    expect([await valueAt('/old', 'getlastmodified'), (await served.ask('HEAD', '/old')).headers['last-modified']]).toEqual([said, said]);
  });

  test('D-15.7: a time to come is given as now, never later than the Date of the answer', async () => {
    writeFileSync(join(served.folder, 'future'), 'x');
    utimesSync(join(served.folder, 'future'), new Date('2100-01-01'), new Date('2100-01-01'));
    const reply = await find(served, '/future', prop('<D:getlastmodified/>'));
    const said = textOf(propertyIn(onlyRow(reply), 'DAV:', 'getlastmodified'));
    expect(Date.parse(said)).toBeLessThanOrEqual(Date.now());
  });

  test('D-15.6: the entity-tag changes with the content, that of a collection with its members', async () => {
    const before = [await valueAt('/c/page.html', 'getetag'), await valueAt('/c/', 'getetag')];
    expect((await served.ask('PUT', '/c/page.html', { body: '<q>' })).status).toBe(204);
    expect((await served.ask('PUT', '/c/new.html', { body: '<q>' })).status).toBe(201);
    expect(await valueAt('/c/page.html', 'getetag')).not.toBe(before[0]);
    expect(await valueAt('/c/', 'getetag')).not.toBe(before[1]);
  });
});

describe('D-15.1: creationdate', () => {
  /** What the disk says, in whole seconds: a client of Windows cannot read a fraction. */
  const born = (path: string) => new Date(statSync(join(served.folder, path)).birthtimeMs).toISOString().replace(/\.\d+Z$/, 'Z');

  test('of a file and a collection is when it was made, whatever its content does since', async () => {
    mkdirSync(join(served.folder, 'made'));
    writeFileSync(join(served.folder, 'made/f'), 'x');
    utimesSync(join(served.folder, 'made/f'), 1e9, 1e9);
    expect([await valueAt('/made/', 'creationdate'), await valueAt('/made/f', 'creationdate')]).toEqual([born('made'), born('made/f')]);
  });

  test('is kept by MOVE; a COPY has its own', async () => {
    writeFileSync(join(served.folder, 'made/g'), 'x');
    const before = await valueAt('/made/g', 'creationdate');
    expect((await served.ask('COPY', '/made/g', { headers: { Destination: '/made/copy' } })).status).toBe(201);
    expect((await served.ask('MOVE', '/made/g', { headers: { Destination: '/made/moved' } })).status).toBe(201);
    expect([await valueAt('/made/moved', 'creationdate'), await valueAt('/made/copy', 'creationdate')]).toEqual([
      before,
      born('made/copy'),
    ]);
  });

  test('is computed: a PROPPATCH of it is 403', async () => {
    const row = onlyRow(await patch(served, '/made/f', set('<D:creationdate>2001-01-01T00:00:00Z</D:creationdate>')));
    expect(outcomesOf(row)).toEqual({ 403: ['{DAV:}creationdate'] });
    expect(row.propstats[0]?.error?.children).toEqual([expect.objectContaining({ name: 'cannot-modify-protected-property' })]);
  });
});

describe('lockdiscovery', () => {
  test('D-15.8: there and empty without a lock, one activelock with one', async () => {
    expect((await served.ask('PUT', '/locked.txt', { body: 'x' })).status).toBe(201);
    expect((await property('/locked.txt', 'lockdiscovery')).children).toEqual([]);
    const token = await served.lock('/locked.txt', { Timeout: 'Second-600' });
    const [active, ...more] = davChildren(await property('/locked.txt', 'lockdiscovery'), 'activelock');
    expect(more).toEqual([]);
    const parts = active ? elementsOf(active) : [];
    expect(parts.map(({ name }) => name)).toEqual(['lockscope', 'locktype', 'depth', 'timeout', 'locktoken', 'lockroot']);
    expect(parts.map((part) => [...elementsOf(part).map((inner) => textOf(inner) || inner.name), textOf(part)].join(''))).toEqual([
      'exclusive',
      'write',
      'infinity',
      expect.stringMatching(/^Second-\d{1,3}$/),
      token,
      '/locked.txt',
    ]);
    await served.ask('UNLOCK', '/locked.txt', { headers: { 'Lock-Token': `<${token}>` } });
    expect((await property('/locked.txt', 'lockdiscovery')).children).toEqual([]);
  });
});

describe('quota', () => {
  const NAMES = ['quota-available-bytes', 'quota-used-bytes'];
  const asked = prop(NAMES.map((name) => `<D:${name}/>`).join(''));
  const amountsAt = (reply: Reply, href: string) => NAMES.map((name) => textOf(propertyIn(rowAt(reply, href), 'DAV:', name)));

  test('Q-3-a, Q-4-a, Q-3-c: of the disk, on the collection and its member collections alike', async () => {
    mkdirSync(join(served.folder, 'q/sub'), { recursive: true });
    const disk = () => {
      const { bavail, bfree, blocks, bsize } = statfsSync(served.folder);
      return [String(bavail * bsize), String((blocks - bfree) * bsize)];
    };
    const told = async () => {
      const replies = [await find(served, '/q/', asked, { Depth: '1' }), await find(served, '/q/', asked, { Depth: '1' })];
      return replies.flatMap((reply) => [amountsAt(reply, '/q/'), amountsAt(reply, '/q/sub/')]);
    };
    // Others write to this disk as well, and take it away again: what it says counts when it is quiet.
    let [before, amounts] = [disk(), await told()];
    for (let turn = 0; turn < 1000 && amounts.some((each) => each.join() !== before.join()); turn++)
      [before, amounts] = [disk(), await told()];
    expect(amounts).toEqual([before, before, before, before]);
  });
});
