// The If header over HTTP: its grammar, the truth of its lists, and which tokens it submits.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, lockInfo, startLocking, XML } from './locking.ts';

/** Number | request | If | answer. `/c/` is locked by Ann, infinitely (L1); "e1" is the entity-tag of /c/f. Ann asks, unless said. */
const TABLE = `
1  | PUT /c/f          |                                            | 423 lock-token-submitted /c/
2  | PUT /c/f          | (<L1>)                                     | 204
3  | PUT /c/f          | (<L1> ["e1"])                              | 204
4  | PUT /c/f          | (<L1> ["zz"])                              | 412
5  | PUT /c/f          | (<L1> ["zz"]) (["e1"])                     | 204
6  | PUT /c/f          | (["e1"])                                   | 423 lock-token-submitted /c/
7  | PUT /c/f          | (<L1x>) (Not <DAV:no-lock>)                | 423 lock-token-submitted /c/
8  | PUT /c/f          | (<L1> ["zz"]) (Not <DAV:no-lock> ["zz"])   | 412
9  | PUT /c/new        | </c/new> (["e9"])                          | 412
10 | PUT /c/new        | </c/new> (Not ["e9"] <L1>)                 | 201
11 | PUT /c/new        | </c/> (<L1>)                               | 201
12 | DELETE /c/f       | </c/> (<L1>)                               | 204
13 | PUT /g            | (<L1>)                                     | 412
14 | PUT /g            | </c/> (<L1>)                               | 204
15 | PUT /g            | (Not <L1>)                                 | 204
16 | PUT /c/f          | (Not <L1>)                                 | 412
17 | PUT /c/f by Bob   | (<L1>)                                     | 423 lock-token-submitted /c/
18 | COPY /g -> /c/g   | </c/> (<L1>)                               | 201
19 | MOVE /c/f -> /h   | (<L1>)                                     | 201
20 | GET /g            | (["zz"])                                   | 412
21 | PUT /g            | </c/f> ([W/"e1"])                          | 204
22 | MKCOL /c/d/       | <http://other.example/c/> (<L1>)           | 412
23 | MKCOL /c/d/       | (<L1>)                                     | 201
D-10.4.2-b | PUT /g    | </c/> (<L1>) </g> (["zz"])                 | 204
D-10.4.2-b | PUT /g    | </g> (["zz"]) (<L1>)                       | 412
D-10.4.2-b | PUT /g    | <http://HOST/c/f> (["e1"])                 | 204
D-10.4.3-a | PUT /c/f  | (["zz"]) (["yy"]) (<L1>)                   | 204
D-10.4.3-b | PUT /c/f  | (not ["zz"] <L1>)                          | 204
D-10.4.3-b | PUT /c/f  | (Not ["zz"] Not <L1>)                      | 412
D-10.4.4-a | PUT /c/f  | (<L1X>)                                    | 412
D-10.4.4-b | PUT /g    | </c/f> (["e1"])                            | 204
D-10.4.4-c | PUT /new  | (Not <L1> Not ["e1"])                      | 201
D-10.4.4-c | PUT /g    | </c/f/> (["e1"])                           | 412
D-10.4.4-d | PUT /g    | <http://other.example/c/f> (["e1"])        | 412
D-10.4.4-d | PUT /g    | <http://other.example/c/f> (Not ["e1"])    | 204
D-10.4.4-d | PUT /g    | <mailto:a@b> (Not <L1>)                    | 204
D-10.4.1-a | PUT /g    | (<DAV:no-lock>)                            | 412
D-10.4.1-b | PUT /c/f  | </g> (<L1>) (Not <DAV:no-lock>)            | 204
D-10.4.1-b | PUT /c/f  | <http://other.example/> (Not <L1>)         | 204
D-10.4.8-a | PUT /g    | (Not <DAV:no-lock>)                        | 204
D-10.4.8-a | PUT /c/f  | (<DAV:no-lock>)                            | 412
D-10.4-a   | GET /c/f  | (<L1>)                                     | 200
D-10.4-a   | HEAD /g   | (["zz"])                                   | 412
D-10.4-a   | GET /c/   | (Not <L1>)                                 | 412
D-10.4-a   | PROPFIND /g  | (["zz"])                                | 412
D-10.4-a   | PROPFIND /g  | </c/f> (["e1"])                         | 207
D-10.4-a   | PROPPATCH /g | (["zz"])                                | 412
D-10.4-a   | DELETE /g    | (["zz"])                                | 412
D-10.4-a   | LOCK /g      | (["zz"])                                | 412
D-10.4-a   | LOCK /new    | (["zz"])                                | 412
D-10.4-a   | COPY /g -> /h | (["zz"])                               | 412
D-10.4-a   | MOVE /g -> /h | (["zz"])                               | 412
H-13.2.1-b | OPTIONS /g   | (["zz"])                                | 200
Z-npm-a    | LOCK /c/f    | L1                                      | 400
Z-npm-a    | LOCK /c/f    | (<L1>)                                  | 423 no-conflicting-lock /c/
`;

const READING = ['GET', 'HEAD', 'OPTIONS', 'PROPFIND'];

