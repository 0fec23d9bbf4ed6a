// Depth, Overwrite, Lock-Token, Timeout, X-OC-Mtime: every accepted form and what becomes of the rest.
import { describe, expect, test } from '@jest/globals';
import { parseDepth, parseLockToken, parseModified, parseOverwrite, parseTimeout } from '../../src/protocol/headers.ts';

const badRequest = expect.objectContaining({ status: 400 });

describe('Depth (D-09.1-d, Z-depthnoroot-a)', () => {
  test.each([
    [undefined, undefined],
    ['0', 0],
    ['1', 1],
    ['infinity', 'infinity'],
    ['Infinity', 'infinity'],
    ['INFINITY', 'infinity'],
  ])('%p means %p', (value, depth) => {
    expect(parseDepth(value)).toBe(depth);
  });

  test.each(['', '2', '-1', '00', '01', '1,noroot', '1, 1', '0 ', 'infinite', 'infinity, infinity', '1.0'])('%p is refused', (value) => {
    expect(() => parseDepth(value)).toThrow(badRequest);
  });
});

describe('Overwrite (D-10.6-a)', () => {
  test.each([
    [undefined, true],
    ['T', true],
    ['t', true],
    ['F', false],
    ['f', false],
  ])('%p means %p', (value, overwrite) => {
    expect(parseOverwrite(value)).toBe(overwrite);
  });

  test.each(['', 'true', 'TF', 'T, T', 'F\n', '1', 'undefined'])('%p is refused', (value) => {
    expect(() => parseOverwrite(value)).toThrow(badRequest);
  });
});

describe('Lock-Token (D-09.11-b, Z-win-a)', () => {
  test.each([
    ['<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>', 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ['urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ['<opaquelocktoken:A-B?c=d>', 'opaquelocktoken:A-B?c=d'],
    ['<DAV:no-lock>', 'DAV:no-lock'],
  ])('%p is %p', (value, token) => {
    expect(parseLockToken(value)).toBe(token);
  });

  test.each([
    undefined,
    '',
    '<>',
    '<',
    '<urn:a',
    'urn:a>',
    'abc',
    '</a>',
    '(<urn:a>)',
    '<urn:a>, <urn:b>',
    '<<urn:a>>',
    '<urn:a b>',
    '<urn:a#b>',
    '"urn:a"',
    ':a',
    '1a:b',
  ])('%p is refused', (value) => {
    expect(() => parseLockToken(value)).toThrow(badRequest);
  });
});

describe('Timeout (D-10.7-a)', () => {
  const limits = { fallback: 180, most: 604800 };

  test.each([
    [undefined, 180],
    ['', 180],
    ['Second-3600', 3600],
    ['second-3600', 3600],
    ['Infinite', 604800],
    ['INFINITE', 604800],
    ['Infinite, Second-4100000000', 604800],
    ['Second-4100000000, Infinite', 604800],
    ['Second-60, Infinite', 60],
    [' Second-60 ,Second-70', 60],
    ['Extend, Second-70', 70],
    ['Second-0', 180],
    ['Second-0, Second-9', 9],
    ['Second-4294967295', 604800],
    ['Second-4294967296', 180],
    ['Second-99999999999999999999999, Second-5', 5],
    ['Second-', 180],
    ['Second--5', 180],
    ['Second-1.5', 180],
    ['Second-0x10', 180],
    ['3600', 180],
    [',,,', 180],
  ])('%p grants %p seconds', (value, seconds) => {
    expect(parseTimeout(value, limits)).toBe(seconds);
  });

  test('the fallback is capped as well', () => {
    expect(parseTimeout(undefined, { fallback: 180, most: 60 })).toBe(60);
  });
});

describe('X-OC-Mtime (Z-mtime-a)', () => {
  test.each([
    ['1405659600', 1405659600000],
    ['1405659600.5', 1405659600500],
    ['1405659600.123987654', 1405659600123],
    ['1405659600.001', 1405659600001],
    ['0', 0],
    ['-0', 0],
    ['-1.5', -1500],
    ['253402300799', 253402300799000],
  ])('%p is %p ms', (value, ms) => {
    expect(parseModified(value)).toBe(ms);
  });

  test.each([
    undefined,
    '',
    ' ',
    'now',
    '0x10',
    '1e9',
    '+5',
    '1.',
    '.5',
    '1,5',
    '253402300800',
    '9'.repeat(400),
    'Infinity',
    'NaN',
    '5, 5',
  ])('%p is ignored', (value) => {
    expect(parseModified(value)).toBeUndefined();
  });
});
