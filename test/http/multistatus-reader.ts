// Reads a 207 body into rows, and throws when its shape is not that of RFC 4918 §14.
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { nameOf, statusOf } from '../shape/element-shape.ts';
import { requireMultistatus } from '../shape/multistatus-shape.ts';
import { requireVocabulary } from '../shape/vocabulary.ts';
import type { Reply } from './serve.ts';

export interface Row {
  readonly href: string;
  /** Of a row without propstats. */
  readonly status: number | undefined;
  readonly propstats: readonly Propstat[];
}

export interface Propstat {
  readonly status: number;
  readonly properties: readonly XmlElement[];
  readonly error: XmlElement | undefined;
  readonly description: string | undefined;
}

/** The rows of a 207, in document order. Throws on any other answer. */
export function rowsOf(reply: Reply): Row[] {
  if (reply.status !== 207) throw new Error(`Not a 207 but ${reply.status}: ${reply.text}`);
  if (reply.headers['content-type'] !== 'application/xml; charset="utf-8"') throw new Error(`A 207 of ${reply.headers['content-type']}`);
  const root = parseXml(reply.bytes);
  requireVocabulary(root);
  requireMultistatus(root);
  return davChildren(root, 'response').map(rowOf);
}

/** The row with that href. */
export function rowAt(reply: Reply, href: string): Row {
  const row = rowsOf(reply).find((each) => each.href === href);
  if (!row) throw new Error(`No row ${href} in ${reply.text}`);
  return row;
}

/** The only row. */
export function onlyRow(reply: Reply): Row {
  const [row, ...more] = rowsOf(reply);
  if (!row || more.length > 0) throw new Error(`Not one row in ${reply.text}`);
  return row;
}

/** `{ 200: ['{DAV:}getetag'], 404: ['{urn:x}a'] }`, names sorted. */
export function outcomesOf(row: Row): Record<number, string[]> {
  return Object.fromEntries(row.propstats.map(({ status, properties }) => [status, properties.map(nameOf).sort()]));
}

/** The property element with that name, which must be there with 200. */
export function propertyIn(row: Row, namespace: string, name: string): XmlElement {
  const found = row.propstats.filter(({ status }) => status === 200).flatMap(({ properties }) => properties);
  const element = found.find((each) => each.namespace === namespace && each.name === name);
  if (!element) throw new Error(`${row.href} has no {${namespace}}${name}`);
  return element;
}

/** What RFC 4918 §4.3 wants kept, as plain data to compare: names, attributes, `xml:lang` in force, children; no prefixes. */
export function infoset(element: XmlElement): unknown {
  return {
    name: nameOf(element),
    lang: element.lang,
    attributes: element.attributes.map((attribute) => `${nameOf(attribute)}=${attribute.value}`).sort(),
    children: element.children.map((child) => (typeof child === 'string' ? child : infoset(child))),
  };
}

function rowOf(response: XmlElement): Row {
  const [href = ''] = davChildren(response, 'href').map(textOf);
  const [status] = davChildren(response, 'status').map(statusOf);
  return { href, status, propstats: davChildren(response, 'propstat').map(propstatOf) };
}

function propstatOf(propstat: XmlElement): Propstat {
  const [status = 0] = davChildren(propstat, 'status').map(statusOf);
  const properties = davChildren(propstat, 'prop').flatMap(elementsOf);
  const [error] = davChildren(propstat, 'error');
  return { status, properties, error, description: davChildren(propstat, 'responsedescription').map(textOf)[0] };
}
