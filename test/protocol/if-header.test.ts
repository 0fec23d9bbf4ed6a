// The If header: its grammar against a regular expression of the grammar, its truth against the table of a small world.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseUriReference } from '../../src/protocol/destination.ts';
import { DavError } from '../../src/protocol/error.ts';
import { evaluateIf, type IfList, parseIf, submittedTokens, type TaggedState } from '../../src/protocol/if-header.ts';

const badRequest = expect.objectContaining({ status: 400 });
const L1 = 'urn:uuid:150852e2-3847-42d5-8cbe-0f4f296f26cf';

describe('the grammar (D-10.4.2-a to -d)', () => {
  test.each<[string, IfList[]]>([
    ['(<urn:a>)', [{ tag: undefined, conditions: [{ not: false, token: 'urn:a' }] }]],
    [' \t( <urn:a>\t) ', [{ tag: undefined, conditions: [{ not: false, token: 'urn:a' }] }]],
    ['(\r\n <urn:a>)', [{ tag: undefined, conditions: [{ not: false, token: 'urn:a' }] }]],
    ['(not <urn:a>)', [{ tag: undefined, conditions: [{ not: true, token: 'urn:a' }] }]],
    ['(NOT<urn:a>)', [{ tag: undefined, conditions: [{ not: true, token: 'urn:a' }] }]],
    [
      '(Not <urn:a>["e"])',
      [
        {
          tag: undefined,
          conditions: [
            { not: true, token: 'urn:a' },
            { not: false, etag: '"e"' },
          ],
        },
      ],
    ],
    ['([W/"e"])', [{ tag: undefined, conditions: [{ not: false, etag: 'W/"e"' }] }]],
    ['([""])', [{ tag: undefined, conditions: [{ not: false, etag: '""' }] }]],
    ['(["])>("])', [{ tag: undefined, conditions: [{ not: false, etag: '"])>("' }] }]],
    ['(["\u00e9,;"])', [{ tag: undefined, conditions: [{ not: false, etag: '"\u00e9,;"' }] }]],
    ['(<DAV:no-lock>)', [{ tag: undefined, conditions: [{ not: false, token: 'DAV:no-lock' }] }]],
    [
      '(<urn:a>)(<urn:b>)',
      [
        { tag: undefined, conditions: [{ not: false, token: 'urn:a' }] },
        { tag: undefined, conditions: [{ not: false, token: 'urn:b' }] },
      ],
    ],
    [
      '</x?q> (<urn:a>) (["e"])<http://h:1/y>(<urn:b>)',
      [
        { tag: '/x?q', conditions: [{ not: false, token: 'urn:a' }] },
        { tag: '/x?q', conditions: [{ not: false, etag: '"e"' }] },
        { tag: 'http://h:1/y', conditions: [{ not: false, token: 'urn:b' }] },
      ],
    ],
  ])('%j', (value, lists) => {
    expect(parseIf(value)).toEqual(lists);
  });

  test.each([
    '',
    ' ',
    'L1',
    '<urn:a>',
    '(<urn:a>',
    '<urn:a>)',
    '()',
    '( )',
    '(())',
    '(Not)',
    '(Not Not <urn:a>)',
    '(Nott <urn:a>)',
    '(urn:a)',
    '(L1)',
    '(<L1>)',
    '(<>)',
    '(</a>)',
    '(<urn:a b>)',
    '(<urn:a#b>)',
    '(<urn:a)',
    '(<<urn:a>>)',
    '("e")',
    '(["e")',
    '(["e)',
    '([e])',
    '([])',
    '([ "e"])',
    '(["e" ])',
    '(["e f"])',
    '([w/"e"])',
    '([W/ "e"])',
    '([*])',
    '(*)',
    '*',
    '(<urn:a>) </x> (<urn:b>)',
    '(<urn:a>) </x>',
    '</x>',
    '</x> </y> (<urn:a>)',
    '</x> (<urn:a>) </y>',
    '<x> (<urn:a>)',
    '<//h/x> (<urn:a>)',
    '</x#f> (<urn:a>)',
    '</x y> (<urn:a>)',
    '<> (<urn:a>)',
    '(<urn:a>) junk',
    '(<urn:a>);',
    '(<urn:a>\r\n<urn:b>)',
    '(<urn:a>\n <urn:b>)',
    '(<urn:a>\0)',
  ])('%j is refused', (value) => {
    expect(() => parseIf(value)).toThrow(badRequest);
  });

  test('two If lines, joined by a comma, are refused however the lists were parted', () => {
    for (const [one, other] of [
      ['(<urn:a>)', '(<urn:b>)'],
      ['</x> (<urn:a>)', '</y> (<urn:b>)'],
      ['</x> (<urn:a>)', '(<urn:b>)'],
      ['(<urn:a>', '<urn:b>)'],
      ['</x>', '(<urn:b>)'],
    ]) {
      expect(() => parseIf(`${one}, ${other}`)).toThrow(badRequest);
    }
  });

  test('is exactly the language of RFC 4918 §10.4.2', () => {
    const ws = '(?:[ \\t]|\\r\\n[ \\t])*';
    const condition = `(?:[Nn][Oo][Tt]${ws})?(?:<urn:[a-z]*>|\\[(?:W/)?"[^" ]*"\\])`;
    const list = `\\(${ws}(?:${condition}${ws})+\\)${ws}`;
    const language = new RegExp(`^${ws}(?:(?:${list})+|(?:(?:<urn:[a-z]*>|</x>)${ws}(?:${list})+)+)$`);
    const pieces = [
      '(',
      ')',
      '<urn:a>',
      '</x>',
      '["e"]',
      '[W/"])"]',
      'Not',
      'nOT ',
      ' ',
      '\r\n\t',
      ',',
      '<',
      '>',
      '[',
      '"',
      'W/',
      '(<urn:a>)',
      '(Not ["e"] <urn:b>)',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (chosen) => {
        const value = chosen.join('');
        let accepted = true;
        try {
          parseIf(value);
        } catch (error) {
          expect(error).toBeInstanceOf(DavError);
          accepted = false;
        }
        expect([value, accepted]).toEqual([value, language.test(value)]);
      }),
      { numRuns: 3000 },
    );
  });

  test('is scanned in one pass: a megabyte ends', () => {
    expect(parseIf(`(${'<urn:a> Not ["e"]'.repeat(60_000)})`)[0]?.conditions).toHaveLength(120_000);
    for (const part of ['(', '<', '["', '(<urn:a>)', 'Not', ' \t', '(<urn:a', '\r\n ']) {
      expect(() => parseIf(`${part.repeat(1_000_000 / part.length)},`)).toThrow(badRequest);
    }
  });
});

