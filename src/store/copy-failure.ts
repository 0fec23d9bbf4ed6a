// Tells, of a copy that failed, whether reading the source was at fault: then its URL is the one to report.
import type { DavError } from '../protocol/error.ts';

const readings = new WeakSet<object>();

/** Mark a failure of `copyFile` as one of reading the source. A store does this; gives the same error back. */
export function asFailedReading(error: DavError): DavError {
  readings.add(error);
  return error;
}

/** Whether `copyFile` failed because of its source, not its destination (RFC 4918 §9.8.5: the most appropriate URL). */
export function failedReading(error: unknown): boolean {
  return typeof error === 'object' && error !== null && readings.has(error);
}
