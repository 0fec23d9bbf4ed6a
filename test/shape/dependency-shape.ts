// The shape of 424 rows (RFC 4918 §11.4): each is there because of another one, and whoever follows the causes finds a culprit.
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { broken, statusOf } from './element-shape.ts';

export function requireDependencies(rows: readonly XmlElement[]): void {
  const causes = new Map(rows.map((row) => [textOf(davChildren(row, 'href')[0] ?? row), causesOf(row)]));
  const sound = new Set([...causes].filter(([, because]) => because === undefined).map(([href]) => href));
  for (const [href, because] of causes) {
    if (because?.length === 0) throw broken('D-11.4-a', `424 without a cause at ${href}`);
    for (const cause of because ?? [])
      if (cause === href || !causes.has(cause)) throw broken('D-11.4-a', `${href} is there because of ${cause}`);
  }
  // What leads to a culprit, and what leads to that; causes in a circle are never reached.
  for (let size = -1; size < sound.size; ) {
    size = sound.size;
    for (const [href, because] of causes) if (because?.every((cause) => sound.has(cause))) sound.add(href);
  }
  const lost = [...causes.keys()].find((href) => !sound.has(href));
  if (lost !== undefined) throw broken('D-11.4-a', `the causes of ${lost} lead to no culprit`);
}

/** The hrefs of the direct causes; undefined for a row of another status. */
function causesOf(row: XmlElement): string[] | undefined {
  if (davChildren(row, 'status').map(statusOf)[0] !== 424) return undefined;
  const conditions = davChildren(row, 'error').flatMap(elementsOf);
  const dependency = conditions.find(({ namespace, name }) => namespace === 'urn:dav207' && name === 'failed-dependency');
  const named = dependency ? elementsOf(dependency).filter(({ name }) => name === 'cause') : [];
  return named.flatMap((cause) => davChildren(cause, 'href').map(textOf));
}
