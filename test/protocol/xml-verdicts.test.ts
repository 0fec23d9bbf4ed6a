// Which documents are XML, and which of those are read: our verdicts on a corpus, and what libxml2 says of it.
import { describe, expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { bytesIn, type Encoding, readCorpus } from '../corpus.ts';
import { xmllintAccepts } from './xmllint.ts';

const cases = readCorpus('xml/documents.txt', 5).map(([status = '', theirs = '', encoding, what = '', document = '']) => ({
  status: Number(status),
  theirs,
  what,
  bytes: bytesIn(document, encoding as Encoding),
}));

describe('D-08.2-a, D-08.2-b, D-20.6-a, D-20.6-b: the corpus', () => {
  test.each(cases)('$status: $what', ({ status, bytes }) => {
    expect(verdictOn(bytes)).toEqual(status === 403 ? { status, condition: { name: 'no-external-entities' } } : { status });
  });

  test('xmllint says the same, but for what is well-formed and refused on purpose', () => {
    const accepted = xmllintAccepts(cases.map(({ bytes }) => bytes));
    const asked = cases.map((each, index) => ({ ...each, accepted: accepted[index] })).filter(({ theirs }) => theirs !== '-');
    const expected = ({ status, theirs }: (typeof cases)[number]) => theirs === '+' || status === 200;
    expect(asked.filter((each) => each.accepted !== expected(each)).map(({ what }) => what)).toEqual([]);
    expect(asked.filter(({ status, theirs }) => theirs === '+' && status === 200)).toEqual([]);
  });

  test('has enough of each kind to mean something', () => {
    const count = (status: number) => cases.filter((each) => each.status === status).length;
    expect([count(200) > 50, count(400) > 130, count(403) > 8]).toEqual([true, true, true]);
    expect(new Set(cases.map(({ what }) => what)).size).toBe(cases.length);
  });
});

function verdictOn(bytes: Buffer): { status: number; condition?: unknown } {
  try {
    parseXml(bytes);
    return { status: 200 };
  } catch (error) {
    if (error instanceof DavError) return { status: error.status, ...(error.condition && { condition: error.condition }) };
    throw error;
  }
}
