// The preconditions of HTTP: each alone, their order, and If-Range.
import { describe, expect, test } from '@jest/globals';
import { checkPreconditions, ifRangeHolds, type Verdict } from '../../src/protocol/conditions.ts';

const MODIFIED = Date.UTC(2024, 4, 5, 6, 7, 8);
const current = { etag: '"e1"', modified: MODIFIED + 321 };
const SAME = 'Sun, 05 May 2024 06:07:08 GMT';
const EARLIER = 'Sun, 05 May 2024 06:07:07 GMT';
const LATER = 'Sun, 05 May 2024 06:07:09 GMT';

type Row = [method: string, headers: Record<string, string>, mapped: boolean, verdict: Verdict];

describe('If-Match (H-13.1.1-a, H-13.1.1-b)', () => {
  test.each<Row>([
    ['PUT', { 'if-match': '"e1"' }, true, 'proceed'],
    ['PUT', { 'if-match': '"e0", "e1"' }, true, 'proceed'],
    ['PUT', { 'if-match': '"e0","e1" ,"e2"' }, true, 'proceed'],
    ['PUT', { 'if-match': '"e0"' }, true, 'failed'],
    ['PUT', { 'if-match': 'W/"e1"' }, true, 'failed'],
    ['PUT', { 'if-match': '*' }, true, 'proceed'],
    ['PUT', { 'if-match': '*' }, false, 'failed'],
    ['PUT', { 'if-match': '"e1"' }, false, 'failed'],
    ['PUT', { 'if-match': 'e1' }, true, 'failed'],
    ['PUT', { 'if-match': '' }, true, 'failed'],
    ['PUT', { 'if-match': '"e0", *' }, true, 'failed'],
    ['PUT', { 'if-match': '"x, "e1"' }, true, 'failed'],
    ['PUT', { 'if-match': '"a, \\"e1"' }, true, 'failed'],
    ['DELETE', { 'if-match': '"e0"' }, true, 'failed'],
    ['PROPPATCH', { 'if-match': '"e0"' }, true, 'failed'],
    ['LOCK', { 'if-match': '"e0"' }, true, 'failed'],
    ['GET', { 'if-match': '"e0"' }, true, 'failed'],
    ['GET', { 'if-match': '"e1"' }, true, 'proceed'],
  ])('%s %j, mapped %p: %s', (method, headers, mapped, verdict) => {
    expect(checkPreconditions(method, headers, mapped ? current : undefined)).toBe(verdict);
  });

  test('a weak tag of ours never matches strongly', () => {
    expect(checkPreconditions('PUT', { 'if-match': 'W/"e1"' }, { ...current, etag: 'W/"e1"' })).toBe('failed');
  });

  test('a comma inside a tag belongs to it', () => {
    expect(checkPreconditions('PUT', { 'if-match': '"a,b"' }, { ...current, etag: '"a,b"' })).toBe('proceed');
    expect(checkPreconditions('PUT', { 'if-match': '"a,b"' }, { ...current, etag: '"a' })).toBe('failed');
  });
});

describe('If-None-Match (H-13.1.2-a)', () => {
  test.each<Row>([
    ['PUT', { 'if-none-match': '*' }, true, 'failed'],
    ['PUT', { 'if-none-match': '*' }, false, 'proceed'],
    ['PUT', { 'if-none-match': '*, *' }, true, 'failed'],
    ['PUT', { 'if-none-match': '"e1"' }, true, 'failed'],
    ['PUT', { 'if-none-match': '"e0"' }, true, 'proceed'],
    ['LOCK', { 'if-none-match': '*' }, true, 'failed'],
    ['GET', { 'if-none-match': '"e1"' }, true, 'not-modified'],
    ['HEAD', { 'if-none-match': '"e1"' }, true, 'not-modified'],
    ['GET', { 'if-none-match': 'W/"e1"' }, true, 'not-modified'],
    ['GET', { 'if-none-match': '"e0", W/"e1"' }, true, 'not-modified'],
    ['GET', { 'if-none-match': '*' }, true, 'not-modified'],
    ['GET', { 'if-none-match': '"e0"' }, true, 'proceed'],
    ['GET', { 'if-none-match': 'JoplinIgnore-123' }, true, 'proceed'],
    ['PUT', { 'if-none-match': 'JoplinIgnore-123' }, true, 'proceed'],
    ['GET', { 'if-none-match': 'e1' }, true, 'proceed'],
    ['GET', { 'if-none-match': 'JoplinIgnore-123, "e1"' }, true, 'not-modified'],
    ['GET', { 'if-none-match': '' }, true, 'proceed'],
    ['PUT', { 'if-none-match': '"e1"' }, false, 'proceed'],
  ])('%s %j, mapped %p: %s', (method, headers, mapped, verdict) => {
    expect(checkPreconditions(method, headers, mapped ? current : undefined)).toBe(verdict);
  });
});

