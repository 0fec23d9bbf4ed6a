// The URL path that a folder is served under.
import { Mistake } from './mistake.ts';

/**
 * `/dav` of `/dav/` and `//dav`, `/` of nothing but slashes. Throws Mistake, which calls it `what`, for a path that no request
 * would ever have: clients take `.` and `..` out of a URL (RFC 3986 §5.2.4).
 */
export function parseBase(text: string, what: string): string {
  if (typeof text !== 'string' || !text.startsWith('/'))
    throw new Mistake(`${what} ${text} is not a URL path: give one that starts with a slash, such as /dav.`);
  if (!/^[A-Za-z0-9\-._~/]*$/.test(text))
    throw new Mistake(`${what} ${text} has other characters than letters from a to z, digits, and - . _ ~ in it: choose a path without.`);
  const base = `/${text.split('/').filter(Boolean).join('/')}`;
  if (/\/\.\.?(\/|$)/.test(base)) throw new Mistake(`${what} ${text} has . or .. as a name in it, which clients take out: leave it out.`);
  return base;
}
