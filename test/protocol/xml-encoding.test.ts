// D-19-a, D-19-b: which encoding the bytes of a body are read in.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DavError } from '../../src/protocol/error.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { textOf } from '../../src/protocol/xml-element.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32be = (text: string) => Buffer.from([...text].flatMap((character) => [0, 0, 0, character.charCodeAt(0)]));
const declared = (encoding: string, content = 'é') => `<?xml version="1.0" encoding="${encoding}"?><a>${content}</a>`;
const bytes = (...values: number[]) => Buffer.from(values);

test.each<[string, Uint8Array, string | undefined, string]>([
  ['UTF-8 by default', utf8('<a>é€\u{1F600}</a>'), undefined, 'é€\u{1F600}'],
  ['UTF-8 with a mark', utf8('\uFEFF<a>é</a>'), undefined, 'é'],
  ['UTF-8 with a mark and a declaration', utf8(`\uFEFF${declared('UTF-8')}`), undefined, 'é'],
  ['UTF-8 declared', utf8(declared('utf-8')), 'text/xml', 'é'],
  ['no default for text/xml', utf8('<a>é</a>'), 'text/xml', 'é'],
  ['UTF-16LE with a mark', utf16le('\uFEFF<a>é\u{1F600}</a>'), undefined, 'é\u{1F600}'],
  ['UTF-16BE with a mark', utf16be('\uFEFF<a>é\u{1F600}</a>'), undefined, 'é\u{1F600}'],
  ['UTF-16LE with a mark and a declaration', utf16le(`\uFEFF${declared('UTF-16')}`), undefined, 'é'],
  ['UTF-16BE with a mark and charset=utf-16', utf16be('\uFEFF<a>é</a>'), 'application/xml; charset=utf-16', 'é'],
  ['UTF-16LE by charset', utf16le('<a>é</a>'), 'application/xml; charset=UTF-16LE', 'é'],
  ['UTF-16BE by charset', utf16be('<a>é</a>'), 'application/xml; charset=utf-16be', 'é'],
  ['UTF-16 by charset, little-endian by its looks', utf16le('<a>é</a>'), 'application/xml; charset=utf-16', 'é'],
  ['UTF-16 by charset, big-endian by its looks', utf16be('<a>é</a>'), 'application/xml; charset=utf-16', 'é'],
  ['UTF-16LE by its looks', utf16le(declared('UTF-16LE')), undefined, 'é'],
  ['UTF-16BE by its looks', utf16be('<a>é</a>'), undefined, 'é'],
  ['ISO-8859-1 declared', latin1(declared('ISO-8859-1')), undefined, 'é'],
  ['ISO-8859-1 declared with other quotes and blanks', latin1("<?xml version='1.0'\n encoding = 'iso-8859-1' ?><a>é</a>"), undefined, 'é'],
  ['ISO-8859-1 is not windows-1252', latin1('<a>\u0080</a>'), 'text/xml; charset=iso-8859-1', '\u0080'],
  ['US-ASCII declared', latin1(declared('US-ASCII', 'e')), undefined, 'e'],
  ['charset wins over the declaration', utf8(declared('ISO-8859-1')), 'text/xml; charset=utf-8', 'é'],
  ['charset wins over a declaration we do not know', utf8(declared('EBCDIC-CP-US')), 'text/xml; charset=utf-8', 'é'],
  ['charset wins the other way round', latin1(declared('UTF-8')), 'text/xml; charset=ISO-8859-1', 'é'],
  ['a mark wins over charset', utf8('\uFEFF<a>é</a>'), 'text/xml; charset=iso-8859-1', 'é'],
  ['a UTF-16 mark wins over charset and declaration', utf16le(`\uFEFF${declared('utf-8')}`), 'text/xml; charset=utf-8', 'é'],
  ['charset in quotes', latin1('<a>é</a>'), 'text/xml; charset="iso-8859-1"', 'é'],
  ['charset in quotes with an escape', latin1('<a>é</a>'), 'text/xml; charset="iso-88\\59-1"', 'é'],
  ['charset behind other parameters', latin1('<a>é</a>'), 'text/xml;a=b ; c="; charset=utf-8"; ; CharSet=Latin1', 'é'],
  ['a charset that is none', utf8('<a>é</a>'), 'text/xml; xcharset=ebcdic; a="charset=ebcdic"', 'é'],
  ['an encoding that is not in the XML declaration', utf8('<a encoding="EBCDIC">é<?xml-x encoding="EBCDIC"?></a>'), undefined, 'é'],
])('%s', (_, body, contentType, expected) => {
  expect(textOf(parseXml(body, contentType))).toBe(expected);
});

