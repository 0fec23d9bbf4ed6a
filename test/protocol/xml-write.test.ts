// Writing XML: what is escaped, and which declarations and inherited attributes go with an element.
import { describe, expect, test } from '@jest/globals';
import { parseXml } from '../../src/protocol/xml.ts';
import { emptyElement, escapeAttribute, escapeText, serialize } from '../../src/protocol/xml-write.ts';
import { first, parse } from './parsed.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';

describe('escaping', () => {
  test.each([
    ['', '', ''],
    ['plain', 'plain', 'plain'],
    ['a & b', 'a &amp; b', 'a &amp; b'],
    ['<]]>', '&lt;]]&gt;', '&lt;]]&gt;'],
    ['\t\n\r', '\t\n&#13;', '&#9;&#10;&#13;'],
    [`"'`, `"'`, `&quot;'`],
    ['é\u{1F600}\u0085', 'é\u{1F600}\u0085', 'é\u{1F600}\u0085'],
    ['a\0\u0001\u001B\uFFFE\uFFFF', 'a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD', 'a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD'],
    ['\uD800a\uDC00', '\uFFFDa\uFFFD', '\uFFFDa\uFFFD'],
  ])('%j', (text, inText, inAttribute) => {
    expect(escapeText(text)).toBe(inText);
    expect(escapeAttribute(text)).toBe(inAttribute);
  });
});

test.each([
  ['DAV:', 'getetag', '<D:getetag/>'],
  ['urn:n', 'n', '<x:n xmlns:x="urn:n"/>'],
  ['a&"<', 'D', '<x:D xmlns:x="a&amp;&quot;&lt;"/>'],
  ['', 'n', '<n/>'],
  [XML, 'n', '<xml:n/>'],
])('emptyElement of {%s}%s', (namespace, name, expected) => {
  expect(emptyElement({ namespace, name })).toBe(expected);
  const pasted = first(parse(`<D:prop xmlns:D="DAV:">${expected}</D:prop>`));
  expect([pasted.namespace, pasted.name]).toEqual([namespace, name]);
});

describe('serialize, for the first child of a document', () => {
  test.each([
    ['D-04.3-h an empty element', '<r xmlns:x="urn:x"><x:e/></r>', '<x:e xmlns:x="urn:x"/>'],
    ['start and end', '<r><e></e></r>', '<e/>'],
    ['D-04.4-a no namespace', '<r xmlns="DAV:"><e xmlns=""/></r>', '<e/>'],
    ['no namespace inside the default one', '<r xmlns="u"><e><f xmlns=""/><g/></e></r>', '<e xmlns="u"><f xmlns=""/><g/></e>'],
    ['no namespace inside a prefix', '<r xmlns:p="u"><p:e><f/></p:e></r>', '<p:e xmlns:p="u"><f/></p:e>'],
    ['the default namespace only inside', '<r xmlns="v" xmlns:p="u"><p:e><f/></p:e></r>', '<p:e xmlns:p="u" xmlns="v"><f/></p:e>'],
    [
      'a prefix used only inside, or at an attribute',
      '<r xmlns:p="u" xmlns:q="v"><e><p:f q:g=""/></e></r>',
      '<e xmlns:p="u" xmlns:q="v"><p:f q:g=""/></e>',
    ],
    ['prefixes not in use stay behind', '<r xmlns:p="u" xmlns="v"><q:e xmlns:q="w">p</q:e></r>', '<q:e xmlns:q="w">p</q:e>'],
    ['the prefix D for something else', '<r xmlns:D="urn:x"><D:e/></r>', '<D:e xmlns:D="urn:x"/>'],
    [
      'a prefix that changes inside',
      '<r xmlns:p="u"><p:e><p:f xmlns:p="v"><p:g/></p:f></p:e></r>',
      '<p:e xmlns:p="u"><p:f xmlns:p="v"><p:g/></p:f></p:e>',
    ],
    ['a declaration inside that nobody seems to use', '<r><e><f xmlns:p="u">p</f></e></r>', '<e><f xmlns:p="u">p</f></e>'],
    ['a declaration inside is made once', '<r><e><f xmlns:p="u"><p:g/><p:h/></f></e></r>', '<e><f xmlns:p="u"><p:g/><p:h/></f></e>'],
    ['D-04.3-d a QName in a value', '<r xmlns:a="urn:x"><p ref="a:b"/></r>', '<p xmlns:a="urn:x" ref="a:b"/>'],
    ['a QName in text', '<r xmlns:a="urn:x" xmlns:b="y"><p>(a:b)</p></r>', '<p xmlns:a="urn:x">(a:b)</p>'],
    ['a QName in text further inside', '<r xmlns:a="urn:x"><p><q>1 -a:b</q></p></r>', '<p xmlns:a="urn:x"><q>1 -a:b</q></p>'],
    ['a QName behind a colon', '<r xmlns:a="urn:x"><p>::a:b</p></r>', '<p xmlns:a="urn:x">::a:b</p>'],
    ['the prefix xml', '<r><xml:e xml:id="1">xml:a</xml:e></r>', '<xml:e xml:id="1">xml:a</xml:e>'],
    ['D-04.3-b xml:lang, inherited', '<r xml:lang="de"><e/></r>', '<e xml:lang="de"/>'],
    ['xml:lang, its own', '<r xml:lang="de"><e xml:lang="en"><f xml:lang="fr"/></e></r>', '<e xml:lang="en"><f xml:lang="fr"/></e>'],
    ['xml:lang, taken back', '<r xml:lang="de"><e xml:lang=""/></r>', '<e xml:lang=""/>'],
    [
      'D-04.3-c characters',
      '<r><e a="&#9;&#10;&#13;&quot;"> \n\r\n&#13;\u{10000}<![CDATA[<&]]> </e></r>',
      '<e a="&#9;&#10;&#13;&quot;"> \n\n&#13;\u{10000}&lt;&amp; </e>',
    ],
    ['D-04.3-e xml:space', '<r><e xml:space="default">  a \n b </e></r>', '<e xml:space="default">  a \n b </e>'],
    ['a namespace with odd characters', '<r xmlns:p="a&amp;b&lt;&quot;"><p:e/></r>', '<p:e xmlns:p="a&amp;b&lt;&quot;"/>'],
    [
      '__proto__ and constructor',
      '<r><__proto__ constructor="1"><toString/></__proto__></r>',
      '<__proto__ constructor="1"><toString/></__proto__>',
    ],
  ])('%s', (_, document, expected) => {
    expect(serialize(first(parse(document)))).toBe(expected);
  });

  test('nesting as deep as one likes', () => {
    const text = `${'<a>'.repeat(20_000)}<b/>${'</a>'.repeat(20_000)}`;
    const element = parseXml(Buffer.from(text), undefined, { depth: 30_000 });
    expect(serialize(element) === text).toBe(true);
  });
});
