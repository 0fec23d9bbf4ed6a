// litmus, the WebDAV protocol test suite: every test passes, and without a warning.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningServer } from './dav207.ts';
import { run } from './program.ts';
import { undone } from './undone.ts';

const TOTALS = { basic: 16, copymove: 13, props: 30, locks: 41, http: 4 };

const PASS = /^ ?\d+\. \w+\.* pass$/;
const SUMMARY = /^<- summary for `(\w+)': of (\d+) tests run: \2 passed, 0 failed\. 100\.0%$/;
const START = /^-> running `\w+':$/;

/** How many tests passed in each suite, and every line that says something else: failed, skipped, a warning, an error. */
function read(transcript: string): { totals: Record<string, number>; amiss: string[] } {
  // A test's line is written again with its result after a carriage return.
  const lines = transcript.split('\n').map((line) => line.split('\r').at(-1) ?? '');
  const summaries = lines.map((line) => SUMMARY.exec(line)).filter((match) => match !== null);
  const totals = Object.fromEntries(summaries.map(([, suite = '', ran]) => [suite, Number(ran)]));
  const amiss = lines.filter((line) => line !== '' && ![PASS, SUMMARY, START].some((pattern) => pattern.test(line)));
  return { totals, amiss };
}

describe.each([
  { how: 'at the root', args: [], login: [] },
  { how: 'under --base', args: ['--base', '/dav'], login: [] },
  { how: 'with a user', args: ['--user', 'ann:open sesame'], login: ['ann', 'open sesame'] },
])('litmus $how', ({ args, login }) => {
  const made = undone();
  let server: RunningServer;
  beforeAll(async () => {
    server = await made.server({ args });
  });

  test('passes all five suites without a warning', async () => {
    const { status, stdout, stderr } = await run('litmus', ['--keep-going', server.url, ...login]);
    const { totals, amiss } = read(stdout);
    if (status !== 0 || amiss.length > 0) throw new Error(`litmus says:\n${amiss.join('\n')}\n\nThe whole transcript:\n${stdout}${stderr}`);
    expect(totals).toEqual(TOTALS);
  });
});
