// The shape of a 207: its rows and propstats (RFC 4918 §14.16, §14.22, §14.24), each condition with the status it explains.
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { broken, nameOf, requireChildren, statusOf } from './element-shape.ts';

/** A status of a row or propstat that is not 2xx, with its `DAV:error`, if any. */
export interface Failing {
  readonly status: number;
  readonly error: XmlElement | undefined;
  readonly at: string;
}

export function requireMultistatus(root: XmlElement): Failing[] {
  requireChildren('D-11.1-a', root, 'response* responsedescription?');
  const rows = davChildren(root, 'response');
  const failing = rows.flatMap(requireRow);
  const seen = new Set<string>();
  for (const href of rows.flatMap((row) => davChildren(row, 'href').map(textOf))) {
    if (seen.has(href)) throw broken('D-14.24-a', `two rows have the href ${href}`);
    seen.add(href);
  }
  return failing;
}

/** In this order: macOS collects every href, so those of `error` come after the row's own and its status. */
function requireRow(row: XmlElement): Failing[] {
  requireChildren('D-14.24-b, Z-mac-c', row, 'href (href* status|propstat+) error? responsedescription? location?');
  const at = davChildren(row, 'href').map(textOf).join(' ');
  const statuses = davChildren(row, 'status').map(statusOf);
  const location = davChildren(row, 'location')[0];
  if (location) requireChildren('D-13.2-a', location, 'href');
  const propstats = davChildren(row, 'propstat');
  if (propstats.length > 0) return requirePropstats(row, propstats);
  const [status = 0] = statuses;
  if (status >= 300 && status < 400 && !location) throw broken('D-13.2-a', `${status} without a location at ${at}`);
  return failingAs(status, row, at);
}

/** `holder`: the row, or the `mkcol-response`. Each outcome once, each property once; 424 is for what would have been done but for another. */
export function requirePropstats(holder: XmlElement, propstats: readonly XmlElement[]): Failing[] {
  for (const propstat of propstats) requireChildren('D-14.22-a', propstat, 'prop status error? responsedescription?');
  const statuses = propstats.flatMap((propstat) => davChildren(propstat, 'status').map(statusOf));
  const at = davChildren(holder, 'href').map(textOf).join('') || nameOf(holder);
  if (new Set(statuses).size < statuses.length) throw broken('D-14.22-a', `one outcome has two propstats at ${at}`);
  const names = propstats.map((propstat) => davChildren(propstat, 'prop').flatMap(elementsOf).map(nameOf));
  if (new Set(names.flat()).size < names.flat().length) throw broken('D-14.22-a', `a property has two outcomes at ${at}`);
  const culprits = names.filter((_, index) => isCulprit(statuses[index] ?? 0)).flat();
  if (statuses.includes(424) && (culprits.length === 0 || statuses.some((status) => status < 300)))
    throw broken('D-11.4-a', `424 beside ${statuses.join(' ')} at ${at}`);
  return propstats.flatMap((propstat, index) => failingAs(statuses[index] ?? 0, propstat, at));
}

function isCulprit(status: number): boolean {
  return status >= 400 && status !== 424;
}

function failingAs(status: number, holder: XmlElement, at: string): Failing[] {
  const [error] = davChildren(holder, 'error');
  return status < 300 && !error ? [] : [{ status, error, at }];
}
