// HTTP-date: three forms in, one out (H-5.6.7-a).
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDate, parseDate } from '../../src/protocol/http-date.ts';

const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

test('writes IMF-fixdate and drops the fraction downwards', () => {
  expect(formatDate(EXAMPLE)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  expect(formatDate(EXAMPLE + 999.9)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  expect(formatDate(-1)).toBe('Wed, 31 Dec 1969 23:59:59 GMT');
});

test('reads back what it writes, to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62135596800, max: 253402300799 }), fc.integer({ min: 0, max: 999 }), (seconds, ms) => {
      expect(parseDate(formatDate(seconds * 1000 + ms))).toBe(seconds * 1000);
    }),
  );
});

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', EXAMPLE],
  ['Sunday, 06-Nov-94 08:49:37 GMT', EXAMPLE],
  ['Sun Nov  6 08:49:37 1994', EXAMPLE],
  ['Wed Nov 16 08:49:37 1994', EXAMPLE + 10 * 86400_000],
  ['Mon, 06 Nov 1994 08:49:37 GMT', EXAMPLE],
  ['Tue, 29 Feb 2000 00:00:00 GMT', Date.UTC(2000, 1, 29)],
  ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
])('%p is read', (value, ms) => {
  expect(parseDate(value)).toBe(ms);
});

describe('the century of a two-digit year', () => {
  const now = Date.UTC(2026, 5, 15);

  test.each([
    ['Monday, 15-Jun-26 00:00:00 GMT', Date.UTC(2026, 5, 15)],
    ['Monday, 15-Jun-76 00:00:00 GMT', Date.UTC(2076, 5, 15)],
    ['Monday, 15-Jun-76 00:00:01 GMT', Date.UTC(1976, 5, 15, 0, 0, 1)],
    ['Monday, 01-Jan-77 00:00:00 GMT', Date.UTC(1977, 0, 1)],
    ['Monday, 01-Jan-99 00:00:00 GMT', Date.UTC(1999, 0, 1)],
    ['Tuesday, 29-Feb-00 00:00:00 GMT', Date.UTC(2000, 1, 29)],
  ])('%p', (value, ms) => {
    expect(parseDate(value, now)).toBe(ms);
  });

  test('may be the next one', () => {
    expect(parseDate('Monday, 01-Jan-10 00:00:00 GMT', Date.UTC(2080, 0, 1))).toBe(Date.UTC(2110, 0, 1));
  });
});

test.each([
  '',
  '0',
  'now',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 nov 1994 08:49:37 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Wed, 29 Feb 2023 00:00:00 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 06-Nov-94 08:49:37 GMT',
  'Thursday, 29-Feb-01 00:00:00 GMT',
  'Sun Nov 6 08:49:37 1994',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT; length=5',
])('%p is no date', (value) => {
  expect(parseDate(value)).toBeUndefined();
});