test.each<[number, string, Uint8Array, string | undefined]>([
  [400, 'an empty body', bytes(), undefined],
  [400, 'an empty body but for a mark', utf8('\uFEFF'), undefined],
  [400, 'UTF-8 that is ISO-8859-1', latin1('<a>é</a>'), undefined],
  [400, 'UTF-8 in too many bytes', Buffer.concat([utf8('<a>'), bytes(0xc0, 0xbc), utf8('</a>')]), undefined],
  [400, 'UTF-8 with a surrogate', Buffer.concat([utf8('<a>'), bytes(0xed, 0xa0, 0x80), utf8('</a>')]), undefined],
  [400, 'UTF-8 that breaks off', Buffer.concat([utf8('<a/>'), bytes(0xe2, 0x82)]), undefined],
  [400, 'UTF-16 with an odd byte', Buffer.concat([utf16le('\uFEFF<a/>'), bytes(0x20)]), undefined],
  [400, 'UTF-16 with a lone surrogate', utf16le('\uFEFF<a>\uD800</a>'), undefined],
  [400, 'US-ASCII with more', latin1(declared('us-ascii')), undefined],
  [400, 'US-ASCII by charset with more', utf8('<a>é</a>'), 'text/xml; charset=us-ascii'],
  [400, 'UTF-16 declared in bytes', utf8(declared('UTF-16')), undefined],
  [400, 'UTF-8 read as UTF-16 because charset says so', utf8('<a>é</a>'), 'text/xml; charset=utf-16'],
  [415, 'an encoding that nobody knows', utf8(declared('EBCDIC')), undefined],
  [415, 'a declared encoding that we do not read', latin1(declared('windows-1252')), undefined],
  [415, 'an empty encoding', latin1(declared('')), undefined],
  [415, 'a charset that we do not read', utf8('<a/>'), 'text/xml; charset=shift_jis'],
  [415, 'an empty charset', utf8('<a/>'), 'text/xml; charset='],
  [415, 'EBCDIC by its looks', bytes(0x4c, 0x6f, 0xa7, 0x94, 0x93), undefined],
  [415, 'UTF-32 with a mark', utf32be('\uFEFF<a/>').fill(bytes(0, 0, 0xfe, 0xff), 0, 4), undefined],
  [415, 'UTF-32 the other way round with a mark', bytes(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0), undefined],
  [415, 'UTF-32 by its looks', utf32be('<a/>'), undefined],
  [415, 'UTF-32 the other way round by its looks', bytes(0x3c, 0, 0, 0, 0x61, 0, 0, 0), undefined],
])('%d for %s', (status, _, body, contentType) => {
  let error: unknown;
  try {
    parseXml(body, contentType);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DavError);
  expect((error as DavError).status).toBe(status);
});

test('a client that declares UTF-16 and sends something else is told so', () => {
  expect(() => parseXml(utf8(declared('utf-16')))).toThrow('The request body declares UTF-16, but its bytes are not.');
});

test('every Unicode text is the same in UTF-8 and both UTF-16', () => {
  const text = fc.string({ unit: 'binary' }).map((string) => string.replace(/[^ -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[<&>]/gu, ''));
  fc.assert(
    fc.property(text, (content) => {
      for (const encode of [utf8, utf16le, utf16be]) expect(textOf(parseXml(encode(`\uFEFF<a>${content}</a>`)))).toBe(content);
    }),
  );
});