describe('the table: /c/ has L1 with depth infinity, /c/f is "e1", /g is "g1" and unlocked', () => {
  const etags: Record<string, string> = { '/c': '"c1"', '/c/f': '"e1"', '/g': '"g1"' };
  const authority = { hosts: ['localhost:1900'], base: '' };

  /** A token matches an unmapped URL too when a lock of infinite depth covers its parent. */
  const stateAt =
    (uri: string) =>
    (tag: string | undefined): TaggedState => {
      const target = parseUriReference(tag ?? uri, authority);
      if (target === 'foreign') return { etag: undefined, tokens: new Set() };
      return { etag: etags[target.path], tokens: new Set(/^\/c(?:\/|$)/.test(target.path) ? [L1] : []) };
    };

  test.each<[number, string, string, boolean, string[]]>([
    [2, '/c/f', '(<L1>)', true, ['L1']],
    [3, '/c/f', '(<L1> ["e1"])', true, ['L1']],
    [4, '/c/f', '(<L1> ["zz"])', false, ['L1']],
    [5, '/c/f', '(<L1> ["zz"]) (["e1"])', true, ['L1']],
    [6, '/c/f', '(["e1"])', true, []],
    [7, '/c/f', '(<L1x>) (Not <DAV:no-lock>)', true, ['L1x', 'DAV:no-lock']],
    [8, '/c/f', '(<L1> ["zz"]) (Not <DAV:no-lock> ["zz"])', false, ['L1', 'DAV:no-lock']],
    [9, '/c/new', '</c/new> (["e9"])', false, []],
    [10, '/c/new', '</c/new> (Not ["e9"] <L1>)', true, ['L1']],
    [11, '/c/new', '</c/> (<L1>)', true, ['L1']],
    [12, '/c/f', '</c/> (<L1>)', true, ['L1']],
    [13, '/g', '(<L1>)', false, ['L1']],
    [14, '/g', '</c/> (<L1>)', true, ['L1']],
    [15, '/g', '(Not <L1>)', true, ['L1']],
    [16, '/c/f', '(Not <L1>)', false, ['L1']],
    [17, '/c/f', '(<L1>)', true, ['L1']],
    [18, '/g', '</c/> (<L1>)', true, ['L1']],
    [19, '/c/f', '(<L1>)', true, ['L1']],
    [20, '/g', '(["zz"])', false, []],
    [21, '/g', '</c/f> ([W/"e1"])', true, []],
    [22, '/c/d/', '<http://other.example/c/> (<L1>)', false, ['L1']],
    [23, '/c/d/', '(<L1>)', true, ['L1']],
  ])('row %i: %s %s is %p and submits %j', (_, uri, value, holds, submitted) => {
    const lists = parseIf(value.replaceAll('L1', L1));
    expect(evaluateIf(lists, stateAt(uri))).toBe(holds);
    expect(submittedTokens(lists)).toEqual(new Set(submitted.map((token) => token.replace('L1', L1))));
  });

  test.each<[string, string, boolean]>([
    ['/c/f', '(<DAV:no-lock>)', false],
    ['/c/f', '(Not <DAV:no-lock>)', true],
    ['/c/f', '(["E1"])', false],
    ['/c/f', `(<${L1.toUpperCase()}>)`, false],
    ['/g', '<http://localhost:1900/c/f> (<L1> ["e1"])', true],
    ['/g', '<https://LOCALHOST:1900/c/%66> (["e1"])', true],
    ['/g', '</nope> (["g1"]) </g> (["zz"])', false],
    ['/g', '</nope> (["g1"]) </g> (["g1"])', true],
    ['/nope', '(Not ["g1"])', true],
  ])('%s %s is %p', (uri, value, holds) => {
    expect(evaluateIf(parseIf(value.replaceAll('L1', L1)), stateAt(uri))).toBe(holds);
  });

  test('DAV:no-lock matches nothing, whatever the state claims (D-10.4.8-a)', () => {
    expect(evaluateIf(parseIf('(<DAV:no-lock>)'), () => ({ etag: undefined, tokens: new Set(['DAV:no-lock']) }))).toBe(false);
  });

  test('a weak tag of the resource matches both forms (D-10.4.4-b)', () => {
    const weak = () => ({ etag: 'W/"x"', tokens: new Set<string>() });
    expect(evaluateIf(parseIf('(["x"] [W/"x"])'), weak)).toBe(true);
    expect(evaluateIf(parseIf('([W/"y"])'), weak)).toBe(false);
  });
});
