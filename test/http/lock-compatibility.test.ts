// Which locks exclude each other, on one resource and along a path.
import { describe, expect, test } from '@jest/globals';
import { conditionOf, type Locking, lockInfo, type Person, rowsOf, startLocking, XML } from './locking.ts';

/**
 * requirement | locks held (`shared`, `depth 0`, `Bob`) | LOCK asked for by Ann | If | answer
 * A 423 has its condition with the lock roots, a 207 its rows.
 */
const TABLE = `
D-09.10.5-a |                              | /c/f exclusive        |              | 200
D-09.10.5-a |                              | /c/f shared           |              | 200
D-09.10.5-b | /c/f shared                  | /c/f shared           |              | 200
D-09.10.5-b | /c/f shared Bob              | /c/f shared           |              | 200
D-09.10.5-b | /c/f shared, /c/f shared Bob | /c/f shared           |              | 200
D-09.10.5-b | /c/f shared Bob              | /c/f exclusive        |              | 423 no-conflicting-lock /c/f
D-09.10.5-b | /c/f shared                  | /c/f exclusive        | (<L1>)       | 423 no-conflicting-lock /c/f
D-09.10.5-c | /c/f exclusive               | /c/f shared           |              | 423 no-conflicting-lock /c/f
D-09.10.5-c | /c/f exclusive               | /c/f exclusive        | (<L1>)       | 423 no-conflicting-lock /c/f
D-09.10.5-c | /c/f exclusive Bob           | /c/f exclusive        |              | 423 no-conflicting-lock /c/f
D-09.10.5-d | /c/ depth 0                  | /c/f exclusive        |              | 200
D-09.10.5-e | /c/ depth 0                  | / exclusive           |              | 207 / 424, /c/ 423 no-conflicting-lock /c/
D-09.10.5-f | /c/f exclusive               | /c/ exclusive depth 0 |              | 200
D-09.10.5-g | /c/ shared                   | /c/f shared           |              | 200
D-09.10.5-h | /c/ shared                   | /c/f exclusive        |              | 423 no-conflicting-lock /c/
D-09.10.5-i | /c/ depth 0                  | /c/new exclusive      |              | 423 lock-token-submitted /c/
D-09.10.5-i | /c/ depth 0                  | /c/new exclusive      | </c/> (<L1>) | 201
D-09.10.5-j | /c/ exclusive                | /c/new exclusive      |              | 423 no-conflicting-lock /c/
D-09.10.5-j | /c/ exclusive                | /c/new exclusive      | </c/> (<L1>) | 423 no-conflicting-lock /c/
D-09.10.5-j | /c/ exclusive                | /c/new shared         | (<L1>)       | 423 no-conflicting-lock /c/
D-09.10.5-g | /c/ shared                   | /c/new shared         | (<L1>)       | 201
D-09.10.5-g | /c/ shared Bob               | /c/new shared         |              | 423 lock-token-submitted /c/
D-09.10.6-c | /c/ exclusive Bob            | /c/f exclusive        |              | 423 no-conflicting-lock /c/
D-09.10.6-c | / shared, /c/ shared         | /c/f exclusive        |              | 423 no-conflicting-lock /c/ /
D-09.10.5-c | /c/f shared                  | / exclusive           |              | 207 / 424, /c/ 424, /c/f 423 no-conflicting-lock /c/f
D-09.10.5-b | /c/f shared                  | / shared              |              | 200
D-09.10.5-a | /c/f exclusive               | /d/ exclusive         |              | 200
D-07.4-g    | / shared                     | /c/ shared            |              | 200
D-07.4-g    | / exclusive                  | /c/ shared            | </> (<L1>)   | 423 no-conflicting-lock /
D-07.4-g    | / shared                     | /c/ exclusive         | (<L1>)       | 423 no-conflicting-lock /
`;

const cases = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('lock compatibility', () => {
  test.each(cases)('%s: held %s, asked %s, If: %s -> %s', async (_id, held = '', asked = '', header = '', answer = '') => {
    const world = await startLocking(['/c/f', '/d/']);
    try {
      const tokens: string[] = [];
      for (const spec of held.split(', ').filter(Boolean)) tokens.push(await take(world, spec));
      const before = { tree: world.tree(), locks: await allLocks(world) };
      const [target = '', scope, , depth] = asked.split(' ');
      const condition = header.replace('L1', tokens[0] ?? '');
      const headers = { ...XML, Depth: depth ?? 'infinity', ...(condition && { If: condition }) };
      const reply = await world.ask('Ann', 'LOCK', target, { headers, body: lockInfo(scope) });

      const [said, ...rest] = [reply.status, reply.status === 207 ? rowsOf(reply).join(', ') : conditionOf(reply)];
      expect(`${said} ${rest.join('')}`.trim()).toBe(answer);
      const granted = reply.headers['lock-token']?.slice(1, -1);
      if (reply.status === 200 || reply.status === 201) {
        expect((await world.locksAt(target)).map((lock) => lock.token)).toContain(granted);
        expect(await allLocks(world)).toHaveLength(before.locks.length + 1);
      } else {
        expect(granted).toBeUndefined();
        expect({ tree: world.tree(), locks: await allLocks(world) }).toEqual(before);
      }
    } finally {
      await world.close();
    }
  });
});

function take(world: Locking, spec: string): Promise<string> {
  const [target = '', ...words] = spec.split(' ');
  const who: Person = words.includes('Bob') ? 'Bob' : 'Ann';
  return world.lock(who, target, {
    scope: words.includes('shared') ? 'shared' : 'exclusive',
    depth: words.includes('depth') ? '0' : 'infinity',
  });
}

/** Root and scope of every lock, by who sees its token. */
async function allLocks(world: Locking): Promise<string[]> {
  const locks: string[] = [];
  for (const target of world.tree().map((line) => line.split(' ')[0] ?? '')) {
    for (const who of ['Ann', 'Bob'] as const) {
      for (const { token, root, scope } of await world.locksAt(target, who)) if (token) locks.push(`${root} ${scope} ${token}`);
    }
  }
  for (const { token, root, scope } of await world.locksAt('/')) locks.push(`${root} ${scope} ${token}`);
  return [...new Set(locks)].sort();
}
