// Round trip of random infosets: serialize keeps the infoset wherever its text is pasted.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementsOf, type XmlAttribute, type XmlElement } from '../../src/protocol/xml-element.ts';
import { serialize } from '../../src/protocol/xml-write.ts';
import { first, parse } from './parsed.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';

// Random infosets. The scope is made with the element: what the parent has, and some changes.
const PREFIXES = ['', 'a', 'D', 'x', 'é'];
const NAMESPACES = ['DAV:', 'urn:x', 'u', 'a&<">\t\n\r '];
const names = fc.constantFrom('a', 'b', 'D', 'é', 'toString', '__proto__', 'constructor', 'xmlnsx', 'a\uFEFF', '\u{10000}');
const characters = fc.oneof(
  fc.constantFrom(
    '\r',
    '\n',
    '\t',
    ' ',
    '&',
    '<',
    '>',
    '"',
    "'",
    ']]>',
    '&amp;',
    '&#13;',
    '<!--',
    '\u{10000}',
    '\uFEFF',
    '\u1680',
    'a:',
    'D:b',
    ':',
    '\u0085',
    '\u2028',
  ),
  fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => text.replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')),
);
const texts = fc.array(characters, { maxLength: 4 }).map((parts) => parts.join(''));

interface Shape {
  readonly name: string;
  readonly prefix: number;
  readonly declared: readonly (readonly [prefix: string, namespace: string])[];
  readonly attributes: readonly (readonly [name: string, prefix: number, value: string])[];
  readonly lang: string | undefined;
  readonly children: readonly (Shape | string)[];
}

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    name: names,
    prefix: fc.nat(10),
    declared: fc.array(fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...NAMESPACES, '')), { maxLength: 3 }),
    attributes: fc.array(fc.tuple(names, fc.nat(10), texts), { maxLength: 3 }),
    lang: fc.option(fc.constantFrom('de', 'en', ''), { nil: undefined, freq: 3 }),
    children: fc.array(fc.oneof({ maxDepth: 4 }, texts, tie('shape')), { maxLength: 4 }),
  }),
}));

function build(from: Shape, around: ReadonlyMap<string, string>, inherited: string | undefined): XmlElement {
  const scope = new Map(around);
  for (const [prefix, namespace] of from.declared) {
    if (namespace !== '') scope.set(prefix, namespace);
    else if (prefix === '') scope.delete('');
  }
  const prefixes = [...new Set(['', ...scope.keys()])];
  const prefix = prefixes[from.prefix % prefixes.length] ?? '';
  const attributes: XmlAttribute[] = from.lang === undefined ? [] : [{ namespace: XML, name: 'lang', prefix: 'xml', value: from.lang }];
  for (const [name, chosen, value] of from.attributes) {
    const own = prefixes[chosen % prefixes.length] ?? '';
    const namespace = own === '' ? '' : (scope.get(own) ?? '');
    if (attributes.every((other) => other.name !== name || other.namespace !== namespace))
      attributes.push({ namespace, name, prefix: own, value });
  }
  const lang = from.lang === undefined ? inherited : from.lang || undefined;
  const children: (XmlElement | string)[] = [];
  for (const child of from.children) {
    if (typeof child !== 'string') children.push(build(child, scope, lang));
    else if (child !== '' && typeof children.at(-1) !== 'string') children.push(child);
  }
  return { namespace: scope.get(prefix) ?? '', name: from.name, prefix, attributes, children, scope, lang };
}

/** All of the infoset but the scopes. */
function plain(element: XmlElement): unknown {
  const { scope: _, children, ...rest } = element;
  return { ...rest, children: children.map((child) => (typeof child === 'string' ? child : plain(child))) };
}

/** In document order, what each prefix in force that may be part of a QName in a text or value there means. */
function meanings(element: XmlElement, prefixes: readonly (readonly string[])[] = prefixesInContent(element)): unknown[] {
  return allOf(element).map(({ scope }, index) => prefixes[index]?.map((prefix) => [prefix, scope.get(prefix)]));
}

function prefixesInContent(element: XmlElement): string[][] {
  return allOf(element).map(({ scope, attributes, children }) => {
    const content = [...attributes.map(({ value }) => value), ...children.filter((child) => typeof child === 'string')];
    const occurs = (prefix: string) => content.some((text) => new RegExp(`(?:^|[ \\t\\n:&>"])${prefix}:`).test(text));
    return [...scope.keys()].filter((prefix) => prefix !== '' && occurs(prefix));
  });
}

function allOf(element: XmlElement): XmlElement[] {
  return [element, ...elementsOf(element).flatMap(allOf)];
}

const elements = fc
  .tuple(shape, fc.option(fc.constantFrom('de', 'en'), { nil: undefined }))
  .map(([from, lang]) => build(from, new Map([['x', 'urn:x']]), lang));

/** What inheriting `xml:lang` turns into is an attribute. */
function withLang(element: XmlElement): XmlElement {
  if (element.lang === undefined || element.attributes.some(({ name, prefix }) => name === 'lang' && prefix === 'xml')) return element;
  return { ...element, attributes: [{ namespace: XML, name: 'lang', prefix: 'xml', value: element.lang }, ...element.attributes] };
}

test.each<[string, (text: string) => XmlElement]>([
  ['as a document', parse],
  ['pasted into another document', (text) => first(parse(`<D:multistatus xmlns:D="DAV:"> ${text} </D:multistatus>`))],
])('%s, it is the same', (_, read) => {
  fc.assert(
    fc.property(elements, (element) => {
      const back = read(serialize(element));
      expect(plain(back)).toEqual(plain(withLang(element)));
      expect(meanings(back, prefixesInContent(element))).toEqual(meanings(element));
    }),
    { numRuns: 500 },
  );
});
