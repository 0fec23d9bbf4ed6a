// Medians and exponents are those of a textbook.
import { expect, test } from '@jest/globals';
import { exponentOf, medianOf, percentileOf } from './statistics.ts';

test('the median is the middle, or between the two in the middle', () => {
  expect(medianOf([10, 1, 3])).toBe(3);
  expect(medianOf([10, 1, 3, 5])).toBe(4);
});

test('a percentile is the first number that so many are below', () => {
  const numbers = Array.from({ length: 1000 }, (_, at) => 999 - at);
  expect(percentileOf(numbers, 0.5)).toBe(500);
  expect(percentileOf(numbers, 0.99)).toBe(990);
});

test.each([0, 1, 2, 0.5])('a cost that grows with size to the power of %d is found to', (exponent) => {
  const points = [100, 1000, 5000].map((size) => ({ size, cost: 3 * size ** exponent }));
  expect(exponentOf(points)).toBeCloseTo(exponent, 9);
});
