// Random documents, well-formed and nearly so: libxml2 and we agree on the verdict and on the content.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DavError } from '../../src/protocol/error.ts';
import { serialize } from '../../src/protocol/xml-write.ts';
import { parse } from './parsed.ts';
import { randomElement } from './random-xml.ts';
import { canonical, xmllintAccepts } from './xmllint.ts';

const randomDocument = fc
  .tuple(
    fc.constantFrom('', '', '<?xml version="1.0"?>', '<!--x-->', ' ', 'x', '<?x?>'),
    randomElement,
    fc.constantFrom('', '', '', ' ', '<!---->', '<a/>', '\u0001'),
  )
  .map(([before, inner, after]) => `${before}<r xmlns:p="urn:p" xmlns:q="urn:q">${inner}</r>${after}`);

function accepts(document: string): boolean {
  try {
    parse(document);
    return true;
  } catch (error) {
    if (error instanceof DavError && error.status === 400) return false;
    throw error;
  }
}

// One run of xmllint for all documents; a fixed seed, as a new quirk of libxml2 is no reason to fail one run in a thousand.
const SEED = 4918;

test('D-08.2-a D-08.2-b the verdicts are the same', () => {
  const documents = fc.sample(randomDocument, { numRuns: 3000, seed: SEED });
  const theirs = xmllintAccepts(documents);
  expect(documents.filter((document, index) => accepts(document) !== theirs[index])).toEqual([]);
  // Neither verdict may be rare, or the comparison means little.
  const taken = theirs.filter((verdict) => verdict).length;
  expect(taken).toBeGreaterThan(300);
  expect(taken).toBeLessThan(2700);
});

test('D-04.3-c the content is the same after parse and serialize', () => {
  // The canonical form holds comments and instructions; those we drop.
  const documents = fc.sample(randomElement, { numRuns: 1500, seed: SEED }).filter((document) => !/<!--|<\?/.test(document));
  const roots = documents.map((document) => `<r xmlns:p="urn:p" xmlns:q="urn:q">${document}</r>`).filter(accepts);
  expect(roots.length).toBeGreaterThan(200);
  const written = roots.map((document) => serialize(parse(document)));
  expect(canonical(`<all>${written.join('\n')}</all>`).split('\n')).toEqual(canonical(`<all>${roots.join('\n')}</all>`).split('\n'));
});
