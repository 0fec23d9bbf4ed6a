// What the shapes of elements have in common: names, order, status lines, and the Error of what is broken.
import { elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';

export function broken(rule: string, what: string): Error {
  return new Error(`${rule}: ${what}`);
}

export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `{${namespace}}${name}`;
}

/** The code of a `status` element (RFC 4918 §14.28). A row is no place for an interim response (§13). */
export function statusOf(element: XmlElement): number {
  const [, code] = /^HTTP\/1\.1 ([1-5]\d\d) .+$/.exec(textOf(element)) ?? [];
  if (code === undefined || elementsOf(element).length > 0) throw broken('D-14.28-a', `${textOf(element)} is no status line`);
  if (code.startsWith('1')) throw broken('D-13-a', `${code} in a row`);
  return Number(code);
}

/** Only children of `DAV:` with these names, in this order, each as often as its mark says: `?` `*` `+`, or once. */
export function requireChildren(rule: string, element: XmlElement, model: string): void {
  const written = elementsOf(element)
    .map((child) => `${child.namespace === 'DAV:' ? '' : child.namespace}${child.name} `)
    .join('');
  const pattern = model.replace(/[\w-]+/g, (name) => `(?:${name} )`).replaceAll(/ (?![)])/g, '');
  if (!new RegExp(`^${pattern}$`).test(written)) throw broken(rule, `${nameOf(element)} holds ${written || 'nothing'}`);
}
