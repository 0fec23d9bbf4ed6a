// Destination and If tags: ours in every spelling, foreign in every other, and 400 for what is no reference at all.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Authority, parseDestination, parseUriReference } from '../../src/protocol/destination.ts';
import { hrefOf, type Path } from '../../src/protocol/path.ts';
import { anyCharacter } from '../any-character.ts';

const plain: Authority = { hosts: ['files.example'], base: '' };
const ported: Authority = { hosts: ['localhost:1900', 'files.example', '[::1]:1900'], base: '' };
const mounted: Authority = { hosts: ['files.example:8443'], base: '/dav' };
const badRequest = expect.objectContaining({ status: 400 });

describe('this server (D-08.3-d, D-10.3-b)', () => {
  test.each<[string, Authority, string, boolean]>([
    ['/a', plain, '/a', false],
    ['/a/', plain, '/a', true],
    ['/', plain, '/', true],
    ['/a,b', plain, '/a,b', false],
    ['http://files.example/a', plain, '/a', false],
    ['https://files.example/a', plain, '/a', false],
    ['HTTPS://FILES.Example/A', plain, '/A', false],
    ['http://files.example:80/a', plain, '/a', false],
    ['http://files.example:443/a', plain, '/a', false],
    ['https://files.example:80/a', plain, '/a', false],
    ['http://files.example:/a', plain, '/a', false],
    ['http://files.example', plain, '/', true],
    ['http://files.example//a//b', plain, '/a/b', false],
    ['http://ann@files.example/a', plain, '/a', false],
    ['http://ann:secret@files.example/a', plain, '/a', false],
    ['http://localhost:1900/a', ported, '/a', false],
    ['http://files.example/a', ported, '/a', false],
    ['http://[::1]:1900/a', ported, '/a', false],
    ['https://files.example:8443/dav/a', mounted, '/a', false],
    ['/dav/a/', mounted, '/a', true],
    ['/dav', mounted, '/', false],
    ['/d%61v/%C3%A4', mounted, '/ä', false],
    ['/a[1]{2}|3', plain, '/a[1]{2}|3', false],
    ['/a', { hosts: [], base: '' }, '/a', false],
    ['http://files.example/a', { hosts: ['Files.Example:443'], base: '' }, '/a', false],
  ])('%p on %j is %p, slash %p', (reference, authority, path, slash) => {
    expect(parseUriReference(reference, authority)).toEqual({ path, slash });
    expect(parseDestination(reference, authority)).toEqual({ path, slash });
  });

  test.each<[string, string, boolean]>([
    ['/a?x=1', '/a', false],
    ['/a?x=/../', '/a', false],
    ['/a?', '/a', false],
    ['/folder/?.odt', '/folder', true],
    ['http://files.example?x', '/', true],
  ])(
    'the query of %p says nothing in an If tag, and is refused in a Destination, which could mean something else',
    (reference, path, slash) => {
      expect(parseUriReference(reference, plain)).toEqual({ path, slash });
      expect(() => parseDestination(reference, plain)).toThrow(badRequest);
    },
  );

  test('any path comes back from any absolute or bare form of its href', () => {
    const name = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 }).filter((text) => !/^\.\.?$|[/\0]/.test(text));
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 4 }),
        fc.constantFrom('', 'http://FILES.example:8443', 'https://x@files.example:8443'),
        (names, origin) => {
          const path = `/${names.join('/')}` as Path;
          expect(parseUriReference(origin + hrefOf({ path, collection: false }, '/dav'), mounted)).toMatchObject({ path });
        },
      ),
    );
  });
});

describe('somewhere else is 502 for a Destination (D-10.3-b, D-10.4.4-d)', () => {
  test.each<[string, Authority]>([
    ['http://elsewhere.example/a', plain],
    ['http://files.example:8080/a', plain],
    ['http://files.example/a', mounted],
    ['http://files.example.evil/a', plain],
    ['http://files.example@elsewhere.example/a', plain],
    ['http://files.example@x@elsewhere.example/a', plain],
    ['http://[::1]/a', plain],
    ['http://files.example/a', { hosts: [], base: '' }],
    ['/other/a', mounted],
    ['/davx', mounted],
    ['/', mounted],
    ['https://files.example:8443/', mounted],
    ['ftp://files.example/a', plain],
    ['urn:uuid:1', plain],
    ['http://elsewhere.example/a/../b', plain],
  ])('%p on %j', (reference, authority) => {
    expect(parseUriReference(reference, authority)).toBe('foreign');
    expect(() => parseDestination(reference, authority)).toThrow(expect.objectContaining({ status: 502 }));
  });

  test('the sentence names both hosts and paths, and no password', () => {
    expect(() => parseDestination('http://ann:secret@Elsewhere.example:81/a', ported)).toThrow(
      'The Destination (on elsewhere.example:81/a) is outside of what this server serves (localhost:1900, files.example, [::1]:1900/).',
    );
    expect(() => parseDestination('/x', mounted)).toThrow(/this host: \/x\).*files\.example:8443\/dav\//);
  });
});

describe('what is no usable reference is 400 (D-09.8-a, D-10.3-a)', () => {
  test.each([
    '',
    'a',
    'a/b',
    './a',
    '../a',
    '?x',
    '//files.example/a',
    '//a',
    '/a#b',
    '/a#',
    '/a?x#y',
    'http://files.example/a#b',
    '/a/../b',
    '/a/%2e%2E/b',
    'http://files.example/..',
    'http://files.example/%2e',
    '/%zz',
    '/%ff',
    '/a%2Fb',
    '/%00',
    '/a b',
    '/a\tb',
    ' /a',
    '/a, /b',
    'http://files.example/a, http://files.example/b',
    '<http://files.example/a>',
    '"/a"',
    '/\u00c3\u00a4',
    'http:',
    'http:///a',
    'http:/a',
    'http:a',
    'http://:80/a',
    'http://files.example:x/a',
    'http://a:b:c/a',
    'http://[::1/a',
    'http://@/a',
    `/${'a'.repeat(256)}`,
    `${'/abc'.repeat(1000)}d`,
  ])('%p', (reference) => {
    expect(() => parseUriReference(reference, plain)).toThrow(badRequest);
    expect(() => parseDestination(reference, plain)).toThrow(badRequest);
  });

  test('a missing Destination', () => {
    expect(() => parseDestination(undefined, plain)).toThrow(badRequest);
  });
});
