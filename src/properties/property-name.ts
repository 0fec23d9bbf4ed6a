// The names of properties in request bodies, as far as they can be repeated in an answer.
import { DavError } from '../protocol/error.ts';
import type { XmlElement } from '../protocol/xml-element.ts';
import type { PropertyName } from '../state/state.ts';

const NAME_LIMIT = 1024; // characters: a body says a namespace once, an answer repeats it with every name and in every row

/** The name of the property that `element` is. Throws 400 when it is too long to be repeated (RFC 4918 §8.2 lets us refuse). */
export function propertyNameOf({ namespace, name }: XmlElement): PropertyName {
  if (namespace.length + name.length > NAME_LIMIT) throw new DavError(400, 'The name of a property, or its namespace, is too long.');
  return { namespace, name };
}