describe('dates, to the second (H-13.1.3-a, H-13.1.4-a)', () => {
  test.each<Row>([
    ['GET', { 'if-modified-since': SAME }, true, 'not-modified'],
    ['HEAD', { 'if-modified-since': LATER }, true, 'not-modified'],
    ['GET', { 'if-modified-since': EARLIER }, true, 'proceed'],
    ['GET', { 'if-modified-since': 'Sunday, 05-May-24 06:07:08 GMT' }, true, 'not-modified'],
    ['GET', { 'if-modified-since': 'Sun May  5 06:07:08 2024' }, true, 'not-modified'],
    ['GET', { 'if-modified-since': 'yesterday' }, true, 'proceed'],
    ['GET', { 'if-modified-since': LATER }, false, 'proceed'],
    ['PUT', { 'if-modified-since': LATER }, true, 'proceed'],
    ['GET', { 'if-modified-since': LATER, 'if-none-match': '"e0"' }, true, 'proceed'],
    ['PUT', { 'if-unmodified-since': SAME }, true, 'proceed'],
    ['PUT', { 'if-unmodified-since': LATER }, true, 'proceed'],
    ['PUT', { 'if-unmodified-since': EARLIER }, true, 'failed'],
    ['GET', { 'if-unmodified-since': EARLIER }, true, 'failed'],
    ['PUT', { 'if-unmodified-since': 'yesterday' }, true, 'proceed'],
    ['PUT', { 'if-unmodified-since': EARLIER }, false, 'proceed'],
    ['PUT', { 'if-unmodified-since': EARLIER, 'if-match': '"e1"' }, true, 'proceed'],
  ])('%s %j, mapped %p: %s', (method, headers, mapped, verdict) => {
    expect(checkPreconditions(method, headers, mapped ? current : undefined)).toBe(verdict);
  });
});

describe('order (H-13.2.2-a)', () => {
  test.each<Row>([
    ['GET', { 'if-match': '"e1"', 'if-none-match': '"e1"' }, true, 'not-modified'],
    ['GET', { 'if-match': '"e0"', 'if-none-match': '"e1"' }, true, 'failed'],
    ['GET', { 'if-unmodified-since': EARLIER, 'if-none-match': '"e1"' }, true, 'failed'],
    ['GET', { 'if-unmodified-since': SAME, 'if-modified-since': SAME }, true, 'not-modified'],
    ['GET', { 'if-match': '*', 'if-modified-since': SAME }, true, 'not-modified'],
    ['GET', {}, true, 'proceed'],
    ['PUT', {}, false, 'proceed'],
    ['OPTIONS', { 'if-match': '"e0"', 'if-none-match': '*' }, true, 'proceed'],
  ])('%s %j, mapped %p: %s', (method, headers, mapped, verdict) => {
    expect(checkPreconditions(method, headers, mapped ? current : undefined)).toBe(verdict);
  });
});

describe('If-Range (H-13.1.5-a)', () => {
  const longAfter = MODIFIED + 3_600_000;

  test.each<[string | undefined, number, boolean]>([
    [undefined, longAfter, true],
    ['"e1"', longAfter, true],
    ['"e1"', MODIFIED, true],
    ['"e0"', longAfter, false],
    ['W/"e1"', longAfter, false],
    ['e1', longAfter, false],
    ['', longAfter, false],
    ['*', longAfter, false],
    ['"e1", "e2"', longAfter, false],
    [SAME, longAfter, true],
    [SAME, MODIFIED + 1000, true],
    [SAME, MODIFIED + 999, false],
    [EARLIER, longAfter, false],
    [LATER, longAfter, false],
    ['yesterday', longAfter, false],
  ])('%p at %p: %p', (value, now, holds) => {
    expect(ifRangeHolds(value, current, now)).toBe(holds);
  });

  test('a weak tag of ours never holds', () => {
    expect(ifRangeHolds('W/"e1"', { ...current, etag: 'W/"e1"' }, longAfter)).toBe(false);
  });
});
