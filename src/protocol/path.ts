// Path: a decoded, absolute, dot-free resource name, made here and nowhere else, and its way back to an href.
import { DavError } from './error.ts';
import type { Path, Ref } from './ref.ts';

export type { Path, Ref } from './ref.ts';

/** A Request-URI, Destination or If tag after decoding; `slash` tells whether it ended in `/`. */
export interface Target {
  readonly path: Path;
  readonly slash: boolean;
}

export const ROOT = '/' as Path;

const SEGMENT_LIMIT = 255; // bytes: NAME_MAX of every file system we serve
const PATH_LIMIT = 4000; // bytes: below PATH_MAX, and a state key must hold it

/** Names of letters, digits, `_`, `-` and dots, of which none is a dot segment. */
const PLAIN_TARGET = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*\/?$/;

/** RFC 3986 §4.2 writes `a:b` relative to its collection as `./a:b`; rclone sends just that, behind the server's URL. */
const BEFORE_COLON = /\/\.(?=\/[^/]*:)/;

/**
 * Decode the path of a Request-URI, Destination or If tag below the mount path `base` ('' or `/dav`).
 * Doubled slashes collapse, as Duplicati and some proxies send them. Throws 400 for what could escape or mislead
 * (dot segments after decoding, `%2F`, `%00`, bad UTF-8, a query or fragment left on), 414 for what is too long;
 * returns undefined outside `base`.
 */
export function parseTarget(encoded: string, base = ''): Target | undefined {
  // Node hands on a fragment in the request line as it came; it must not become part of a name (RFC 3986 §3.3).
  // Most are written as they are meant, and have nothing to decode, to refuse or to take off.
  if (base === '' && encoded !== '' && encoded.length < SEGMENT_LIMIT && PLAIN_TARGET.test(encoded)) {
    const slash = encoded.endsWith('/');
    return { path: (slash ? encoded.slice(0, -1) || ROOT : encoded) as Path, slash };
  }
  if (/[?#]/.test(encoded)) throw new DavError(400, 'The path holds a fragment, or a question mark that is not percent-encoded.');
  const segments: string[] = [];
  for (const raw of encoded.replace(BEFORE_COLON, '').split('/')) {
    if (raw !== '') segments.push(decodeSegment(raw));
  }
  for (const mounted of base.split('/')) {
    if (mounted !== '' && segments.shift() !== decodeSegment(mounted)) return undefined;
  }
  const path = `/${segments.join('/')}`;
  if (Buffer.byteLength(path) > PATH_LIMIT || segments.some((segment) => Buffer.byteLength(segment) > SEGMENT_LIMIT)) {
    throw new DavError(414, 'The path, or one name in it, is too long.');
  }
  return { path: path as Path, slash: encoded.endsWith('/') };
}

function decodeSegment(raw: string): string {
  let segment: string;
  try {
    segment = decodeURIComponent(raw);
  } catch {
    throw new DavError(400, 'The path holds a percent-encoding that is not UTF-8.');
  }
  if (segment === '.' || segment === '..' || segment.includes('/') || segment.includes('\0')) {
    throw new DavError(400, 'The path holds a dot segment, an encoded slash or a NUL.');
  }
  return segment;
}

/** The member `name` of the collection `parent`; `name` comes from a directory listing or a checked segment. */
export function childOf(parent: Path, name: string): Path {
  return (parent === ROOT ? `/${name}` : `${parent}/${name}`) as Path;
}

/** The parent collection's path; the root is its own parent. */
export function parentOf(path: Path): Path {
  return (path.slice(0, path.lastIndexOf('/')) || ROOT) as Path;
}

/** The last segment; empty for the root. */
export function nameOf(path: Path): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is a proper descendant of `ancestor`. */
export function isBelow(path: Path, ancestor: Path): boolean {
  return ancestor === ROOT ? path !== ROOT : path.length > ancestor.length && path[ancestor.length] === '/' && path.startsWith(ancestor);
}

export function isWithin(path: Path, ancestor: Path): boolean {
  return path === ancestor || isBelow(path, ancestor);
}

/** `path` with its ancestor `from` replaced by `to`. */
export function rebase(path: Path, from: Path, to: Path): Path {
  if (path === from) return to;
  const rest = from === ROOT ? path : path.slice(from.length);
  return (to === ROOT ? rest : to + rest) as Path;
}

/** Every proper ancestor, nearest first, ending with the root. Empty for the root. */
export function ancestorsOf(path: Path): Path[] {
  const ancestors: Path[] = [];
  for (let at = path; at !== ROOT; ) {
    at = parentOf(at);
    ancestors.push(at);
  }
  return ancestors;
}

/** `.dav207` and `.dav207-*` belong to the server in every collection: never listed, refused on every verb. Some stores ignore case. */
export function isReservedName(name: string): boolean {
  return /^\.dav207(?:-|$)/i.test(name);
}

export function isReserved(path: Path): boolean {
  return /\/\.dav207(?:[-/]|$)/i.test(path);
}

/** Parents before children, siblings by code point of the decoded name: the order of rows and of plans. */
export function comparePaths(a: Path, b: Path): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let index = 0; index < left.length && index < right.length; index++) {
    const order = compareNames(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** `items` parents before children, siblings by code point. As `comparePaths`, for very many. */
export function inOrder<T>(items: Iterable<T>, pathOf: (item: T) => Path): T[] {
  // No name holds a NUL, so that what is below a path comes right behind it.
  const keyed = Array.from(items, (item) => ({ item, key: pathOf(item).replaceAll('/', '\0') }));
  // Below the surrogates the order of UTF-16 units is that of code points, and known without looking at each.
  const plain = keyed.every(({ key }) => !/[\ud800-\uffff]/.test(key));
  keyed.sort(plain ? (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) : (a, b) => compareNames(a.key, b.key));
  return keyed.map(({ item }) => item);
}

/** By code point, as UTF-8 bytes sort; plain `<` compares UTF-16 units and misplaces everything above U+FFFF. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  for (let index = 0; ; index++) {
    const left = a.codePointAt(index);
    const right = b.codePointAt(index);
    if (left !== right) return (left ?? -1) - (right ?? -1);
    if (left === undefined) return 0;
    if (left > 0xffff) index++;
  }
}

const PLAIN = /^[A-Za-z0-9\-._~!$&()*+,;=:@/]*$/;
const BARE_AGAIN = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/**
 * The absolute path of a resource as every href, Location and lockroot shows it: percent-encoded in upper case, with
 * the sub-delims left bare but `'` (RFC 3986 §3.3). In XML and HTML it still wants its `&` escaped.
 */
export function hrefOf(ref: Ref, base = ''): string {
  const plain = PLAIN.test(ref.path)
    ? ref.path
    : ref.path
        .split('/')
        .map((segment) => encodeURIComponent(segment).replace(BARE_AGAIN, decodeURIComponent).replaceAll("'", '%27'))
        .join('/');
  return base + plain + (ref.collection && ref.path !== ROOT ? '/' : '');
}
