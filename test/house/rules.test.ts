// The count of rules is not easily fooled: what only looks like a test that shows a rule is none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'dav207-rules-'));
});
afterAll(() => rmSync(project, { recursive: true }));

// Put together: as a whole it would be counted here as well.
const rule = ['D', '01.2', 'a'].join('-');
const missing = `${rule} (SHOULD) has no test and is not in CONFORMANCE.md`;

/** What is said against a project of one rule, which is written RULE, of one test file, and of what else is given. */
function complaints(source: string, more: Readonly<Record<string, string>> = {}): string[] {
  const files = { 'fixtures/rules.tsv': 'RULE\tSHOULD\n', 'CONFORMANCE.md': '', 'fixtures/scenarios/x.txt': '', ...more };
  for (const [name, text] of Object.entries({ ...files, 'test/deep/a.test.ts': source })) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text.replaceAll('RULE', rule));
  }
  const { status, stderr } = spawnSync('node', [join(import.meta.dirname, 'rules.js'), project], { encoding: 'utf8' });
  const lines = stderr.split('\n').filter((line) => line !== '');
  expect(status).toBe(lines.length > 0 ? 1 : 0);
  return lines;
}

test.each([
  ['a title', "test('RULE: is so', () => {});"],
  ['a title in a describe', "describe('x', () => { test(`RULE: is so`, () => {}); });"],
  ['the title of a describe', "describe('RULE', () => { test('x', () => {}); });"],
  ['a table beside the title', "test.each([['RULE', () => 1]])('%s', () => {});"],
  ['a table at the top', "const ROWS: [string][] = [['RULE']];\ntest.each(ROWS)('%s', () => {});"],
])('%s shows a rule', (_what, source) => {
  expect(complaints(source)).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['a comment', "// 'RULE'\n/* test('RULE') */ test('x', () => {}); // it is 'RULE'"],
  ['what a test does', "test('x', () => { expect('RULE').toBe(`RULE`); });"],
  ['what is done before the tests of a describe', "describe('x', () => { beforeAll(() => tell('RULE')); });"],
  ['a function', "function help() { return 'RULE'; }\ntest('x', help);"],
  ['a word that it is the end of', "test('XRULE', () => {});"],
])('%s does not', (_what, source) => {
  expect(complaints(source)).toEqual([missing]);
});

test('what is skipped, or skips all others, is refused, whoever calls it', () => {
  const runners = ['test.skip', 'test.todo', 'test.failing', 'test.only', 'describe.skip', 'test.skip.each([])', 'xtest', 'fdescribe'];
  const calls = runners.map((runner) => `describe('x', () => { ${runner}('RULE', () => {}); });`);
  expect(complaints([...calls, "(now ? test : test.skip)('RULE', () => {});"].join('\n'))).toEqual(
    [...runners, 'test.skip'].map((runner) => `deep/a.test.ts has a ${runner.replace('.each([])', '')}`),
  );
});

test('a scenario shows a rule, a line of CONFORMANCE.md lets it go, and an unknown id is told', () => {
  expect(complaints('', { 'fixtures/scenarios/x.txt': '# x\n== M: (RULE)\n' })).toEqual([]);
  expect(complaints('', { 'fixtures/scenarios/x.txt': 'RULE\n' })).toEqual([missing]);
  expect(complaints('', { 'CONFORMANCE.md': '| RULE | it | not |\n' })).toEqual([]);
  expect(complaints('', { 'CONFORMANCE.md': 'Of RULE nothing is said.\n' })).toEqual([missing]);
  expect(complaints("test('RULE, RULEb', () => {});")).toEqual([`${rule}b is in no list of rules`]);
});
