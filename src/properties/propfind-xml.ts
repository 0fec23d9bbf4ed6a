// The body of PROPFIND (RFC 4918 §14.20) as a query, and the answer to it for one resource.
import { DavError } from '../protocol/error.ts';
import type { Propstat } from '../protocol/multistatus.ts';
import { davChildren, elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { emptyElement } from '../protocol/xml-write.ts';
import { keyOf } from '../state/property-key.ts';
import type { DeadProperty, PropertyName } from '../state/state.ts';
import { allLiveProperties, type Facts, isExtension, liveNames, liveProperty, needsSpace } from './live.ts';
import { propertyNameOf } from './property-name.ts';
import { shown } from './shown.ts';

export type PropfindQuery =
  | { readonly kind: 'prop' | 'allprop'; readonly named: ReadonlyMap<string, PropertyName> }
  | { readonly kind: 'propname' };

/** RFC 4918 §9.1: a PROPFIND without a body asks for `allprop`. */
export const ALLPROP: PropfindQuery = { kind: 'allprop', named: new Map() };

/** Throws 413 for too many properties, and 400 unless, unknown elements ignored, exactly one of `prop`, `propname` and `allprop` is asked for. */
export function readPropfind(document: XmlElement): PropfindQuery {
  if (!isDav(document, 'propfind')) throw new DavError(400, 'The body of PROPFIND must be a DAV:propfind element.');
  const [prop, ...props] = davChildren(document, 'prop');
  const [include, ...includes] = davChildren(document, 'include');
  const allprop = davChildren(document, 'allprop').length;
  const propname = davChildren(document, 'propname').length;
  const asked = (prop ? 1 : 0) + props.length + allprop + propname;
  if (asked !== 1 || includes.length > 0 || (include && allprop !== 1)) {
    throw new DavError(400, 'DAV:propfind needs exactly one of DAV:prop, DAV:propname and DAV:allprop (this with DAV:include).');
  }
  if (prop) return { kind: 'prop', named: namesIn(prop) };
  return propname === 1 ? { kind: 'propname' } : { kind: 'allprop', named: include ? namesIn(include) : new Map() };
}

function namesIn(element: XmlElement): Map<string, PropertyName> {
  const names = elementsOf(element).map(propertyNameOf);
  return new Map(names.map((name) => [keyOf(name), name]));
}

/** Characters. What is asked for and not there is repeated in the row of each member: one request must not bring a thousand times its size. */
const NAMES_LIMIT = 32 * 1024;

/** Whether it names more properties than are told of each of many resources. */
export function isLong(query: PropfindQuery): boolean {
  if (query.kind === 'propname') return false;
  let characters = 0;
  for (const { namespace, name } of query.named.values()) characters += namespace.length + name.length;
  return characters > NAMES_LIMIT;
}

/** Whether answering needs the free space of the store, which is asked once for all rows. */
export function wantsSpace(query: PropfindQuery): boolean {
  return query.kind === 'propname' || needsSpace(query.named.keys());
}

/** The propstats of one resource: what it has with 200, what it lacks with 404 (RFC 4918 §9.1.2). `kept`: what state holds for it. */
export function answerPropfind(query: PropfindQuery, facts: Facts, kept: readonly DeadProperty[]): Propstat[] {
  const dead = shown(kept, facts.resource);
  if (query.kind === 'propname') {
    return [{ status: 200, properties: [...liveNames(facts), ...dead].map(emptyElement) }];
  }
  const found = query.kind === 'allprop' ? [...allLiveProperties(facts), ...dead.map(({ xml }) => xml)] : [];
  const missing: string[] = [];
  const stored = new Map(query.named.size > 0 ? dead.map((property) => [keyOf(property), property]) : []);
  for (const [key, name] of query.named) {
    const written = liveProperty(key, facts) ?? stored.get(key)?.xml;
    if (written === undefined) missing.push(emptyElement(name));
    // Of what exists, `allprop` has already given all but the extensions' live properties.
    else if (query.kind === 'prop' || isExtension(key)) found.push(written);
  }
  const propstats: Propstat[] = [];
  if (found.length > 0 || missing.length === 0) propstats.push({ status: 200, properties: found });
  if (missing.length > 0) propstats.push({ status: 404, properties: missing });
  return propstats;
}
