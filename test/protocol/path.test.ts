// Path: nothing gets in that could escape, every legal name gets in and out unchanged, and the order is that of UTF-8 bytes.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DavError } from '../../src/protocol/error.ts';
import {
  ancestorsOf,
  childOf,
  compareNames,
  comparePaths,
  hrefOf,
  isBelow,
  isReserved,
  isWithin,
  nameOf,
  type Path,
  parentOf,
  parseTarget,
  ROOT,
  rebase,
} from '../../src/protocol/path.ts';
import { anyCharacter } from '../any-character.ts';

const badRequest = expect.objectContaining({ status: 400 });
const tooLong = expect.objectContaining({ status: 414 });

/** Any name a POSIX file system may hold in UTF-8. */
const legalName = fc
  .oneof(
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
    fc.string({ unit: fc.constantFrom(...'%25;:@&=+$,!()*\'~._- ?#[]{}|\\^`"<>\n\t\u007f\ud7ff\ue000\uffff', '\u{1f4c1}'), minLength: 1 }),
  )
  .filter((name) => !/^\.\.?$|[/\0]/.test(name) && Buffer.byteLength(name) <= 255);
const legalPath = fc.array(legalName, { maxLength: 6 }).map((names) => `/${names.join('/')}` as Path);
const base = fc.constantFrom('', '/dav', '/a/b', '/d%C3%A4v');

const at = (path: string): Path => {
  const target = parseTarget(path);
  if (target === undefined) throw new Error(`${path} is no path`);
  return target.path;
};

describe('parseTarget and hrefOf', () => {
  test('are each other’s inverse for every legal path, mounted anywhere', () => {
    fc.assert(
      fc.property(legalPath, fc.boolean(), base, (path, collection, mount) => {
        const href = hrefOf({ path, collection }, mount);
        expect(href).toMatch(/^\/(?:[A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-F]{2})*$/);
        expect(parseTarget(href, mount)).toEqual({ path, slash: collection || path === ROOT });
      }),
    );
  });

  test('agree whatever else the client chose to encode', () => {
    fc.assert(
      fc.property(legalPath, fc.boolean(), (path, lower) => {
        const encoded = [...Buffer.from(path)].map((byte) => {
          const hex = byte.toString(16).padStart(2, '0');
          return byte === 0x2f ? '/' : `%${lower ? hex : hex.toUpperCase()}`;
        });
        expect(parseTarget(encoded.join(''))?.path).toBe(path);
      }),
    );
  });

  test.each([
    ['a b&c%é.txt', '/a%20b&c%25%C3%A9.txt'],
    ["it's", '/it%27s'],
    ['~x.y-z_0', '/~x.y-z_0'],
    ['a?b#c', '/a%3Fb%23c'],
    ['[x]', '/%5Bx%5D'],
    ['q"<>\\^`{|}', '/q%22%3C%3E%5C%5E%60%7B%7C%7D'],
    ['!$&()*+,;=:@', '/!$&()*+,;=:@'],
    ['50%24', '/50%2524'],
  ])('%p is %p (D-08.3-c, D-08.3-e)', (name, href) => {
    expect(hrefOf({ path: childOf(ROOT, name), collection: false })).toBe(href);
  });

  test.each([
    ['/', '/', true],
    ['', '/', false],
    ['//', '/', true],
    ['/a', '/a', false],
    ['/a/', '/a', true],
    ['//a//b///', '/a/b', true],
    ['/%7ea', '/~a', false],
    ['/...', '/...', false],
    ['/.a', '/.a', false],
    ['/%252e%252e', '/%2e%2e', false],
    ['/a;b=c', '/a;b=c', false],
    ['/./a:b', '/a:b', false],
    ['/c/./a:b/d/', '/c/a:b/d', true],
  ])('%p is %p, slash %p', (encoded, path, slash) => {
    expect(parseTarget(encoded)).toEqual({ path, slash });
  });

  test('a collection’s href ends in one slash, the root’s too (D-05.2-d)', () => {
    expect(hrefOf({ path: at('/a'), collection: true })).toBe('/a/');
    expect(hrefOf({ path: ROOT, collection: true })).toBe('/');
    expect(hrefOf({ path: ROOT, collection: true }, '/dav')).toBe('/dav/');
  });
});

describe('what could escape or mislead is refused with 400 (D-08.3-f)', () => {
  const dot = fc.constantFrom('.', '%2e', '%2E');
  const dotSegment = fc.oneof(
    dot,
    fc.tuple(dot, dot).map((two) => two.join('')),
  );

  test('dot segments, in every encoding and place, mounted or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'dav', '%41'), { maxLength: 3 }),
        dotSegment,
        fc.constantFrom('', '/', '/x'),
        base,
        (before, dots, after, mount) => {
          const encoded = ['', ...before, dots].join('/') + after;
          expect(() => parseTarget(encoded, mount)).toThrow(badRequest);
          expect(() => parseTarget(mount + encoded, mount)).toThrow(badRequest);
        },
      ),
    );
  });

  test.each([
    '/a%2Fb',
    '/a%2fb',
    '/..%2f..%2fetc',
    '/%00',
    '/a%00.txt',
    '/a\0',
    '/%',
    '/%4',
    '/%zz',
    '/%FF',
    '/%C3',
    '/%C0%AE%C0%AE',
    '/%ED%A0%80',
    '/%F4%90%80%80',
    '/a#b',
    '/#',
    '/a?b',
    '/%2e/a:b',
    '/././a:b',
    '/../a:b',
    '/./a/b:c',
  ])('%p', (encoded) => {
    expect(() => parseTarget(encoded)).toThrow(badRequest);
  });

  test('whatever the input, the outcome is a clean path, or 400, or 414', () => {
    const piece = fc.constantFrom('/', '.', '..', '%2e', '%2F', '%00', '%', 'a', '%C3%A4', '\\', '%5C', '?', '#', '\0', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const target = parseTarget(pieces.join(''));
          expect(target?.path).toMatch(/^\//);
          for (const name of target?.path === ROOT ? [] : (target?.path.slice(1).split('/') ?? [])) {
            expect(['', '.', '..']).not.toContain(name);
            expect(name).not.toMatch(/\0/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(DavError);
          expect(error).toEqual(badRequest);
        }
      }),
    );
  });
});

