// The conformance suite on the built server: no MUST is broken, no data lost, and a SHOULD is differed from where the README says so.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../conformance/suite.ts';
import { tableOf } from '../conformance/table.ts';
import { run } from './program.ts';
import { undone } from './undone.ts';

const ROOT = join(import.meta.dirname, '../..');
const made = undone();

const conformance = (...words: string[]) => run('npm', ['run', '--silent', 'conformance', '--', ...words], { cwd: ROOT, timeout: 800_000 });

/** The README's table of deviations has it, and the other one that is found. */
const DEVIATION = '424 rows';

describe('under --base, with a user', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    const server = await made.server({ args: ['--base', '/dav', '--user', 'ann:open sesame'] });
    const { status, stdout, stderr } = await conformance(server.url, '--user', 'ann:open sesame', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    outcome = JSON.parse(stdout);
  });

  test('everything is played, and nothing of it stays', () => {
    const { lines, hidden, preferring, leftover } = outcome;
    expect({ leftover, left: lines.filter(({ verdict }) => verdict === 'not played') }).toEqual({ leftover: undefined, left: [] });
    expect([lines.length > 120, hidden > 20, preferring > 5]).toEqual([true, true, true]);
  });

  test('nothing is found but what the README tells of', () => {
    const findings = outcome.lines.flatMap(({ scenario, variant, findings }) =>
      findings.map(({ level, says }) => `${level} ${says}${DEVIATION === says ? '' : ` in ${scenario}: ${variant}`}`),
    );
    expect([...new Set(findings)].sort()).toEqual([
      `should ${DEVIATION}`,
      'should nothing was done in MOVE onto a mapped destination, a locked source member: M: the destination is not put away for what cannot replace it',
    ]);
  });

  test('the table for people says so', () => {
    const table = tableOf(outcome);
    expect(table).toMatch(
      /^S1 DELETE, one locked grandchild\nSHOULD +M: the token is missing +207, part done .* no\n +should §9\.6\.1: 424 rows$/m,
    );
    expect(table).toMatch(/^0 break a MUST, 0 lose data, \d+ differ from a SHOULD, 0 do what RFC 4918 leaves open\.$/m);
  });
});

test.each([
  [[], 'which server?'],
  [['ftp://127.0.0.1/'], 'ftp://127.0.0.1/ is no http or https URL'],
  [['http://127.0.0.1/', 'http://127.0.0.1/'], 'one URL at a time'],
  [['--verbose'], 'there is no --verbose'],
  [['http://127.0.0.1/', '--user', 'ann'], '--user takes NAME:PASSWORD'],
])('%p is a mistake of one line', async (words, says) => {
  const { status, stdout, stderr } = await conformance(...words);
  expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({ status: 2, stdout: '', lines: 1 });
  expect(stderr).toContain(`conformance: ${says}`);
});

test('so is a server that wants a name', async () => {
  const server = await made.server({ args: ['--user', 'ann:open sesame'] });
  const { status, stderr } = await conformance(server.url);
  expect({ status, stderr }).toEqual({ status: 2, stderr: `conformance: ${server.url} wants to know who asks: --user NAME:PASSWORD.\n` });
});
