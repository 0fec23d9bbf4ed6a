// Tells, of a rename that failed, whether its two ends are on different devices: then a copy can do what it cannot.
import type { DavError } from '../protocol/error.ts';

const crossings = new WeakSet<object>();

/** Mark a failure of `rename` as one between devices. A store does this; gives the same error back. */
export function asCrossing(error: DavError): DavError {
  crossings.add(error);
  return error;
}

export function isCrossing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && crossings.has(error);
}
