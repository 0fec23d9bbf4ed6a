// Which token each verb needs: verb by lock by token, with the locks and the tree afterwards.
import { describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, type Person, startLocking, XML } from './locking.ts';

const TREE = ['/c/f', '/c/sub/m', '/d/old', '/e/', '/g'];

/**
 * requirement | locks L1, L2 … (`depth 0`, `Bob`, `shared`; infinite, Ann's, exclusive) | request | If | answer | locks left
 * An answer of 423 holds the hrefs of `lock-token-submitted`, and means that nothing was changed.
 */
const TABLE = `
D-07.4-a | /c/f             | PUT /c/f             |                                     | 423 /c/f     | L1
D-07.4-a | /c/f             | PUT /c/f             | (<L1>)                              | 204          | L1
D-07.4-a | /c/ depth 0      | PUT /c/f             |                                     | 204          | L1
D-07.4-a | /c/              | PUT /c/sub/m         |                                     | 423 /c/      | L1
D-07.4-a | /c/              | PUT /c/sub/m         | (<L1>)                              | 204          | L1
D-07.4-b | /c/ depth 0      | PUT /c/new           |                                     | 423 /c/      | L1
D-07.4-b | /c/ depth 0      | PUT /c/new           | </c/> (<L1>)                        | 201          | L1
D-07.4-b | /c/ depth 0      | PUT /c/new           | (<L1>)                              | 412          | L1
D-07.4-b | /c/ depth 0      | PUT /c/sub/new       |                                     | 201          | L1
D-07.4-b | /c/              | PUT /c/sub/new       | (<L1>)                              | 201          | L1
D-07.4-b | /c/ depth 0      | MKCOL /c/new/        |                                     | 423 /c/      | L1
D-07.4-b | /c/ depth 0      | MKCOL /c/new/        | </c/> (<L1>)                        | 201          | L1
D-07.4-b | /c/              | MKCOL /c/new/        |                                     | 423 /c/      | L1
D-07.4-b | / depth 0        | MKCOL /new/          |                                     | 423 /        | L1
D-09.7-d | /c/sub/ d0, /c/sub/m | PUT /c/sub/m     | </c/sub/> (<L1>)                    | 423 /c/sub/m | L1 L2
D-09.7-d | /c/sub/ d0, /c/sub/m | PUT /c/sub/m     | (<L2>)                              | 204          | L1 L2
D-09.7-d | /c/sub/ depth 0  | PUT /c/sub/new       |                                     | 423 /c/sub/  | L1
D-09.7-d | /c/sub/ depth 0  | PUT /c/sub/new       | </c/sub/> (<L1>)                    | 201          | L1
D-09.7-d | /                | PUT /c/sub/new       |                                     | 423 /        | L1
D-09.7-d | /                | PUT /c/sub/new       | </> (<L1>)                          | 201          | L1
D-09.3-g | /                | MKCOL /c/sub/new/    |                                     | 423 /        | L1
D-09.3-g | /                | MKCOL /c/sub/new/    | </> (<L1>)                          | 201          | L1
D-09.3-g | / depth 0        | MKCOL /new/          | </> (<L1>)                          | 201          | L1
D-09.3-g | / depth 0        | MKCOL /c/sub/new/    |                                     | 201          | L1
D-07.4-c | /c/ depth 0      | PROPPATCH /c/        |                                     | 423 /c/      | L1
D-07.4-c | /c/ depth 0      | PROPPATCH /c/        | (<L1>)                              | 207          | L1
D-07.4-c | /c/ depth 0      | PROPPATCH /c/f       |                                     | 207          | L1
D-07.4-c | /c/              | PROPPATCH /c/f       |                                     | 423 /c/      | L1
D-07.4-c | /c/              | PROPPATCH /c/f       | (<L1>)                              | 207          | L1
D-07.4-d | /c/f             | DELETE /c/f          |                                     | 423 /c/f     | L1
D-07.4-d | /c/f             | DELETE /c/f          | (<L1>)                              | 204          |
D-07.4-d | /c/ depth 0      | DELETE /c/f          |                                     | 423 /c/      | L1
D-07.4-d | /c/ depth 0      | DELETE /c/f          | </c/> (<L1>)                        | 204          | L1
D-07.4-d | /c/ depth 0      | DELETE /c/sub/m      |                                     | 204          | L1
D-07.4-d | /c/              | DELETE /c/sub/       |                                     | 423 /c/      | L1
D-09.6-d | /c/sub/ depth 0  | DELETE /c/sub/m      |                                     | 423 /c/sub/  | L1
D-09.6-d | / depth 0        | DELETE /c/           |                                     | 423 /        | L1
D-09.6-d | / depth 0        | DELETE /c/           | </> (<L1>)                          | 204          | L1
D-09.6-d | /                | DELETE /c/sub/       | </> (<L1>)                          | 204          | L1
D-06.1-f | /c/              | DELETE /c/           | (<L1>)                              | 204          |
D-07-a   | /c/              | DELETE /c/f          |                                     | 423 /c/      | L1
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          | </c/> (<L1>)                        | 423 /c/f     | L1 L2
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          | (<L2>)                              | 423 /c/      | L1 L2
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          |                                     | 423 /c/ /c/f | L1 L2
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          | </c/> (<L1>) </c/f> (<L2>)          | 204          | L1
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          | (<L1> <L2>)                         | 412          | L1 L2
D-07.4-j | /c/ d0, /c/f     | DELETE /c/f          | (<L2>) (<L1>)                       | 204          | L1
D-07.4-j | /c/ d0, /c/f     | PUT /c/f             | (<L2>)                              | 204          | L1 L2
D-07.4-j | /c/ shared, /c/f shared Bob | DELETE /c/f | (<L1>)                            | 204          | L1
D-07.4-e | /c/f             | MOVE /c/f -> /h      |                                     | 423 /c/f     | L1
D-06.1-f | /c/f             | MOVE /c/f -> /h      | (<L1>)                              | 201          |
D-07.4-e | /c/ depth 0      | MOVE /c/f -> /h      |                                     | 423 /c/      | L1
D-07.4-e | /c/ depth 0      | MOVE /c/f -> /h      | </c/> (<L1>)                        | 201          | L1
D-07.4-e | /c/ depth 0      | MOVE /c/f -> /c/h    |                                     | 423 /c/      | L1
D-07.4-e | /c/ depth 0      | MOVE /c/f -> /c/h    | </c/> (<L1>)                        | 201          | L1
D-07.4-e | /e/ depth 0      | MOVE /c/f -> /e/f    |                                     | 423 /e/      | L1
D-07.4-e | /e/ depth 0      | MOVE /c/f -> /e/f    | </e/> (<L1>)                        | 201          | L1
D-07.4-e | /d/old           | MOVE /c/f -> /d/old  |                                     | 423 /d/old   | L1
D-07.4-e | /d/old           | MOVE /c/f -> /d/old  | </d/old> (<L1>)                     | 204          | L1
D-07.4-e | /c/, /e/         | MOVE /c/f -> /e/f    | </c/> (<L1>)                        | 423 /e/      | L1 L2
D-07.4-e | /c/, /e/         | MOVE /c/f -> /e/f    | </e/> (<L2>)                        | 423 /c/      | L1 L2
D-07.4-e | /c/, /e/         | MOVE /c/f -> /e/f    | </c/> (<L1>) </e/> (<L2>)           | 201          | L1 L2
D-07.4-f | /c/f Bob         | COPY /c/f -> /h      |                                     | 201          | L1
D-07.4-f | /c/ depth 0      | COPY /g -> /c/f      |                                     | 204          | L1
D-07.4-f | /c/ depth 0      | COPY /g -> /c/new    |                                     | 423 /c/      | L1
D-07.4-f | /c/ depth 0      | COPY /g -> /c/new    | </c/> (<L1>)                        | 201          | L1
D-07.4-f | /c/f             | COPY /g -> /c/f      |                                     | 423 /c/f     | L1
D-07.4-f | /c/f             | COPY /g -> /c/f      | </c/f> (<L1>)                       | 204          | L1
D-09.8-b | /c/ Bob, /e/ d0  | COPY /c/f -> /e/f    | </e/> (<L2>)                        | 201          | L1 L2
D-09.8-b | /c/ Bob, /e/ d0  | COPY /c/f -> /e/f    |                                     | 423 /e/      | L1 L2
D-09.8-b | /c/f, /d/ d0     | COPY /c/f -> /d/old  |                                     | 204          | L1 L2
D-09.8-b | /c/f, /d/old     | COPY /c/f -> /d/old  | (<L1>)                              | 423 /d/old   | L1 L2
D-09.8-b | /c/f, /d/ d0     | MOVE /c/f -> /d/new  | (<L1>)                              | 423 /d/      | L1 L2
D-09.8-b | /c/f, /d/ d0     | MOVE /c/f -> /d/new  | </d/> (<L2>)                        | 423 /c/f     | L1 L2
D-09.8-b | /c/f, /d/ d0     | MOVE /c/f -> /d/new  | (<L1>) </d/> (<L2>)                 | 400          | L1 L2
D-09.8-b | /c/f, /d/ d0     | MOVE /c/f -> /d/new  | </c/f> (<L1>) </d/> (<L2>)          | 201          | L2
D-09.8-b | /c/ d0, /d/old   | MOVE /c/f -> /d/old  | </d/old> (<L2>)                     | 423 /c/      | L1 L2
D-09.8-b | /c/ d0, /d/old   | MOVE /c/f -> /d/old  | </c/> (<L1>) </d/old> (<L2>)        | 204          | L1 L2
D-07.4-b | /c/ depth 0      | LOCK /c/new          |                                     | 423 /c/      | L1
D-06.4-a | /c/f             | PUT /c/f by Bob      | (<L1>)                              | 423 /c/f     | L1
D-06.4-a | /c/ depth 0      | MKCOL /c/new/ by Bob | </c/> (<L1>)                        | 423 /c/      | L1
D-06.4-a | /c/f             | DELETE /c/f by Bob   | (<L1>)                              | 423 /c/f     | L1
D-06.2-b | /c/f shared, /c/f shared Bob | PUT /c/f | (<L1>)                              | 204          | L1 L2
D-06.2-b | /c/f shared, /c/f shared Bob | PUT /c/f |                                     | 423 /c/f     | L1 L2
D-06.2-b | /c/f shared Bob  | PUT /c/f             | (<L1>)                              | 423 /c/f     | L1
D-06.1-e | /c/f             | PUT /c/f             | (<L1>) (Not <DAV:no-lock>)          | 204          | L1
D-06.1-e | /c/f             | PUT /c/f             | (<DAV:no-lock> <L1>) (Not <DAV:no-lock>) | 204     | L1
D-10.4.4-c | /c/ depth 0    | MKCOL /c/new/        | (<L1>)                              | 412          | L1
D-10.4.4-c | /c/ depth 0    | MKCOL /c/new/        | </c/new> (<L1>)                     | 412          | L1
D-10.4-b | /c/              | PUT /c/f             | </c/> (<L1>)                        | 204          | L1
D-10.4-b | /c/              | PUT /c/f             | </c/f> (<L1>)                       | 204          | L1
D-07.4-i | /c/ Bob          | GET /c/f             |                                     | 200          | L1
D-07.4-i | /c/ Bob          | HEAD /c/f            |                                     | 200          | L1
D-07.4-i | /c/ Bob          | OPTIONS /c/f         |                                     | 200          | L1
D-07.4-i | /c/ Bob          | PROPFIND /c/f        |                                     | 207          | L1
`;