describe('the If header', () => {
  test.each(rows(TABLE))('13.2 row %s: %s with If: %s -> %s', async (_row, request = '', header = '', answer = '') => {
    const world = await startLocking(['/c/f', '/g']);
    try {
      const token = await world.lock('Ann', '/c/');
      const before = world.tree();
      const { headers } = await world.ask('Ann', 'HEAD', '/c/f');
      // All in one pass: an entity-tag may have L1 in it.
      const names: Record<string, string> = {
        '"e1"': String(headers.etag),
        L1: token,
        L1x: `${token}x`,
        L1X: token.toUpperCase(),
        HOST: `127.0.0.1:${world.served.port}`,
      };
      const value = header.replace(/"e1"|L1[xX]?|HOST/g, (name) => names[name] ?? name);
      const [method = '', target = '', , destination = ''] = request.split(' ');
      const asked = {
        headers: {
          Host: `127.0.0.1:${world.served.port}`,
          ...(value && { If: value }),
          ...(request.includes('->') && { Destination: destination }),
          ...(method === 'PROPFIND' && { Depth: '0' }),
          ...(method in BODIES && XML),
        },
        ...(BODIES[method] !== undefined && { body: BODIES[method] }),
      };
      const reply = await world.ask(request.endsWith('by Bob') ? 'Bob' : 'Ann', method, target, asked);

      expect(`${reply.status} ${conditionOf(reply)}`.trim()).toBe(answer);
      if (reply.status >= 400 || READING.includes(method)) expect(world.tree()).toEqual(before);
      else expect(world.tree()).not.toEqual(before);
      expect((await world.locksAt('/c/')).map((lock) => lock.token)).toEqual([token]);
      if (request.endsWith('/h') && reply.status === 201) expect(await world.locksAt('/h')).toEqual([]);
    } finally {
      await world.close();
    }
  });
});

const BODIES: Readonly<Record<string, string>> = {
  PUT: 'new',
  LOCK: lockInfo(),
  PROPPATCH: '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">1</p></prop></set></propertyupdate>',
};

describe('an If header that is not well-formed', () => {
  let world: Locking;
  beforeAll(async () => {
    world = await startLocking(['/f']);
  });
  afterAll(() => world.close());

  const malformed = [
    'urn:uuid:1',
    '(<urn:uuid:1>',
    '()',
    '</f>',
    '(<urn:uuid:1>) </f> (<urn:uuid:1>)',
    '</f> (<urn:uuid:1>) </g>',
    '(<urn:uuid:1>), (<urn:uuid:2>)',
    '(<no scheme>)',
    '(Not)',
    '(["e1])',
    '([ "e1" ])',
    '<f> (<urn:uuid:1>)',
    '(<urn:uuid:1>) x',
  ];
  test.each(malformed)('D-10.4.2-a, D-10.4.2-c: %s is 400 on any method, and nothing is done', async (header) => {
    const before = world.tree();
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND', 'LOCK', 'UNLOCK', 'COPY', 'MOVE', 'PROPPATCH']) {
      const headers = {
        If: header,
        Depth: method === 'PROPFIND' ? '0' : 'infinity',
        Destination: '/new',
        'Lock-Token': '<urn:uuid:1>',
        ...(method in BODIES && XML),
      };
      const { status } = await world.ask('Ann', method, '/f', { headers, ...(BODIES[method] && { body: BODIES[method] }) });
      expect([method, status]).toEqual([method, 400]);
    }
    expect((await world.ask('Ann', 'MKCOL', '/new/', { headers: { If: header } })).status).toBe(400);
    expect(world.tree()).toEqual(before);
    expect(await world.locksAt('/f')).toEqual([]);
  });

  test('D-10.4.2-d: two If lines are 400', async () => {
    const { status } = await world.ask('Ann', 'GET', '/f', { headers: { If: ['(Not <DAV:no-lock>)', '(Not <DAV:no-lock>)'] } });
    expect(status).toBe(400);
  });

  test('D-12.1-a: no 412 without a condition in the request', async () => {
    const token = await world.lock('Ann', '/f');
    const answers: string[] = [];
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK', 'COPY', 'MOVE']) {
      for (const lockToken of [undefined, '<urn:uuid:1>']) {
        const headers = {
          Depth: method === 'PROPFIND' ? '0' : 'infinity',
          Destination: '/f',
          ...(lockToken && { 'Lock-Token': lockToken }),
          ...(method === 'PROPPATCH' && XML),
        };
        const body = method === 'LOCK' ? undefined : BODIES[method];
        answers.push(`${method} ${(await world.ask('Bob', method, '/f', { headers, ...(body !== undefined && { body }) })).status}`);
      }
    }
    expect([...new Set(answers)]).toEqual([
      'GET 200',
      'PUT 423',
      'DELETE 423',
      'PROPFIND 207',
      'PROPPATCH 423',
      'LOCK 400',
      'UNLOCK 400',
      'UNLOCK 409',
      'COPY 403',
      'MOVE 403',
    ]);
    expect((await world.locksAt('/f')).map((lock) => lock.token)).toEqual([token]);
  });
});

function rows(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim()));
}
