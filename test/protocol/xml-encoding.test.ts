// D-19-a, D-19-b: which encoding the bytes of a body are read in, over a corpus that libxml2 reads as well.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DavError } from '../../src/protocol/error.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { textOf } from '../../src/protocol/xml-element.ts';
import { anyCharacter } from '../any-character.ts';
import { bytesIn, type Encoding, readCorpus } from '../corpus.ts';
import { xmllintAccepts } from './xmllint.ts';

const rows = readCorpus('xml/encodings.txt', 7);
const cases = rows.map(([status = '', theirs = '', type, encoding, what = '', text = '', document = '']) => ({
  ...{ status: Number(status), theirs, what, type: type === '-' ? undefined : type },
  text: text === '-' ? undefined : bytesIn(text).toString(),
  bytes: bytesIn(document, encoding as Encoding),
}));

test.each(cases)('D-19-a, D-19-b: $status for $what', ({ status, type, text, bytes }) => {
  expect(reading(bytes, type)).toEqual({ status, text });
});

test('xmllint reads the same, where it knows as much', () => {
  const asked = cases.filter(({ theirs }) => theirs !== '-');
  const accepted = xmllintAccepts(asked.map(({ bytes }) => bytes));
  const wrong = asked.filter(({ status, theirs }, index) => accepted[index] !== (theirs === '+' || status === 200));
  expect(wrong.map(({ what }) => what)).toEqual([]);
  expect(asked.filter(({ status, theirs }) => theirs === '+' && status === 200)).toEqual([]);
});

test('a client that declares UTF-16 and sends something else is told so', () => {
  expect(() => parseXml(bytesIn('<?xml version="1.0" encoding="utf-16"?><a/>'))).toThrow(
    'The request body declares UTF-16, but its bytes are not.',
  );
});

test('every Unicode text is the same in UTF-8 and both UTF-16', () => {
  const text = fc
    .string({ unit: anyCharacter })
    .map((string) => string.replace(/[^ -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[<&>]/gu, ''));
  const utf16be = (document: string) => Buffer.from(document, 'utf16le').swap16();
  fc.assert(
    fc.property(text, (content) => {
      const document = `\uFEFF<a>${content}</a>`;
      for (const bytes of [Buffer.from(document), Buffer.from(document, 'utf16le'), utf16be(document)])
        expect(textOf(parseXml(bytes))).toBe(content);
    }),
  );
});

function reading(bytes: Buffer, type: string | undefined): { status: number; text: string | undefined } {
  try {
    return { status: 200, text: textOf(parseXml(bytes, type)) };
  } catch (error) {
    if (error instanceof DavError) return { status: error.status, text: undefined };
    throw error;
  }
}
