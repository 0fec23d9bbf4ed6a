// The suite on servers that are wrong on purpose: what they do is found, however they answer.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UsageMistake } from './arguments.ts';
import { type Careless, type Manner, startCareless } from './careless-server.ts';
import { type Line, type Outcome, runSuite } from './suite.ts';
import { exitCodeOf, tableOf } from './table.ts';

async function onServer(manner: Manner, use: (server: Careless) => Promise<void>): Promise<void> {
  const server = await startCareless(manner);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

describe('a server that grants every lock and heeds none', () => {
  let server: Careless;
  let outcome: Outcome;
  beforeAll(async () => {
    server = await startCareless();
    outcome = await runSuite(server.url, undefined);
  });
  afterAll(() => server.close());

  const line = (scenario: string, variant: string): Line => {
    const found = outcome.lines.find((each) => each.scenario.startsWith(scenario) && each.variant.startsWith(variant));
    if (!found) throw new Error(`There is no ${scenario}: ${variant}`);
    return found;
  };
  const findings = (scenario: string, variant: string) =>
    line(scenario, variant).findings.map(({ level, section, says }) => `${level} §${section}: ${says}`);

  test('deletes a locked member', () => {
    expect(findings('S1 ', 'M:')).toEqual([
      'lost §9.6.1: the content of /c/sub/x.txt is nowhere',
      'must §7: /c/sub/x.txt was deleted although it is locked and the token was not submitted',
    ]);
  });

  test('moves one', () => {
    expect(findings('S5 ', 'M:')).toContain('must §7: /s/sub/x.txt was moved away although it is locked and the token was not submitted');
  });

  test('overwrites one', () => {
    expect(findings('S8 ', 'M:')).toContain('lost §9.8: the content of /d/sub/x.txt is nowhere');
  });

  test('locks over a lock', () => {
    expect(findings('S10 LOCK infinity', 'M:')).toContain('must §9.10.3: the LOCK was granted although /t/sub/x.txt is locked');
    expect(findings('C1 ', 'a second exclusive')).toContain('must §9.10.5: the LOCK was granted although /a.txt is locked');
  });

  test('lets a new member into a locked collection', () => {
    expect(findings('C2 ', 'PUT of a new member')).toEqual([
      'must §7.4: /c/new.txt was made although /c is locked and the token was not submitted',
    ]);
  });

  test('heeds neither Overwrite nor If', () => {
    expect(findings('C11 ', 'MOVE, Overwrite: F')).toContain('must §10.6: 201 and not 412 with Overwrite: F');
    expect(findings('C11 ', 'an If header')).toContain('must §10.4.1: 201 and not 412 with an If header that is false');
  });

  test('destroys a destination for nothing', () => {
    expect(findings('C9 ', 'MOVE onto a collection')).toContain('lost §9.9: the content of /c/b.txt is nowhere');
  });

  test('is told so, and what is right is not blamed', () => {
    expect(line('S1 ', 'S: ')).toMatchObject({ verdict: 'ok', status: 204, effect: 'all' });
    expect(exitCodeOf(outcome)).toBe(1);
    expect(tableOf(outcome)).toMatch(/^LOST +M: the token is missing +204, all done .* YES$/m);
  });

  test('has nothing left of it', () => {
    expect({ leftover: outcome.leftover, tree: [...server.tree.keys()] }).toEqual({ leftover: undefined, tree: ['/'] });
  });
});

test('without LOCK what needs no lock is played', () =>
  onServer({ lockless: true }, async ({ url }) => {
    const { lines } = await runSuite(url, undefined);
    const [first] = lines;
    expect(first).toMatchObject({ scenario: 'S1 DELETE, one locked grandchild', verdict: 'not played' });
    expect(first?.obstacle).toBe('no locks: a LOCK (exclusive, Depth: infinity) is answered 405');
    expect(lines.find(({ scenario, variant }) => scenario.startsWith('C9') && variant === 'MOVE onto a file')?.verdict).toBe('lost');
  }));

test.each([
  '',
  '<a',
  '<D:multistatus xmlns:D="DAV:"/>',
  '<D:multistatus xmlns:D="DAV:"><D:response><D:href>http://[</D:href></D:response></D:multistatus>',
])('a server that answers everything with 207 and %p', (babble) =>
  onServer({ babble }, async ({ url }) => {
    const { lines, leftover } = await runSuite(url, undefined);
    expect(lines.every(({ verdict }) => verdict === 'not played')).toBe(true);
    expect(leftover).toMatch(/conformance-/);
  }),
);

test('what is no WebDAV server is told of', async () => {
  const gone = await startCareless();
  await gone.close();
  await expect(runSuite(gone.url, undefined)).rejects.toThrow(UsageMistake);
});
