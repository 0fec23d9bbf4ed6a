// The small request headers: Depth, Overwrite, Lock-Token, Timeout, X-OC-Mtime. A bad one is a DavError 400 or ignored, as its rule says.
import { DavError } from './error.ts';
import { isAbsoluteUri } from './uri.ts';

export type Depth = 0 | 1 | 'infinity';

/** RFC 4918 §10.2. Absent is undefined: what that means is the method's business. Throws 400 for any other value, `1,noroot` too. */
export function parseDepth(value: string | undefined): Depth | undefined {
  if (value === undefined) return undefined;
  if (value === '0') return 0;
  if (value === '1') return 1;
  if (value.toLowerCase() === 'infinity') return 'infinity';
  throw new DavError(400, 'The Depth header must be 0, 1 or infinity.');
}

/** RFC 4918 §10.6: absent means T. Throws 400 for anything but T and F (case does not count in an ABNF string). */
export function parseOverwrite(value: string | undefined): boolean {
  if (value === undefined || /^t$/i.test(value)) return true;
  if (/^f$/i.test(value)) return false;
  throw new DavError(400, 'The Overwrite header must be T or F.');
}

/**
 * The one lock token of UNLOCK (RFC 4918 §10.5), without its angle brackets. Windows leaves the brackets off, so a bare
 * absolute URI is taken as well. Throws 400 when absent or malformed (RFC 4918 §9.11.1).
 */
export function parseLockToken(value: string | undefined): string {
  if (value === undefined) throw new DavError(400, 'The Lock-Token header is missing.');
  const token = value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value;
  if (!isAbsoluteUri(token)) throw new DavError(400, 'The Lock-Token header must hold one lock token in angle brackets.');
  return token;
}

const SECONDS_LIMIT = 2 ** 32 - 1; // RFC 4918 §10.7

/**
 * The lock timeout in whole seconds: the first entry of the wish list that we understand (RFC 4918 §10.7), never above
 * `most`; `fallback` when there is none. Never throws. `Second-0` is passed over: it would grant a lock that is gone.
 */
export function parseTimeout(value: string | undefined, limits: { fallback: number; most: number }): number {
  for (const wish of value?.split(',') ?? []) {
    const [, infinite, digits] = /^\s*(?:(infinite)|second-(\d+))\s*$/i.exec(wish) ?? [];
    if (infinite !== undefined) return limits.most;
    const seconds = Number(digits ?? 0);
    if (seconds > 0 && seconds <= SECONDS_LIMIT) return Math.min(seconds, limits.most);
  }
  return Math.min(limits.fallback, limits.most);
}

const LAST_SECOND = 253402300799; // the end of the year 9999, the last that an HTTP-date can say

/** X-OC-Mtime, as Nextcloud and rclone send it: Unix seconds, a decimal fraction allowed, to ms. A bad value is undefined: ignored. */
export function parseModified(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, sign, whole, fraction] = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(value) ?? [];
  if (whole === undefined || Number(whole) > LAST_SECOND) return undefined;
  const ms = Number(whole) * 1000 + Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  return sign === '-' && ms > 0 ? -ms : ms;
}
