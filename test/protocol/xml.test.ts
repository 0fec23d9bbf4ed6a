// What parseXml gives and refuses: the infoset, the limits, media types. Its verdicts are in xml-verdicts.test.ts.
import { describe, expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { parseXml, requireXmlType } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, isDav, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { parse } from './parsed.ts';

function refusal(act: () => unknown): DavError {
  try {
    act();
  } catch (error) {
    if (error instanceof DavError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

/** `[expanded name, attributes, children]`, to compare with. */
function plain(element: XmlElement): unknown[] {
  const attributes = element.attributes.map(({ namespace, name, value }) => [`{${namespace}}${name}`, value]);
  const children = element.children.map((child) => (typeof child === 'string' ? child : plain(child)));
  return [`{${element.namespace}}${element.name}`, Object.fromEntries(attributes), ...children];
}

describe('infoset', () => {
  test.each<[string, string, unknown[]]>([
    ['white space is kept', '<a>\t  a \n b </a>', ['{}a', {}, '\t  a \n b ']],
    ['line ends become line feeds', '<a>1\r\n2\r3\n\r4</a>', ['{}a', {}, '1\n2\n3\n\n4']],
    ['a CR by reference stays', '<a>&#13;\r\n&#xd;&#10;</a>', ['{}a', {}, '\r\n\r\n']],
    ['a CR before and an LF behind an instruction are two line ends', '<a>1\r<?x?>\n2</a>', ['{}a', {}, '1\n\n2']],
    ['CDATA is text', '<a>1<![CDATA[<b> &amp; ]]]]><![CDATA[>]]>2</a>', ['{}a', {}, '1<b> &amp; ]]>2']],
    ['line ends in CDATA are normalised', '<a><![CDATA[\r\n]]></a>', ['{}a', {}, '\n']],
    ['empty CDATA is nothing', '<a><![CDATA[]]></a>', ['{}a', {}]],
    ['comments and instructions are not there', '<a>1<!-- \' " -->2<?x it\'s?>3<?y "?>4</a>', ['{}a', {}, '1234']],
    ['text parted by an instruction is one', '<a>]]<?x?>&gt;</a>', ['{}a', {}, ']]>']],
    ['references', '<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;&amp;lt;</a>', ['{}a', {}, '<>&\'"A\u{1F600}&lt;']],
    ['numbers and booleans are text', '<a b="01">0x10<c>true</c>1e3</a>', ['{}a', { '{}b': '01' }, '0x10', ['{}c', {}, 'true'], '1e3']],
    ['blanks around numbers stay', '<a b=" 1 "> 1 </a>', ['{}a', { '{}b': ' 1 ' }, ' 1 ']],
    ['white space in values', '<a b=" 1\t2\n3\r\n4\r5&#9;&#10;&#13; "/>', ['{}a', { '{}b': ' 1 2 3 4 5\t\n\r ' }]],
    [
      'values that look like markup',
      `<a b="/>" c='a="1"' d="&lt;!--" e=">"/>`,
      ['{}a', { '{}b': '/>', '{}c': 'a="1"', '{}d': '<!--', '{}e': '>' }],
    ],
    ['an empty value', '<a b=""/>', ['{}a', { '{}b': '' }]],
    ['a value that ends in a slash', "<a b='c/'/>", ['{}a', { '{}b': 'c/' }]],
    [
      'white space of other scripts',
      '<a b="\u00A0\uFEFF">\uFEFF\u1680\u00A0\u2028</a>',
      ['{}a', { '{}b': '\u00A0\uFEFF' }, '\uFEFF\u1680\u00A0\u2028'],
    ],
    ['such white space in names', '<a\u1680b \uFEFFc="1"><\uFEFF/></a\u1680b>', ['{}a\u1680b', { '{}\uFEFFc': '1' }, ['{}\uFEFF', {}]]],
    [
      'the default namespace, and none',
      '<a xmlns="DAV:"><b xmlns="" c=""/><d/></a>',
      ['{DAV:}a', {}, ['{}b', { '{}c': '' }], ['{DAV:}d', {}]],
    ],
    ['prefixes', '<p:a xmlns:p="u" p:b="1" b="2"><p:c xmlns:p="v"/></p:a>', ['{u}a', { '{u}b': '1', '{}b': '2' }, ['{v}c', {}]]],
    ['a namespace by reference', '<p:a xmlns:p="a&amp;b&#10;"/>', ['{a&b\n}a', {}]],
    ['DAV:, and what looks like it', '<D:a xmlns:D="dav:"/>', ['{dav:}a', {}]],
    [
      'the prefix xml',
      '<xml:a xml:id="1"/>',
      ['{http://www.w3.org/XML/1998/namespace}a', { '{http://www.w3.org/XML/1998/namespace}id': '1' }],
    ],
  ])('%s', (_, text, expected) => {
    expect(plain(parse(text))).toEqual(expected);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'length', 'xmlns-x'])(
    'an element and an attribute called %s',
    (name) => {
      const element = parse(`<${name} xmlns:p="u" ${name}="1" p:${name}="2"><${name}/><p:${name}>x</p:${name}></${name}>`);
      expect(element.name).toBe(name);
      expect(element.attributes).toEqual([
        { namespace: '', name, prefix: '', value: '1' },
        { namespace: 'u', name, prefix: 'p', value: '2' },
      ]);
      expect(elementsOf(element).map((child) => [child.namespace, child.name, textOf(child)])).toEqual([
        ['', name, ''],
        ['u', name, 'x'],
      ]);
    },
  );

  test('long texts, values and lists arrive whole', () => {
    const long = 'a\u{1F600} &amp;'.repeat(30_000);
    const element = parse(`<a b="${long}">${long}${'<c/>'.repeat(20_000)}<![CDATA[${long}]]></a>`);
    const expected = long.replaceAll('&amp;', '&');
    expect(element.attributes[0]?.value === expected).toBe(true);
    expect(element.children[0] === expected).toBe(true);
    expect(element.children.at(-1) === long).toBe(true);
    expect(element.children.length).toBe(20_002);
  });

  test('D-04.3-b xml:lang is inherited, replaced and taken back', () => {
    const root = parse('<a xml:lang="de"><b/><c xml:lang="en"><d/></c><e xml:lang=""><f/></e><g lang="fr"/></a>');
    const langs: Record<string, string | undefined> = {};
    for (const child of elementsOf(root)) for (const element of [child, ...elementsOf(child)]) langs[element.name] = element.lang;
    expect(langs).toEqual({ b: 'de', c: 'en', d: 'en', e: undefined, f: undefined, g: 'de' });
  });

  test('D-04.3-d the scope holds what is in force', () => {
    const root = parse('<a xmlns="DAV:" xmlns:p="u"><b xmlns:p="v" xmlns:q="w" xmlns=""/><c/></a>');
    const [b, c] = elementsOf(root);
    const inside = [...(b?.scope ?? [])].sort();
    expect(inside).toEqual([
      ['p', 'v'],
      ['q', 'w'],
    ]);
    expect([...(c?.scope ?? [])]).toEqual([...root.scope]);
    expect(new Map(root.scope)).toEqual(
      new Map([
        ['', 'DAV:'],
        ['p', 'u'],
      ]),
    );
  });

  test('the prefix xml, which is always in force, is in no scope', () => {
    expect(parse('<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>').scope.size).toBe(0);
  });

  test('accessors', () => {
    const root = parse('<D:prop xmlns:D="DAV:">a<D:href>b</D:href>c<href/><D:href/></D:prop>');
    expect(isDav(root, 'prop')).toBe(true);
    expect(isDav(root, 'href')).toBe(false);
    expect(davChildren(root, 'href').map(textOf)).toEqual(['b', '']);
    expect(elementsOf(root).length).toBe(3);
    expect(textOf(root)).toBe('ac');
  });
});

describe('D-08.2-e limits', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  const attributes = (count: number) => `<a ${Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')}/>`;

  test.each([
    ['10,000 nested elements', nested(10_000)],
    ['10,000 nested elements without an end', '<a>'.repeat(10_000)],
    ['257 nested elements', nested(257)],
    ['257 attributes', attributes(257)],
    ['100,001 elements', `<a>${'<b/>'.repeat(100_000)}</a>`],
    [
      'a hundred prefixes in force at thousands of declarations',
      `<a ${Array.from({ length: 100 }, (_, index) => `xmlns:a${index}="u"`).join(' ')}>${'<b xmlns="v"/>'.repeat(5_000)}</a>`,
    ],
  ])('%s: 400', (_, text) => {
    const error = refusal(() => parse(text));
    expect(error.status).toBe(400);
    expect(error.message).toContain('more XML than');
  });

  test('up to the limits everything is taken', () => {
    expect(parse(nested(256)).name).toBe('a');
    expect(parse(attributes(256)).attributes.length).toBe(256);
    expect(parse(`<a>${'<b/>'.repeat(99_999)}</a>`).children.length).toBe(99_999);
  });

  test('the caller may set them', () => {
    expect(refusal(() => parseXml(Buffer.from('<a><b/></a>'), undefined, { depth: 1 })).status).toBe(400);
    expect(refusal(() => parseXml(Buffer.from('<a><b/></a>'), undefined, { elements: 1 })).status).toBe(400);
    expect(refusal(() => parseXml(Buffer.from('<a b="" c=""/>'), undefined, { attributes: 1 })).status).toBe(400);
    expect(parseXml(Buffer.from(nested(5_000)), undefined, { depth: 5_000 }).name).toBe('a');
  });
});

test('the sentence names the line, and nothing of the body', () => {
  const error = refusal(() => parse('<a>\r\n<b>\r\n</secret></a>'));
  expect(error.message).toBe('The request body is not well-formed XML: an end-tag that does not match its start-tag (line 3).');
});

describe('D-08.2-c D-08.2-d media types', () => {
  test.each([
    undefined,
    '',
    'application/xml',
    'text/xml',
    'Text/XML; charset="utf-8"',
    'application/xml;charset=utf-8',
    'application/davmount+xml',
    'application/x-y+XML ; a=b',
    'text/plain;charset=UTF-8', // fetch, and so the npm webdav client
  ])('%p passes', (contentType) => {
    expect(() => requireXmlType(contentType)).not.toThrow();
  });

  test.each([
    'text/plain',
    'application/json',
    'application/xmlish',
    'text/xml2',
    'application/x-www-form-urlencoded',
    'xml',
    'a/b; c=d+xml',
    '+xml',
    'text/plain, text/xml',
  ])('%s: 415', (contentType) => {
    const error = refusal(() => requireXmlType(contentType));
    expect(error.status).toBe(415);
    expect(error.headers).toEqual({ Accept: 'application/xml, text/xml' });
  });
});