const READING = ['GET', 'HEAD', 'OPTIONS', 'PROPFIND'];

const cases = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('lock enforcement', () => {
  test.each(cases)('%s: locked %s, %s, If: %s -> %s', async (_id, locks = '', request = '', header = '', answer = '', left = '') => {
    const world = await startLocking(TREE);
    try {
      const tokens = await takeLocks(world, locks);
      const before = world.tree();
      const [method = '', target = ''] = request.split(' ');
      const who: Person = request.endsWith(' by Bob') ? 'Bob' : 'Ann';
      const reply = await world.ask(who, method, target, asking(request, named(header, tokens)));

      const [status, ...hrefs] = answer.split(' ');
      expect({ status: String(reply.status), condition: conditionOf(reply) }).toEqual({
        status,
        condition: status === '423' ? `lock-token-submitted ${hrefs.join(' ')}` : '',
      });
      const changesTree = Number(status) < 300 && !READING.includes(method) && method !== 'PROPPATCH';
      if (changesTree) expect(world.tree()).not.toEqual(before);
      else expect(world.tree()).toEqual(before);
      expect(await standing(world, tokens)).toEqual(left.split(' ').filter(Boolean));
    } finally {
      await world.close();
    }
  });
});

async function takeLocks(world: Locking, specs: string): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const [index, spec] of specs.split(', ').entries()) {
    const [target = '', ...words] = spec.split(' ');
    const who: Person = words.includes('Bob') ? 'Bob' : 'Ann';
    const depth = words.includes('depth') || words.includes('d0') ? '0' : 'infinity';
    tokens.set(`L${index + 1}`, await world.lock(who, target, { depth, scope: words.includes('shared') ? 'shared' : 'exclusive' }));
  }
  return tokens;
}

