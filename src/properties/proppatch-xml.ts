// The body of PROPPATCH (RFC 4918 §14.19) as instructions in document order, and what they come to.
import { DavError } from '../protocol/error.ts';
import type { Propstat } from '../protocol/multistatus.ts';
import type { Path } from '../protocol/path.ts';
import { davChildren, elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { emptyElement, serialize } from '../protocol/xml-write.ts';
import { keyOf } from '../state/property-key.ts';
import type { Change, DeadProperty, PropertyName } from '../state/state.ts';
import type { Attributes } from '../store/store.ts';
import { isLive } from './live.ts';
import { propertyNameOf } from './property-name.ts';
import { misfit, type Permitted, type Refusal, removalOf, settingOf } from './settable.ts';
import { timeSetBy } from './written-times.ts';

export interface Instruction {
  readonly property: PropertyName;
  /** The dead property to store. Without it and `attributes` it is removed. */
  readonly value?: DeadProperty | undefined;
  /** What it makes of the resource itself. */
  readonly attributes?: Attributes | undefined;
  readonly refusal?: Refusal;
}

const VALUE_LIMIT = 64 * 1024; // bytes of a stored property element: every PROPFIND of its collection reads it

const NOT_TEXT: Refusal = { status: 409, description: 'The value must be text, without elements.' };
const TOO_LARGE: Refusal = { status: 507, description: `A property may have ${VALUE_LIMIT} bytes at most.` };

/** Every instruction of every `set` and `remove`, in document order (RFC 4918 §9.2). Throws 400 when there is none at all. */
export function readPropertyUpdate(document: XmlElement, permitted: Permitted): Instruction[] {
  if (!isDav(document, 'propertyupdate')) throw new DavError(400, 'The body of PROPPATCH must be a DAV:propertyupdate element.');
  const parts = elementsOf(document).filter((part) => isDav(part, 'set') || isDav(part, 'remove'));
  if (parts.length === 0) throw new DavError(400, 'DAV:propertyupdate needs a DAV:set or a DAV:remove.');
  return parts.flatMap((part) => {
    const properties = davChildren(part, 'prop').flatMap(elementsOf);
    return properties.map((property) => (isDav(part, 'set') ? setting(property, permitted) : removal(property)));
  });
}

/** The instruction to set this property. */
export function setting(element: XmlElement, permitted: Permitted): Instruction {
  const property = propertyNameOf(element);
  const key = keyOf(property);
  if (isLive(key)) return { property, ...settingOf(key, element, permitted) };
  // RFC 4918 §15.2: `displayname` is `(#PCDATA)`.
  if (isDav(element, 'displayname') && elementsOf(element).length > 0) return { property, refusal: NOT_TEXT };
  const xml = serialize(element);
  // Characters first: there are no more of them than bytes, and they need not be counted.
  if (xml.length > VALUE_LIMIT || Buffer.byteLength(xml) > VALUE_LIMIT) return { property, refusal: TOO_LARGE };
  const value = { ...property, xml };
  return { property, value, attributes: timeSetBy(value) };
}

function removal(element: XmlElement): Instruction {
  const property = propertyNameOf(element);
  const key = keyOf(property);
  return isLive(key) ? { property, refusal: removalOf(key) } : { property };
}

export interface PropertyVerdict {
  /** One entry a property, names only (RFC 4918 §9.2). */
  readonly propstats: Propstat[];
  /** Whether every instruction may be carried out; if one may not, none is (RFC 4918 §9.2). */
  readonly allowed: boolean;
}

/** The same when the store refuses to set attributes: their properties have that refusal. */
export function withoutAttributes(instructions: readonly Instruction[], { status, message }: DavError): Instruction[] {
  const refusal: Refusal = { status, description: message };
  return instructions.map((instruction) => (instruction.attributes ? { ...instruction, refusal } : instruction));
}

/**
 * What the instructions come to on a resource of this kind. A refused property has its own status, the worst it got; every
 * other in the request then is 424 and names it (RFC 4918 §9.2.1).
 */
export function judgeInstructions(instructions: readonly Instruction[], on: { readonly collection: boolean }): PropertyVerdict {
  const names = new Map(instructions.map(({ property }) => [keyOf(property), emptyElement(property)]));
  const worst = new Map<string, Refusal>();
  for (const { property, attributes, refusal = attributes && misfit(attributes, on) } of instructions) {
    const key = keyOf(property);
    if (refusal && refusal.status > (worst.get(key)?.status ?? 0)) worst.set(key, refusal);
  }
  const named = (refusal: Refusal | undefined) => [...names].filter(([key]) => worst.get(key) === refusal).map(([, name]) => name);
  const rest = named(undefined);
  if (worst.size === 0) return { propstats: [{ status: 200, properties: rest }], allowed: true };
  const refusals = [...new Set(worst.values())].sort((a, b) => a.status - b.status);
  const propstats: Propstat[] = refusals.map((refusal) => ({ ...refusal, properties: named(refusal) }));
  const refused = propstats.flatMap(({ properties }) => properties);
  return { propstats: [...propstats, { status: 424, properties: rest, causes: refused }].filter(hasProperties), allowed: false };
}

function hasProperties({ properties }: Propstat): boolean {
  return properties.length > 0;
}

/**
 * The state changes of allowed instructions on the resource at `path`. They are carried out in order (RFC 4918 §9.2), so of
 * several for one property the last one stays: that is all the state needs to hear.
 */
export function changesOf(instructions: readonly Instruction[], path: Path): Change[] {
  const last = [...new Map(instructions.map((instruction) => [keyOf(instruction.property), instruction])).values()];
  const properties = last.flatMap(({ value }) => value ?? []);
  const names = last.filter(({ value, attributes }) => !value && !attributes).map(({ property }) => property);
  return [
    ...(properties.length > 0 ? [{ do: 'set', path, properties } as const] : []),
    ...(names.length > 0 ? [{ do: 'unset', path, names } as const] : []),
  ];
}

/** The attributes that allowed instructions set, each in its turn (RFC 4918 §9.2); undefined for none. */
export function attributesIn(instructions: readonly Instruction[]): Attributes | undefined {
  const set: Attributes = Object.assign({}, ...instructions.flatMap(({ attributes }) => attributes ?? []));
  return Object.keys(set).length > 0 ? set : undefined;
}
