// Tells, of a verb that failed, whether it was done all the same and only the disk did not say that it will last.
import { DavError } from '../protocol/error.ts';

const results = new WeakMap<object, unknown>();

/** A failure of a verb that is done, with what it would have resolved to. */
export function unconfirmed(result: unknown, cause: unknown): DavError {
  const error = new DavError(500, 'The disk did not confirm what was done: a power cut may take it back.', { cause });
  results.set(error, result);
  return error;
}

/** What was done by a verb that failed so; undefined for any other failure. */
export function doneIn<T>(error: unknown): { readonly error: DavError; readonly result: T } | undefined {
  return error instanceof DavError && results.has(error) ? { error, result: results.get(error) as T } : undefined;
}
