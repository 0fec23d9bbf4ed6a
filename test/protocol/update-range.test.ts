// Where a part of a file goes: Content-Range of PUT, X-Update-Range of PATCH, and the place in a file of a given size.
import { describe, expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { offsetIn, parseContentRange, parseUpdateRange, type UpdateRange } from '../../src/protocol/update-range.ts';

function statusOf(work: () => unknown): number {
  try {
    work();
  } catch (error) {
    if (error instanceof DavError) return error.status;
    throw error;
  }
  return 0;
}

describe('Z-crange-a: Content-Range', () => {
  test.each<[string, number, number]>([
    ['bytes 2-3/*', 2, 2],
    ['bytes 0-0/1', 0, 1],
    ['Bytes  10-19/20', 10, 10],
    ['bytes 5-9/999', 5, 5],
  ])('%s', (value, distance, length) => {
    expect(parseContentRange(value)).toEqual({ from: 'start', distance, length });
  });

  test.each([
    '',
    'bytes',
    'bytes 3-2/*',
    'bytes 2-3/3',
    'bytes 2-3',
    'bytes 2-/*',
    'bytes -3/*',
    'bytes */10',
    'items 2-3/*',
    'bytes=2-3/*',
    'bytes 2-3/x',
    'bytes 2-3/*x',
    'bytes 0-9999999999999999/*',
    'bytes +2-3/*',
  ])('%j is 400', (value) => {
    expect(statusOf(() => parseContentRange(value))).toBe(400);
  });
});

describe('Z-patch-a: X-Update-Range', () => {
  test.each<[string, UpdateRange]>([
    ['append', { from: 'end', distance: 0 }],
    ['APPEND', { from: 'end', distance: 0 }],
    ['bytes=2-3', { from: 'start', distance: 2, length: 2 }],
    ['Bytes=2-', { from: 'start', distance: 2 }],
    ['bytes=-4', { from: 'end', distance: 4 }],
  ])('%s', (value, range) => {
    expect(parseUpdateRange(value)).toEqual(range);
  });

  test.each([undefined, '', 'prepend', 'bytes=', 'bytes=-', 'bytes 2-3', 'bytes=2-3,4-5', 'bytes=x-', 'appendix', 'bytes=--2'])(
    '%j is 400',
    (value) => {
      expect(statusOf(() => parseUpdateRange(value))).toBe(400);
    },
  );

  test('one that ends before it starts is 416', () => expect(statusOf(() => parseUpdateRange('bytes=3-2'))).toBe(416));
});

test.each<[UpdateRange, number | undefined]>([
  [{ from: 'start', distance: 0 }, 0],
  [{ from: 'start', distance: 10 }, 10],
  [{ from: 'start', distance: 11 }, undefined],
  [{ from: 'end', distance: 0 }, 10],
  [{ from: 'end', distance: 10 }, 0],
  [{ from: 'end', distance: 11 }, undefined],
])('%j in ten bytes is at %s', (range, offset) => {
  if (offset === undefined) expect(statusOf(() => offsetIn(range, 10))).toBe(416);
  else expect(offsetIn(range, 10)).toBe(offset);
});
