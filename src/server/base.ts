// The URL path that a folder is served under, and the ways in which clients may spell it.
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

/**
 * The request target `url` with its first names as `base` has them, where they are those: Express compares what was written,
 * while `/d%61v/` and `//dav/` are `/dav/` (RFC 3986 §6.2.2.2). All others stay as they are.
 */
export function spelledAs(base: string, url: string): string {
  if (base === '/' || url.startsWith(`${base}/`)) return url;
  const [, origin = '', path = '', rest = ''] = /^(https?:\/\/[^/?#]*)?([^?#]*)(.*)$/i.exec(url) ?? [];
  const [first, ...segments] = path.split('/');
  const spelled: string[] = [];
  for (const name of base.split('/').filter(Boolean)) {
    while (segments[0] === '' && segments.length > 1) segments.shift();
    const segment = segments[0];
    if (segment === undefined || segment === '') break; // above it
    if (decoded(segment) !== name) return url;
    spelled.push(name);
    segments.shift();
  }
  return first === '' && spelled.length > 0 ? `${origin}/${[...spelled, ...segments].join('/')}${rest}` : url;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // for the router to refuse
  }
}
