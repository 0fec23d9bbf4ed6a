// The command loads the XML parser as CommonJS, an app and these tests as ES modules: two builds by its maker, and one answer.
import { createRequire } from 'node:module';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { parseXml } from '../../src/protocol/xml.ts';
import { serialize } from '../../src/protocol/xml-write.ts';
import { bytesIn, type Encoding, readCorpus } from '../corpus.ts';
import { randomElement } from './random-xml.ts';

/** What is read, or why it is not. */
function outcome(parse: typeof parseXml, bytes: Buffer): string {
  try {
    return serialize(parse(bytes));
  } catch (error) {
    return (error as Error).message;
  }
}

test('they read the same', async () => {
  jest.resetModules();
  const require = createRequire(import.meta.url);
  expect(require.resolve('fast-xml-parser')).toMatch(/\.cjs$/);
  const asked = jest.fn(() => require('fast-xml-parser') as object);
  jest.unstable_mockModule('fast-xml-parser', asked);
  const { parseXml: parseAsCommand } = await import('../../src/protocol/xml.ts');
  expect(asked).toHaveBeenCalledTimes(1);

  const corpus = readCorpus('xml/documents.txt', 5).map(([, , encoding, , document = '']) => bytesIn(document, encoding as Encoding));
  const random = fc.sample(randomElement, { numRuns: 2000, seed: 4918 }).map((inner) => Buffer.from(`<r>${inner}</r>`));
  const differ = [...corpus, ...random].filter((bytes) => outcome(parseAsCommand, bytes) !== outcome(parseXml, bytes));
  expect(differ.map(String)).toEqual([]);
});