function named(header: string, tokens: ReadonlyMap<string, string>): string {
  return header.replace(/<(L\d)>/g, (_, name: string) => `<${tokens.get(name)}>`);
}

function asking(request: string, header: string) {
  const [method = '', , , destination] = request.split(' ');
  const body = {
    PUT: 'new',
    LOCK: '<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope><locktype><write/></locktype></lockinfo>',
    PROPPATCH: '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">1</p></prop></set></propertyupdate>',
  }[method];
  const headers = {
    ...(header && { If: header }),
    ...(request.includes('->') && destination && { Destination: destination }),
    ...(method === 'PROPFIND' && { Depth: '0' }),
    ...(body && method !== 'PUT' && XML),
  };
  return { headers, ...(body !== undefined && { body }) };
}

/** The names of the locks that can still be refreshed. */
async function standing(world: Locking, tokens: ReadonlyMap<string, string>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, token] of tokens) {
    for (const target of ['/c/f', '/c/', '/c/sub/', '/c/sub/m', '/d/', '/d/old', '/e/', '/']) {
      const { status } = await world.ask('Ann', 'LOCK', target, { headers: { If: `(<${token}>)` } });
      if (status !== 412 && !names.includes(name)) names.push(name); // 200, or 403 for Bob's
    }
  }
  return names;
}
