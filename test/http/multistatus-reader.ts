// Reads a 207 body into rows, and throws when its shape is not that of RFC 4918 §14: so every test checks the schema on the way.
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, isDav, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
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
  if (!isDav(root, 'multistatus')) throw new Error(`The root is ${nameOf(root)}`);
  inOrder(root, ['response', 'responsedescription']);
  const rows = davChildren(root, 'response').map(rowOf);
  const hrefs = new Set(rows.map(({ href }) => href));
  if (hrefs.size < rows.length) throw new Error('Two rows have one href');
  return rows;
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

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `{${namespace}}${name}`;
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
  inOrder(response, ['href', 'status', 'propstat', 'error', 'responsedescription']);
  const [href, ...hrefs] = davChildren(response, 'href').map(textOf);
  const [status, ...statuses] = davChildren(response, 'status').map(statusOf);
  const propstats = davChildren(response, 'propstat').map(propstatOf);
  if (!href?.startsWith('/') || hrefs.length > 0) throw new Error(`A row with the href ${href}`);
  if (statuses.length > 0 || (status === undefined) === (propstats.length === 0)) throw new Error(`${href} needs a status or propstats`);
  if (new Set(propstats.map((each) => each.status)).size < propstats.length) throw new Error(`${href} has a status twice`);
  const names = propstats.flatMap(({ properties }) => properties.map(nameOf));
  if (new Set(names).size < names.length) throw new Error(`${href} has a property twice`);
  return { href, status, propstats };
}

function propstatOf(propstat: XmlElement): Propstat {
  inOrder(propstat, ['prop', 'status', 'error', 'responsedescription']);
  const [prop, ...props] = davChildren(propstat, 'prop');
  const [status, ...statuses] = davChildren(propstat, 'status').map(statusOf);
  const [error] = davChildren(propstat, 'error');
  if (!prop || props.length > 0 || status === undefined || statuses.length > 0) throw new Error('A propstat needs one prop and one status');
  if (error && (elementsOf(error).length === 0 || textOf(error).trim() !== '')) throw new Error('A DAV:error holds elements and no text');
  return { status, properties: elementsOf(prop), error, description: davChildren(propstat, 'responsedescription').map(textOf)[0] };
}

function statusOf(element: XmlElement): number {
  const [, status] = /^HTTP\/1\.1 ([1-5]\d\d) .+$/.exec(textOf(element)) ?? [];
  if (status === undefined) throw new Error(`${textOf(element)} is no status line`);
  return Number(status);
}

/** Only these children of `DAV:`, and in this order. */
function inOrder(element: XmlElement, names: readonly string[]): void {
  const positions = elementsOf(element).map((child) => (child.namespace === 'DAV:' ? names.indexOf(child.name) : -1));
  if (positions.includes(-1) || positions.some((at, index) => at < (positions[index - 1] ?? 0))) {
    throw new Error(`${nameOf(element)} holds ${elementsOf(element).map(nameOf).join(', ')}`);
  }
}
