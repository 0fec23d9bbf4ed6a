// The readable log: one line each, with what every cause says.
import { expect, jest, test } from '@jest/globals';
import { createLog } from '../../src/server/log-format.ts';

/** What is printed while `work` runs, without the clock. */
function printed(work: () => void): string[] {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    work();
    return write.mock.calls.map(([line]) => String(line).replace(/^\d\d:\d\d:\d\d /, ''));
  } finally {
    write.mockRestore();
  }
}

const circle = new Error('round');
circle.cause = circle;

test.each<[string, unknown, string]>([
  ['nothing more', undefined, ''],
  ['what failed', new Error('no\nroom'), ': no\\nroom'],
  ['what made that fail', new Error('not written', { cause: new Error('ENOSPC') }), ': not written: ENOSPC'],
  ['a path', '/a/b', ': /a/b'],
  ['nothing at all', null, ': null'],
  ['a circle, cut off', circle, ': round'.repeat(8)],
])('a failure is told with %s', async (_what, cause, told) => {
  const log = await createLog('pretty');
  expect(printed(() => log.error('It failed', cause))).toEqual([`It failed${told}\n`]);
});

test('sentences that lead on to a cause do so without their full stop', async () => {
  const log = await createLog('pretty');
  const cause = new Error('No room.', { cause: new Error('ENOSPC.') });
  expect(printed(() => log.error('It failed.', cause))).toEqual(['It failed: No room: ENOSPC.\n']);
});

test('a request is a line with its time, a warning one without', async () => {
  const log = await createLog('pretty');
  const lines = printed(() => {
    log.request('GET', '/a%20b', 200, 1.6);
    log.warn?.('It may fail');
  });
  expect(lines).toEqual(['GET /a%20b 200 2 ms\n', 'It may fail\n']);
});

test('who wants no log has none', async () => {
  const log = await createLog('none');
  expect(
    printed(() => {
      log.request('GET', '/', 200, 1);
      log.warn?.('It may fail');
      log.error('It failed', circle);
    }),
  ).toEqual([]);
});
