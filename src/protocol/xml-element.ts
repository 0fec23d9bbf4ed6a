// XmlElement: one element of a request body with its namespaces resolved, and small ways to look into it.

export interface XmlAttribute {
  readonly namespace: string;
  readonly name: string;
  readonly prefix: string;
  readonly value: string;
}

export interface XmlElement {
  /** '' is no namespace: a legal name that is not `DAV:`'s (RFC 4918 §4.4). */
  readonly namespace: string;
  /** The local name. */
  readonly name: string;
  readonly prefix: string;
  /** Without namespace declarations, with `xml:lang` and the like. */
  readonly attributes: readonly XmlAttribute[];
  /** No two strings in a row, and no empty one. */
  readonly children: readonly (XmlElement | string)[];
  /** Prefix ('' is the default one) to the namespace in force here; without `xml`, and without '' where there is no default namespace. */
  readonly scope: ReadonlyMap<string, string>;
  /** The `xml:lang` in force here, an inherited one too; undefined where there is none or `xml:lang=""` took it back. */
  readonly lang: string | undefined;
}

export const DAV = 'DAV:';

/** What the prefix `xml` is bound to everywhere, declared or not (Namespaces in XML 1.0 §3). */
export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

export function isDav(element: XmlElement, name: string): boolean {
  return element.name === name && element.namespace === DAV;
}

/** The child elements, in order. */
export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** The child elements called `name` in `DAV:`, in order; everything else there is as if absent (RFC 4918 §17). */
export function davChildren(element: XmlElement, name: string): XmlElement[] {
  return elementsOf(element).filter((child) => isDav(child, name));
}

/** The element's own character data, without that of its child elements. */
export function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}
