// The built server, killed under load and while it starts: nothing that was acknowledged is lost, and nothing is half done.
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { run } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = ['--import', './test/conformance/typescript.js', 'test/crash/main.ts'];

test('eight kills leave no violation', async () => {
  const { status, stdout, stderr } = await run(process.execPath, [...MAIN, '--kills', '8'], { cwd: ROOT });
  expect({ status, stderr, violations: stdout.match(/^VIOLATION[\s\S]*/m)?.[0] }).toEqual({ status: 0, stderr: '', violations: undefined });
  expect(stdout).toMatch(/^8 kills \(\d+ in the first milliseconds of a start\), [1-9]\d* requests answered, 0 violations, seed \d+\n$/);
});
