// PROPPATCH of times on a store that refuses them: all of it or nothing, and each property told its own (RFC 4918 §9.2).
import { expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { makeWorld } from '../scenarios/world.ts';

const DATE = 'Wed, 10 Dec 2008 21:55:22 GMT';
const body = `<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:" xmlns:x="urn:x">
  <D:set><D:prop><x:a>1</x:a><Z:Win32LastModifiedTime>${DATE}</Z:Win32LastModifiedTime></D:prop></D:set>
  <D:remove><D:prop><x:old/></D:prop></D:remove></D:propertyupdate>`;

/** A world whose store fails to set times with `status`; `/f` has the property `x:old`. */
async function refusing(status: number) {
  const memory = memoryStore();
  const store: Store = { ...memory, setAttributes: async () => Promise.reject(new DavError(status, 'The store refuses.')) };
  const world = makeWorld({ store });
  await world.ask('PUT', '/f', { body: 'x' });
  const old = '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><old xmlns="urn:x">kept</old></D:prop></D:set></D:propertyupdate>';
  expect((await world.ask('PROPPATCH', '/f', { body: old })).status).toBe(207);
  return world;
}

test.each([{}, { prefer: 'return=minimal' }])(
  'D-09.2.1-b, D-09.2-c: a time that may not be set is 403, the rest 424, and nothing is changed: %j',
  async (headers) => {
    const world = await refusing(403);
    const before = await world.ask('PROPFIND', '/f', { headers: { depth: '0' } });
    const answer = await world.ask('PROPPATCH', '/f', { body, headers });
    expect([answer.status, answer.headers['Preference-Applied']]).toEqual([207, undefined]);
    const [refused = '', dependent = ''] = answer.text.split('</D:propstat>');
    expect(refused).toContain(
      '<D:prop><x:Win32LastModifiedTime xmlns:x="urn:schemas-microsoft-com:"/></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status>',
    );
    expect(refused).toContain('The store refuses.');
    expect(dependent).toContain(
      '<D:prop><x:a xmlns:x="urn:x"/><x:old xmlns:x="urn:x"/></D:prop><D:status>HTTP/1.1 424 Failed Dependency</D:status>',
    );
    expect((await world.ask('PROPFIND', '/f', { headers: { depth: '0' } })).text).toBe(before.text);
  },
);

test.each([404, 500])('a store that fails with %i fails the request, and nothing is changed', async (status) => {
  const world = await refusing(status);
  const before = await world.ask('PROPFIND', '/f', { headers: { depth: '0' } });
  expect((await world.ask('PROPPATCH', '/f', { body })).status).toBe(status);
  expect((await world.ask('PROPFIND', '/f', { headers: { depth: '0' } })).text).toBe(before.text);
});

test('D-09.2.1-b: nor may the x bit of a file that belongs to somebody else be set', async () => {
  const world = await refusing(403);
  const executable = '<D:set><D:prop><A:executable xmlns:A="http://apache.org/dav/props/">T</A:executable><x:a/></D:prop></D:set>';
  const update = `<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x">${executable}</D:propertyupdate>`;
  const [refused = '', dependent = ''] = (await world.ask('PROPPATCH', '/f', { body: update })).text.split('</D:propstat>');
  expect(refused).toMatch(/executable.*403 Forbidden.*The store refuses\./);
  expect(dependent).toMatch(/x:a .*424 Failed Dependency/);
});

test('what is refused anyhow touches nothing', async () => {
  const world = makeWorld();
  await world.ask('PUT', '/f', { body: 'x', headers: { 'x-oc-mtime': '1000000000' } });
  const protectedToo = body.replace('<x:a>1</x:a>', '<D:getetag/>');
  expect((await world.ask('PROPPATCH', '/f', { body: protectedToo })).text).toContain('403 Forbidden');
  expect((await world.ask('HEAD', '/f')).headers['Last-Modified']).toBe('Sun, 09 Sep 2001 01:46:40 GMT');
});
