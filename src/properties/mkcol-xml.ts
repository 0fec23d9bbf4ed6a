// The body of an extended MKCOL (RFC 5689 §5.1) as instructions, and the `mkcol-response` that names the one that failed (§5.2).
import { DavError } from '../protocol/error.ts';
import { type Propstat, writePropstats } from '../protocol/multistatus.ts';
import { davChildren, elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { propertyNameOf } from './property-name.ts';
import { type Instruction, setting } from './proppatch-xml.ts';
import type { Permitted, Refusal } from './settable.ts';

/** RFC 5689 §3.3. */
const INVALID_TYPE: Refusal = {
  status: 403,
  condition: { name: 'valid-resourcetype' },
  description: 'Only plain collections are made here.',
};

/**
 * Every property of every `set`, in document order. A `resourcetype` asks for what is made anyway, or is refused.
 * Throws 415 for another document element, which RFC 5689 §3 keeps for others, and 400 without a `set`.
 */
export function readMkcol(document: XmlElement, permitted: Permitted): Instruction[] {
  if (!isDav(document, 'mkcol')) throw new DavError(415, 'The body of MKCOL must be a DAV:mkcol element.');
  const sets = davChildren(document, 'set');
  if (sets.length === 0) throw new DavError(400, 'DAV:mkcol needs a DAV:set.');
  const properties = sets.flatMap((set) => davChildren(set, 'prop').flatMap(elementsOf));
  return properties.map((property) => {
    if (!isDav(property, 'resourcetype')) return setting(property, permitted);
    const types = elementsOf(property);
    // RFC 5689 §3: a type that is given includes `collection`; what else it may include, this server does not know.
    const plain = types.length > 0 && types.every((type) => isDav(type, 'collection'));
    // What is made anyway sets nothing, but has its row beside a property that fails.
    return { property: propertyNameOf(property), ...(plain ? { attributes: {} } : { refusal: INVALID_TYPE }) };
  });
}

/** The body of the failure: propstats without an href, for there is no resource. */
export function mkcolResponse(propstats: readonly Propstat[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:mkcol-response xmlns:D="DAV:">${writePropstats(propstats)}</D:mkcol-response>`;
}
