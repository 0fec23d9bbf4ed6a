// Where a Destination header or an If tag points: a resource of this server, or somewhere else.
import { DavError } from './error.ts';
import { parseTarget, type Target } from './path.ts';
import { isAbsoluteUri, isUriText } from './uri.ts';

/** What counts as this server: every `host[:port]` it goes by, and the mount path ('' or `/dav`). */
export interface Authority {
  readonly hosts: readonly string[];
  readonly base: string;
}

/**
 * Resolve a `Simple-ref` (RFC 4918 §8.3): an absolute URI or an absolute path, any query ignored. `'foreign'` for another
 * host, port, kind of scheme, or outside the mount. Throws 400 for a relative reference, a fragment, white space or a
 * delimiter (so for two values joined by `, ` too), dot segments, bad encoding, and a path that is too long.
 */
export function parseUriReference(reference: string, authority: Authority): Target | 'foreign' {
  if (!isUriText(reference)) throw new DavError(400, 'A URL is empty, or holds a fragment, white space or characters that want encoding.');
  const { host, path } = split(reference);
  if (host !== undefined && !authority.hosts.some((own) => normalise(own) === host)) return 'foreign';
  try {
    return parseTarget(path, authority.base) ?? 'foreign';
  } catch (error) {
    // 414 is for the Request-URI alone (RFC 4918 §12.2).
    if (error instanceof DavError && error.status === 414) throw new DavError(400, error.message, { cause: error });
    throw error;
  }
}

/**
 * The Destination of COPY and MOVE (RFC 4918 §10.3). Throws 400 when missing, given twice, unusable or with a query, and 502
 * when it is not on this server (§9.8.5): that sentence names what was compared, since behind a proxy the fault is usually there.
 */
export function parseDestination(value: string | undefined, authority: Authority): Target {
  if (value === undefined) throw new DavError(400, 'The Destination header is missing.');
  const target = parseUriReference(value, authority);
  if (target !== 'foreign') {
    // Never dropped: LibreOffice 7.4 writes `/folder/ü.odt` as `/folder/?.odt`, and would overwrite the whole folder.
    if (value.includes('?')) throw new DavError(400, 'The Destination has a query. A question mark in a name is written %3F.');
    return target;
  }
  const { host = 'this host: ', path } = split(value);
  const here = `${authority.hosts.join(', ')}${authority.base}`;
  throw new DavError(502, `The Destination (on ${host}${path}) is outside of what this server serves (${here}/).`);
}

/** The normalised host of a reference, undefined when it is a path alone; and its path without the query. */
function split(reference: string): { host: string | undefined; path: string } {
  const withoutQuery = reference.replace(/\?.*/, '');
  // `//host/x` is a network-path reference, which is relative (RFC 3986 §4.2); Simple-ref does not have it.
  if (withoutQuery.startsWith('/') && !withoutQuery.startsWith('//')) return { host: undefined, path: withoutQuery };
  if (!isAbsoluteUri(withoutQuery)) throw new DavError(400, 'A URL must be absolute, or a path that starts with one slash.');
  // The scheme is never compared: TLS may end in front of us.
  const [, authority, path] = /^https?:\/\/([^/]*)(.*)$/i.exec(withoutQuery) ?? [];
  if (authority === undefined) {
    if (/^https?:/i.test(withoutQuery)) throw new DavError(400, 'A URL names no host.');
    return { host: withoutQuery.slice(0, withoutQuery.indexOf(':') + 1), path: '' };
  }
  const host = normalise(authority.slice(authority.lastIndexOf('@') + 1)); // a user name says nothing about where
  if (host === undefined) throw new DavError(400, 'A URL names no host.');
  return { host, path: path || '/' };
}

/** `host[:port]` in lower case, without the default port of either scheme; undefined for anything else. */
function normalise(authority: string): string | undefined {
  const [, host, port] = /^(\[[\da-f:.]+\]|[^:[\]@]+)(?::(\d*))?$/i.exec(authority) ?? [];
  if (host === undefined) return undefined;
  const number = Number(port ?? '');
  return host.toLowerCase() + (number === 0 || number === 80 || number === 443 ? '' : `:${number}`);
}