test('lengths are counted in bytes of UTF-8, and 414 when exceeded', () => {
  expect(at(`/${'a'.repeat(255)}`)).toHaveLength(256);
  expect(at(`/${'%C3%A4'.repeat(127)}a`)).toHaveLength(129);
  expect(() => parseTarget(`/${'a'.repeat(256)}`)).toThrow(tooLong);
  expect(() => parseTarget(`/${'%C3%A4'.repeat(128)}`)).toThrow(tooLong);
  expect(at('/aaa'.repeat(1000))).toHaveLength(4000);
  expect(() => parseTarget(`${'/aaa'.repeat(1000)}/`)).not.toThrow();
  expect(() => parseTarget(`${'/aaa'.repeat(1000)}a`)).toThrow(tooLong);
});

describe('a mount path', () => {
  test.each([
    ['/dav', '/dav', '/'],
    ['/dav/', '/dav', '/'],
    ['/dav/a', '/dav', '/a'],
    ['//dav//a', '/dav', '/a'],
    ['/d%61v/a', '/dav', '/a'],
    ['/dav/dav', '/dav', '/dav'],
    ['/a/b/c', '/a/b', '/c'],
    ['/d%c3%a4v/x', '/d%C3%A4v', '/x'],
  ])('%p below %p is %p', (encoded, mount, path) => {
    expect(parseTarget(encoded, mount)?.path).toBe(path);
  });

  test.each([
    ['/', '/dav'],
    ['/davx', '/dav'],
    ['/DAV/a', '/dav'],
    ['/a', '/a/b'],
    ['/x/dav', '/dav'],
  ])('%p is outside of %p', (encoded, mount) => {
    expect(parseTarget(encoded, mount)).toBeUndefined();
  });
});

describe('the order of paths', () => {
  test('is that of UTF-8 bytes, segment by segment', () => {
    const bytesOf = (path: Path) => path.split('/').map((name) => Buffer.from(name));
    fc.assert(
      fc.property(legalPath, legalPath, (a, b) => {
        const left = bytesOf(a);
        const right = bytesOf(b);
        const differs = left.findIndex((name, index) => right[index] === undefined || !name.equals(right[index]));
        const obvious =
          differs === -1
            ? left.length - right.length
            : right[differs] === undefined
              ? 1
              : Buffer.compare(left[differs] ?? Buffer.of(), right[differs]);
        expect(Math.sign(comparePaths(a, b))).toBe(Math.sign(obvious));
      }),
    );
  });

  test('puts parents before children and keeps a subtree together', () => {
    const sorted = ['/', '/a', '/a/b', '/a/b/c', '/a/c', '/a-b', '/a0', '/b'].map(at);
    expect([...sorted].reverse().sort(comparePaths)).toEqual(sorted);
  });

  test('is by code point, not by UTF-16 unit', () => {
    expect(compareNames('\uffee', '\u{1f600}')).toBeLessThan(0);
    expect(compareNames('x\u{1f600}a', 'x\u{1f600}b')).toBeLessThan(0);
    expect(compareNames('a', 'a')).toBe(0);
    expect(compareNames('a', 'ab')).toBeLessThan(0);
  });
});

describe('the family of a path', () => {
  test('child, parent, name and ancestors fit together', () => {
    fc.assert(
      fc.property(legalPath, legalName, (parent, name) => {
        const child = childOf(parent, name);
        expect(parentOf(child)).toBe(parent);
        expect(nameOf(child)).toBe(name);
        expect(isBelow(child, parent)).toBe(true);
        expect(isBelow(parent, child)).toBe(false);
        expect(isBelow(child, child)).toBe(false);
        expect(isWithin(child, child)).toBe(true);
        expect(ancestorsOf(child)).toEqual([parent, ...ancestorsOf(parent)]);
        expect(ancestorsOf(child).at(-1)).toBe(ROOT);
      }),
    );
  });

  test('rebase moves a subtree there and back', () => {
    fc.assert(
      fc.property(legalPath, legalPath, fc.array(legalName, { maxLength: 3 }), (from, to, below) => {
        const path = below.reduce(childOf, from);
        expect(rebase(path, from, to)).toBe(below.reduce(childOf, to));
        expect(rebase(rebase(path, from, to), to, from)).toBe(path);
      }),
    );
  });

  test('a common prefix of letters is no kinship', () => {
    expect(isBelow(at('/ab'), at('/a'))).toBe(false);
    expect(isBelow(ROOT, ROOT)).toBe(false);
    expect(parentOf(ROOT)).toBe(ROOT);
    expect(nameOf(ROOT)).toBe('');
  });

  test.each([
    ['/.dav207', true],
    ['/a/.dav207/tmp', true],
    ['/a/.dav207-1f', true],
    ['/.dav2077', false],
    ['/x.dav207', false],
    ['/.dav', false],
    ['/', false],
  ])('%p reserved: %p (H-17.3-a)', (path, reserved) => {
    expect(isReserved(at(path))).toBe(reserved);
  });
});
