// The body of PROPPATCH (RFC 4918 §14.19) as instructions in document order, and what they come to.
import { DavError } from '../protocol/error.ts';
import type { Propstat } from '../protocol/multistatus.ts';
import type { Path } from '../protocol/path.ts';
import { elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { emptyElement, serialize } from '../protocol/xml-write.ts';
import type { Change, DeadProperty, PropertyName } from '../state/state.ts';
import { isProtected } from './live.ts';
import { keyOf } from './property.ts';

export interface Instruction {
  readonly property: PropertyName;
  /** The property to store; undefined removes it. */
  readonly value: DeadProperty | undefined;
}

/** Every instruction of every `set` and `remove`, in document order (RFC 4918 §9.2). Throws 400 when there is none at all. */
export function readPropertyUpdate(document: XmlElement): Instruction[] {
  if (!isDav(document, 'propertyupdate')) throw new DavError(400, 'The body of PROPPATCH must be a DAV:propertyupdate element.');
  const parts = elementsOf(document).filter((part) => isDav(part, 'set') || isDav(part, 'remove'));
  if (parts.length === 0) throw new DavError(400, 'DAV:propertyupdate needs a DAV:set or a DAV:remove.');
  return parts.flatMap((part) => {
    const props = elementsOf(part).filter((child) => isDav(child, 'prop'));
    return props.flatMap(elementsOf).map((element) => instructionOf(element, isDav(part, 'set')));
  });
}

function instructionOf(element: XmlElement, set: boolean): Instruction {
  const property = { namespace: element.namespace, name: element.name };
  return { property, value: set ? { ...property, xml: serialize(element) } : undefined };
}

export interface PropertyVerdict {
  /** One entry a property, names only (RFC 4918 §9.2). */
  readonly propstats: Propstat[];
  /** Whether every instruction may be carried out; if one may not, none is (RFC 4918 §9.2). */
  readonly allowed: boolean;
}

/** A protected property refuses with 403; everything else in the request then is 424 and names it (RFC 4918 §9.2.1). */
export function judgeInstructions(instructions: readonly Instruction[]): PropertyVerdict {
  const names = new Map(instructions.map(({ property }) => [keyOf(property), emptyElement(property)]));
  const refused = [...names].filter(([key]) => isProtected(key)).map(([, name]) => name);
  const rest = [...names].filter(([key]) => !isProtected(key)).map(([, name]) => name);
  if (refused.length === 0) return { propstats: [{ status: 200, properties: rest }], allowed: true };
  const propstats: Propstat[] = [{ status: 403, properties: refused, condition: { name: 'cannot-modify-protected-property' } }];
  if (rest.length > 0) propstats.push({ status: 424, properties: rest, causes: refused });
  return { propstats, allowed: false };
}

/** The state changes of allowed instructions on the resource at `path`, in order. */
export function changesOf(instructions: readonly Instruction[], path: Path): Change[] {
  return instructions.map(({ property, value }) =>
    value === undefined ? { do: 'unset', path, names: [property] } : { do: 'set', path, properties: [value] },
  );
}
