// Range on ten bytes, then on any number of them against a map of bytes.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectRanges } from '../../src/protocol/ranges.ts';

const from = (text: string) =>
  text.split(' ').map((range) => {
    const [start, end] = range.split('-').map(Number);
    return { start, end };
  });

describe('of ten bytes', () => {
  test.each([
    ['bytes=2-4', '2-4'],
    ['bytes=0-0', '0-0'],
    ['bytes=5-', '5-9'],
    ['bytes=-3', '7-9'],
    ['bytes=-10', '0-9'],
    ['bytes=-99', '0-9'],
    ['bytes=8-99', '8-9'],
    ['bytes=0-99999999999999999999', '0-9'],
    [`bytes=-${'9'.repeat(400)}`, '0-9'],
    ['BYTES=2-4', '2-4'],
    ['bytes= 2-4 , 6-7 ', '2-4 6-7'],
    ['bytes=,2-4,,', '2-4'],
    ['bytes=0-1,5-6,99-', '0-1 5-6'],
    ['bytes=0-0,-1', '0-0 9-9'],
    ['bytes=8-9,0-1', '8-9 0-1'],
    ['bytes=0-3,2-5', '0-5'],
    ['bytes=2-5,0-3', '0-5'],
    ['bytes=0-1,2-3', '0-1 2-3'],
    ['bytes=0-9,3-4', '0-9'],
    ['bytes=3-4,0-9', '0-9'],
    ['bytes=1-1,1-1', '1-1'],
    ['bytes=8-9,0-2,5-6,2-5', '8-9 0-6'],
    ['bytes=0-1,8-9,1-8', '0-9'],
  ])('%s selects %s', (header, ranges) => {
    expect(selectRanges(header, 10)).toEqual(from(ranges));
  });

  test.each(['bytes=10-', 'bytes=-0', 'bytes=10-20', 'bytes=99999999999999999999-', 'bytes=10-,-0'])(
    '%s is unsatisfiable (H-15.5.17-a)',
    (header) => {
      expect(selectRanges(header, 10)).toBe('unsatisfiable');
    },
  );

  test.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=abc',
    'bytes=5-2',
    'bytes=0-1,5-2',
    'bytes=-',
    'bytes=1',
    'bytes=1-2-3',
    'bytes=--1',
    'bytes=1 - 2',
    'bytes=0x1-2',
    'bytes=1.0-2',
    'bytes =0-1',
    'items=0-1',
    '0-1',
    'bytes=0-1;2-3',
  ])('%p is ignored (H-14.2-c)', (header) => {
    expect(selectRanges(header, 10)).toBe('whole');
  });
});

test.each(['bytes=0-', 'bytes=-1', 'bytes=0-0', 'bytes=-0'])('%s of nothing is ignored (H-14.1.2-b)', (header) => {
  expect(selectRanges(header, 0)).toBe('whole');
});

test('64 ranges are served, more are ignored (H-14.2-d)', () => {
  const header = (count: number) => `bytes=${Array.from({ length: count }, (_, index) => `${index * 2}-${index * 2}`).join(',')}`;
  expect(selectRanges(header(64), 1000)).toHaveLength(64);
  expect(selectRanges(header(65), 1000)).toBe('whole');
  expect(selectRanges(header(1000), 10_000)).toBe('whole');
});

test('what comes out covers exactly the bytes asked for, each once, inside the file', () => {
  const spec = fc.oneof(
    fc
      .tuple(fc.nat(30), fc.nat(10))
      .map(([start, more]) => ({ text: `${start}-${start + more}`, has: (byte: number) => byte >= start && byte <= start + more })),
    fc.nat(30).map((start) => ({ text: `${start}-`, has: (byte: number) => byte >= start })),
    fc.nat(30).map((length) => ({ text: `-${length}`, has: (byte: number, size: number) => byte >= size - length })),
  );
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 25 }), (specs, size) => {
      const wanted = Array.from({ length: size }, (_, byte) => byte).filter((byte) => specs.some((range) => range.has(byte, size)));
      const ranges = selectRanges(`bytes=${specs.map((range) => range.text).join(',')}`, size);
      if (typeof ranges === 'string') {
        expect([ranges, wanted]).toEqual(['unsatisfiable', []]);
        return;
      }
      const covered = ranges.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, index) => start + index));
      expect(covered.sort((a, b) => a - b)).toEqual(wanted);
    }),
  );
});
