// The live properties that a client may set: what a value makes of the resource, and why another is refused (RFC 4918 §9.2.1).
import { parseDate } from '../protocol/http-date.ts';
import type { Propstat } from '../protocol/multistatus.ts';
import { DAV, elementsOf, textOf, type XmlElement } from '../protocol/xml-element.ts';
import { keyOf } from '../state/property-key.ts';
import type { PropertyName } from '../state/state.ts';
import type { Attributes } from '../store/store.ts';
import { EXECUTABLE } from './live.ts';

/** Why an instruction cannot be carried out. */
export type Refusal = Pick<Propstat, 'status' | 'condition' | 'description'>;

/** What the operator lets clients set. */
export interface Permitted {
  /** `getlastmodified`, which RFC 4918 §15.7 would rather see protected. */
  readonly setModified: boolean;
}

interface Settable {
  readonly property: PropertyName;
  /** undefined for what is no value of the property. */
  readonly read: (text: string) => Attributes | undefined;
  /** What is told then. */
  readonly wrong: string;
  readonly removal: Refusal;
  /** Always when absent. */
  readonly permitted?: (permitted: Permitted) => boolean;
}

const PROTECTED: Refusal = {
  status: 403,
  condition: { name: 'cannot-modify-protected-property' },
  description: 'The server computes this property.',
};

const SETTABLE: readonly Settable[] = [
  {
    property: EXECUTABLE,
    read: (text) => (text === 'T' || text === 'F' ? { executable: text === 'T' } : undefined),
    wrong: 'The value must be T or F.',
    removal: { status: 409, description: 'It cannot be removed, only set to F.' },
  },
  {
    property: { namespace: DAV, name: 'getlastmodified' },
    read(text) {
      const modified = parseDate(text.replace(/,\s+(?=\d )/, ', 0')); // lftp writes `Sat,  8 Mar 2008`
      return modified === undefined ? undefined : { modified };
    },
    wrong: 'The value must be an HTTP date.',
    removal: PROTECTED,
    permitted: ({ setModified }) => setModified,
  },
];

const BY_KEY = new Map(SETTABLE.map((row) => [keyOf(row.property), row]));

/** What a resource becomes when its live property `key` is set to what `element` holds, or why it cannot be. */
export function settingOf(
  key: string,
  element: XmlElement,
  permitted: Permitted,
): { readonly attributes: Attributes } | { readonly refusal: Refusal } {
  const row = BY_KEY.get(key);
  if (!row || row.permitted?.(permitted) === false) return { refusal: PROTECTED };
  const attributes = elementsOf(element).length > 0 ? undefined : row.read(textOf(element).trim());
  return attributes ? { attributes } : { refusal: { status: 409, description: row.wrong } };
}

/** Why the live property `key` cannot be removed. */
export function removalOf(key: string): Refusal {
  return BY_KEY.get(key)?.removal ?? PROTECTED;
}

/** Why a resource cannot become this: undefined when it can. */
export function misfit({ executable }: Attributes, { collection }: { readonly collection: boolean }): Refusal | undefined {
  if (executable === undefined || !collection) return undefined;
  // RFC 4918 §9.2.1: 409 is for a value that does not suit the property. Here none would: the resource cannot have it.
  return { status: 403, description: 'Only a file can be executable.' };
}
