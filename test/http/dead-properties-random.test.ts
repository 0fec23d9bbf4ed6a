// Random dead properties over real HTTP: what xmllint reads in the answer is what it reads in the request.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../any-character.ts';
import { randomElement } from '../protocol/random-xml.ts';
import { canonical, xmllintAccepts } from '../protocol/xmllint.ts';
import { onlyRow, outcomesOf } from './multistatus-reader.ts';
import { find, patch, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const BOUND = 'xmlns:v="urn:v" xmlns:p="urn:p" xmlns:q="urn:q"';

/** Every character that XML has, those too that only a reference brings through. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\t', '\n', '\r', ' ', '<', '&', ']]>', '"', "'", '\u0085', '\u2028'),
      fc.string({ unit: anyCharacter, maxLength: 4 }),
    ),
    {
      maxLength: 5,
    },
  )
  .map((parts) => parts.join('').replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));
/** Each as a reference: not by the server's own rules of what to escape. */
const referred = (text: string) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join('');
const written = fc.oneof(
  anyText.map(referred),
  anyText.map((text) => `<![CDATA[${text.replaceAll(']]>', '')}]]>`),
  fc.tuple(anyText, anyText).map(([value, text]) => `<q:e p:a="${referred(value)}">${referred(text)}</q:e>`),
  randomElement,
);
const values = fc.tuple(
  fc.constantFrom('', '', ' xml:lang="de"', ' xml:space="preserve"', ' p:a="1" a="2"'),
  fc.array(written, { maxLength: 4 }),
);

const COUNT = 600;
const EACH = 40;
// As in xml-random.long.test.ts: a new quirk of libxml2 is no reason to fail one run in a thousand.
const SEED = 4918;

test('D-04.3-a, D-04.3-c: 600 random values come back with the infoset they went with', async () => {
  // Comments and instructions need not come back (RFC 4918 §4.3), and canonical XML keeps them.
  const drawn = fc.sample(values, { numRuns: 3 * COUNT, seed: SEED }).filter(([, content]) => !/<!--|<\?/.test(content.join('')));
  const elements = drawn.map(([attributes, content], at) => `<v:p${at} ${BOUND}${attributes}>${content.join('')}</v:p${at}>`);
  const accepted = xmllintAccepts(elements);
  const sent = elements.filter((_, at) => accepted[at]).slice(0, COUNT);
  expect(sent.length).toBe(COUNT);

  for (let from = 0; from < COUNT; from += EACH) {
    const batch = sent.slice(from, from + EACH).join('');
    const expected = propertiesIn(`<all>${batch}</all>`);
    expect(expected).toHaveLength(EACH);
    const target = `/f${from}`;
    writeFileSync(join(served.folder, target), '');
    expect(Object.keys(outcomesOf(onlyRow(await patch(served, target, set(batch)))))).toEqual(['200']);
    const { text } = await find(served, target, '<D:allprop/>');
    expect(propertiesIn(text)).toEqual(expected);
  }
});

/** Each property as exclusive canonical XML, which says what a document means and nothing of how it is written. */
function propertiesIn(document: string): string[] {
  return (canonical(document).match(/<v:p(\d+)[ >].*?<\/v:p\1>/gs) ?? []).sort();
}
