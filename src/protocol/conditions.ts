// The preconditions of HTTP (RFC 9110 §13), in their order. Our own, not `fresh`: every method needs them, not only GET.
import { parseDate } from './http-date.ts';

/** The selected representation as it is now: its entity tag, quoted, and its time of modification in ms. */
export interface Current {
  readonly etag: string;
  readonly modified: number;
}

/** `not-modified` answers 304, `failed` 412. */
export type Verdict = 'proceed' | 'not-modified' | 'failed';

/**
 * Judge If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since, in that order (RFC 9110 §13.2.2). `current` is
 * undefined for an unmapped URL. To be asked last: a request that fails anyway fails for its own reason (§13.2.1).
 */
export function checkPreconditions(
  method: string,
  headers: Readonly<Record<string, string | undefined>>,
  current: Current | undefined,
): Verdict {
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return 'proceed'; // RFC 9110 §13.2.1
  const reads = method === 'GET' || method === 'HEAD';

  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!holdsStrongly(ifMatch, current)) return 'failed';
  } else if (current !== undefined) {
    const since = dateOf(headers['if-unmodified-since']);
    if (since !== undefined && wholeSeconds(current.modified) > since) return 'failed';
  }

  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (matchesWeakly(ifNoneMatch, current)) return reads ? 'not-modified' : 'failed';
  } else if (reads && current !== undefined) {
    const since = dateOf(headers['if-modified-since']);
    if (since !== undefined && wholeSeconds(current.modified) <= since) return 'not-modified';
  }
  return 'proceed';
}

/**
 * Whether a Range may be served (RFC 9110 §13.1.5); true without If-Range. An entity tag compares strongly. A date must be
 * the Last-Modified exactly, and that a second or more before `now` (ms), or the file might have changed twice in it (§8.8.2.2).
 */
export function ifRangeHolds(value: string | undefined, current: Current, now: number): boolean {
  if (value === undefined) return true;
  if (value.startsWith('"')) return value === current.etag;
  const modified = wholeSeconds(current.modified);
  return parseDate(value) === modified && wholeSeconds(now) - modified >= 1000;
}

function dateOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseDate(value);
}

/** Dates in headers count whole seconds; so must what they are compared with. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** If-Match (RFC 9110 §13.1.1): a weak tag on either side never matches. */
function holdsStrongly(value: string, current: Current | undefined): boolean {
  if (current === undefined) return false;
  return value.trim() === '*' || (current.etag.startsWith('"') && membersOf(value).includes(current.etag));
}

/** If-None-Match (RFC 9110 §13.1.2). `*` counts in a list too, or a doubled line would let a PUT overwrite. */
function matchesWeakly(value: string, current: Current | undefined): boolean {
  if (current === undefined) return false;
  const opaque = current.etag.replace(/^W\//, '');
  return membersOf(value).some((member) => member === '*' || member.replace(/^W\//, '') === opaque);
}

/**
 * The members of a list of entity tags. A comma inside quotes belongs to the tag; a member without quotes, such as Joplin's
 * `JoplinIgnore-123`, stays as it is and so matches nothing.
 */
function membersOf(value: string): string[] {
  return value.match(/(?:W\/)?"[^"]*"|[^\s,]+/g) ?? [];
}
