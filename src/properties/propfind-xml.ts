// The body of PROPFIND (RFC 4918 §14.20) as a query, and the answer to it for one resource.
import { DavError } from '../protocol/error.ts';
import type { Propstat } from '../protocol/multistatus.ts';
import { davChildren, elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { emptyElement } from '../protocol/xml-write.ts';
import { keyOf } from '../state/property-key.ts';
import type { DeadProperty, PropertyName } from '../state/state.ts';
import { allLiveProperties, type Facts, isExtension, liveNames, livePropertyOf, needsSpace, type WriteProperty } from './live.ts';
import { propertyNameOf } from './property-name.ts';
import { shown } from './shown.ts';

export type PropfindQuery = { readonly kind: 'prop' | 'allprop'; readonly named: readonly Asked[] } | { readonly kind: 'propname' };

/** A property that is asked for by name, with what is the same in each row of the answer. */
interface Asked {
  readonly key: string;
  readonly name: PropertyName;
  readonly live: WriteProperty | undefined;
  /** The element that says that it is not there. */
  readonly missing: string;
}

/** RFC 4918 §9.1: a PROPFIND without a body asks for `allprop`. */
export const ALLPROP: PropfindQuery = { kind: 'allprop', named: [] };

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
  return propname === 1 ? { kind: 'propname' } : { kind: 'allprop', named: include ? namesIn(include) : [] };
}

function namesIn(element: XmlElement): Asked[] {
  const names = new Map(
    elementsOf(element)
      .map(propertyNameOf)
      .map((name) => [keyOf(name), name]),
  );
  return Array.from(names, ([key, name]) => ({ key, name, live: livePropertyOf(key), missing: emptyElement(name) }));
}

/** Characters. What is asked for and not there is repeated in the row of each member: one request must not bring a thousand times its size. */
const NAMES_LIMIT = 32 * 1024;

/** Whether it names more properties than are told of each of many resources. */
export function isLong(query: PropfindQuery): boolean {
  if (query.kind === 'propname') return false;
  let characters = 0;
  for (const { name } of query.named) characters += name.namespace.length + name.name.length;
  return characters > NAMES_LIMIT;
}

/** Whether answering needs the free space of the store, which is asked once for all rows. */
export function wantsSpace(query: PropfindQuery): boolean {
  return query.kind === 'propname' || needsSpace(query.named.map(({ key }) => key));
}

/** The propstats of one resource: what it has with 200, what it lacks with 404 (RFC 4918 §9.1.2). `kept`: what state holds for it. */
export function answerPropfind(query: PropfindQuery, facts: Facts, kept: readonly DeadProperty[]): Propstat[] {
  const dead = shown(kept, facts.resource);
  if (query.kind === 'propname') {
    return [{ status: 200, properties: [...liveNames(facts), ...dead].map(emptyElement) }];
  }
  let found = query.kind === 'allprop' ? allLiveProperties(facts) + dead.map(({ xml }) => xml).join('') : '';
  let missing = '';
  const stored = dead.length > 0 && query.named.length > 0 ? new Map(dead.map((property) => [keyOf(property), property])) : undefined;
  for (const asked of query.named) {
    const written = asked.live?.(facts) ?? stored?.get(asked.key)?.xml;
    if (written === undefined) missing += asked.missing;
    // Of what exists, `allprop` has already given all but the extensions' live properties.
    else if (query.kind === 'prop' || isExtension(asked.key)) found += written;
  }
  const propstats: Propstat[] = [];
  if (found !== '' || missing === '') propstats.push({ status: 200, properties: found === '' ? [] : [found] });
  if (missing !== '') propstats.push({ status: 404, properties: [missing] });
  return propstats;
}
