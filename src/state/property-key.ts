// How properties are told apart: by namespace and local name (RFC 4918 §4.4).
import type { PropertyName } from './state.ts';

/** A key for maps and sets. The blank cannot occur in a local name, so no two properties share one. */
export function keyOf({ namespace, name }: PropertyName): string {
  return `${namespace} ${name}`;
}
