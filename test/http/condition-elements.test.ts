// The conditions of RFC 4918 §16: whoever breaks one hears its name, with the status and the URLs that belong to it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, lockInfo, startLocking, XML } from './locking.ts';

let world: Locking;
let token: string;
beforeAll(async () => {
  world = await startLocking(['/c/f', '/c/g', '/h']);
  token = await world.lock('Ann', '/c/', { depth: '0' });
  await world.lock('Ann', '/c/f');
});
afterAll(() => world.close());

const UNKNOWN = '<urn:uuid:00000000-0000-4000-8000-000000000000>';
const ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>';
const find = (content: string) => `<propfind xmlns="DAV:">${content}</propfind>`;
const patch = (name: string) => `<propertyupdate xmlns="DAV:"><set><prop><${name}>x</${name}></prop></set></propertyupdate>`;

describe('D-16-a', () => {
  test.each<[string, number, string, Record<string, string>, string | undefined]>([
    ['lock-token-matches-request-uri', 409, 'UNLOCK /h', { 'Lock-Token': UNKNOWN }, undefined],
    ['lock-token-matches-request-uri', 412, 'LOCK /h', { If: `(${UNKNOWN})` }, undefined],
    ['lock-token-submitted /c/f', 423, 'PUT /c/f', {}, 'x'],
    ['lock-token-submitted /c/', 423, 'PUT /c/new', {}, 'x'],
    ['lock-token-submitted /c/ /c/f', 423, 'DELETE /c/f', {}, undefined],
    ['lock-token-submitted /c/ /c/f', 423, 'MOVE /c/f', { Destination: '/k' }, undefined],
    ['lock-token-submitted /c/', 423, 'COPY /h', { Destination: '/c/k' }, undefined],
    ['lock-token-submitted /c/', 423, 'MKCOL /c/k/', {}, undefined],
    ['lock-token-submitted /c/', 423, 'PROPPATCH /c/', XML, patch('displayname')],
    ['no-conflicting-lock /c/f', 423, 'LOCK /c/f', XML, lockInfo()],
    ['no-external-entities', 403, 'PROPFIND /h', { ...XML, Depth: '0' }, ENTITY + find('<allprop/>')],
    ['no-external-entities', 403, 'PROPPATCH /h', XML, ENTITY + patch('displayname')],
    ['no-external-entities', 403, 'LOCK /h', XML, ENTITY + lockInfo()],
    ['propfind-finite-depth', 403, 'PROPFIND /', { Depth: 'infinity' }, undefined],
    ['propfind-finite-depth', 403, 'PROPFIND /c/', {}, undefined],
  ])('%s with %i: %s', async (condition, status, request, headers, body) => {
    const before = world.tree();
    const [method = '', target = ''] = request.split(' ');
    const reply = await world.ask('Ann', method, target, { headers, ...(body !== undefined && { body }) });
    expect([reply.status, conditionOf(reply), reply.headers['content-type']]).toEqual([
      status,
      condition,
      'application/xml; charset="utf-8"',
    ]);
    expect(world.tree()).toEqual(before);
  });

  test('cannot-modify-protected-property with 403: in the propstat of the property', async () => {
    const { status, text } = await world.ask('Ann', 'PROPPATCH', '/h', { headers: XML, body: patch('getetag') });
    expect(status).toBe(207);
    expect(text).toContain(
      '<D:propstat><D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status>' +
        '<D:error><D:cannot-modify-protected-property/></D:error>',
    );
  });

  test('each of them is met, and then nothing stands in the way', async () => {
    const headers = { If: `</c/> (<${token}>)` };
    expect((await world.ask('Ann', 'PUT', '/c/new', { headers, body: 'x' })).status).toBe(201);
  });
});
