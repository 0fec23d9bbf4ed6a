// A server is not asked for what it would not be done with.
import { expect, test } from '@jest/globals';
import { makePace } from './pace.ts';

test('what would take longer than there is patience is not asked for, by its size', () => {
  const pace = makePace(30_000);
  expect(pace.verdict('a', 'COPY', 1000)).toBeUndefined();
  pace.took('a', 'COPY', 1000, 10_000);
  expect(pace.verdict('a', 'COPY', 3000)).toBeUndefined();
  expect(pace.verdict('a', 'COPY', 5000)).toEqual({ said: 'cut', reason: 'not asked: 1,000 took 10 s, so it would take 50 s or more' });
  expect(pace.verdict('a', 'MOVE', 5000)).toBeUndefined();
  expect(pace.verdict('b', 'COPY', 5000)).toBeUndefined();
});

test('what failed once is not asked for again', () => {
  const pace = makePace(30_000);
  pace.failed('a', 'COPY', '404 to COPY');
  expect(pace.verdict('a', 'COPY', 10)).toEqual({ said: '–', reason: 'not asked, after: 404 to COPY' });
});
