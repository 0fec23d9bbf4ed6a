// Basic credentials out of an Authorization header (RFC 7617).
import type { User } from './users.ts';

/** undefined for none, another scheme or anything malformed: that is a 401, never a 400. */
export function basicCredentials(authorization: string | undefined): User | undefined {
  const match = /^Basic +([A-Za-z0-9+/]+=*)\s*$/i.exec(authorization ?? '');
  if (!match?.[1]) return undefined;
  const decoded = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { name: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
