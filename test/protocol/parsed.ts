// XML as text, parsed for tests of what becomes of its elements.
import { parseXml } from '../../src/protocol/xml.ts';
import { elementsOf, type XmlElement } from '../../src/protocol/xml-element.ts';

export function parse(text: string): XmlElement {
  return parseXml(Buffer.from(text, 'utf8'));
}

/** Throws where there is none. */
export function first(element: XmlElement): XmlElement {
  const [child] = elementsOf(element);
  if (!child) throw new Error('No child.');
  return child;
}
