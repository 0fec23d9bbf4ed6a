// The live properties: one row of the table each, with the exact value that RFC 4918 §15, RFC 4331 or whoever made it asks for.
import { lockDiscovery, SUPPORTED_LOCK, type Viewer } from '../locks/lock-xml.ts';
import { formatDate, formatTimestamp } from '../protocol/http-date.ts';
import { hrefOf } from '../protocol/path.ts';
import { DAV } from '../protocol/xml-element.ts';
import { escapeText } from '../protocol/xml-write.ts';
import { keyOf } from '../state/property-key.ts';
import type { Lock, PropertyName } from '../state/state.ts';
import { OWN } from '../store/own-place.ts';
import type { Resource, Space } from '../store/store.ts';
import { mediaTypeOf } from './media-type.ts';

/** All that a live property's value is made of. */
export interface Facts {
  readonly resource: Resource;
  /** The locks that apply to it. */
  readonly locks: readonly Lock[];
  readonly viewer: Viewer;
  readonly space: Space | undefined;
}

interface LiveProperty {
  readonly name: string;
  /** `DAV:` when absent. */
  readonly namespace?: string;
  /** RFC 4331 §2 and others: an extension's property stays out of `allprop`. */
  readonly allprop: boolean;
  /** The element's content, written; undefined where the resource does not have the property. */
  readonly value: (facts: Facts) => string | undefined;
}

/** mod_dav's: what davfs2 and cadaver set, and KDE shows. */
export const EXECUTABLE: PropertyName = { namespace: 'http://apache.org/dav/props/', name: 'executable' };

const LIVE: readonly LiveProperty[] = [
  { name: 'resourcetype', allprop: true, value: ({ resource }) => (resource.collection ? '<D:collection/>' : '') },
  {
    name: 'creationdate',
    allprop: true,
    value: ({ resource }) => (resource.created === undefined ? undefined : formatTimestamp(resource.created)),
  },
  { name: 'getlastmodified', allprop: true, value: ({ resource, viewer }) => formatDate(Math.min(resource.modified, viewer.now)) },
  { name: 'getetag', allprop: true, value: ({ resource }) => resource.etag },
  { name: 'getcontentlength', allprop: true, value: ({ resource }) => (resource.collection ? undefined : String(resource.size)) },
  {
    name: 'getcontenttype',
    allprop: true,
    value: ({ resource }) => (resource.collection ? undefined : typeText(mediaTypeOf(resource.path))),
  },
  { name: 'lockdiscovery', allprop: true, value: ({ locks, viewer }) => lockDiscovery(locks, viewer) },
  { name: 'supportedlock', allprop: true, value: () => SUPPORTED_LOCK },
  { name: 'quota-available-bytes', allprop: false, value: ({ resource, space }) => quota(resource, space?.available) },
  { name: 'quota-used-bytes', allprop: false, value: ({ resource, space }) => quota(resource, space?.used) },
  { name: 'current-user-principal', allprop: false, value: ({ viewer }) => principal(viewer) },
  // RFC 3744 §5.1: nobody's. A folder of the disk does not know which of the users made what is in it.
  { name: 'owner', allprop: false, value: () => '' },
  {
    ...EXECUTABLE,
    allprop: false,
    value: ({ resource: { executable } }) => (executable === undefined ? undefined : executable ? 'T' : 'F'),
  },
];

let lastType = '';
let lastTypeText = '';

/** A media type, escaped: most members have the same as the one before. */
function typeText(type: string): string {
  if (type !== lastType) {
    lastTypeText = escapeText(type);
    lastType = type;
  }
  return lastTypeText;
}

/** RFC 4331 §3: on collections, decimal octets; absent where unknown. */
function quota(resource: Resource, bytes: number | undefined): string | undefined {
  return resource.collection && bytes !== undefined ? String(bytes) : undefined;
}

/** RFC 5397 §3. The URL is among the reserved names: it names a person, and nothing can be read or written there. */
function principal({ principal: name, base }: Viewer): string {
  if (name === '') return '<D:unauthenticated/>';
  return `<D:href>${escapeText(`${base}${hrefOf({ path: OWN, collection: true })}principals/${encodeURIComponent(name)}`)}</D:href>`;
}

const BY_KEY = new Map(LIVE.map((row) => [keyOf(nameOf(row)), row]));

/** RFC 4918 §15: they are computed, so a PROPPATCH is refused but for those in `settable`. `displayname` is a dead property here. */
export function isLive(key: string): boolean {
  return BY_KEY.has(key);
}

/** Whether `key` is a live property that `allprop` leaves out: it is given to who names it. */
export function isExtension(key: string): boolean {
  return BY_KEY.get(key)?.allprop === false;
}

/** Writes the property element, or gives undefined where the resource has no such property. */
export type WriteProperty = (facts: Facts) => string | undefined;

const WRITING = LIVE.map(writing);
const WRITING_BY_KEY = new Map(LIVE.map((row, index) => [keyOf(nameOf(row)), WRITING[index]]));
const WRITING_ALLPROP = WRITING.filter((_, index) => LIVE[index]?.allprop);

/** undefined when `key` is no live property. */
export function livePropertyOf(key: string): WriteProperty | undefined {
  return WRITING_BY_KEY.get(key);
}

/** The written elements of every live property that `allprop` covers. */
export function allLiveProperties(facts: Facts): string {
  let written = '';
  for (const write of WRITING_ALLPROP) written += write(facts) ?? '';
  return written;
}

/** The names of every live property the resource has, extensions included (RFC 4918 §9.1, RFC 4331 §2). */
export function liveNames(facts: Facts): PropertyName[] {
  return LIVE.filter((row) => row.value(facts) !== undefined).map(nameOf);
}

/** Whether an answer to these names needs the free space of the store. */
export function needsSpace(keys: Iterable<string>): boolean {
  for (const key of keys) if (key.startsWith('DAV: quota-')) return true;
  return false;
}

function nameOf({ namespace = DAV, name }: LiveProperty): PropertyName {
  return { namespace, name };
}

/** In a document that declares `xmlns:D="DAV:"`. A listing writes a million of them: all that is the same in each is made here. */
function writing({ namespace, name, value }: LiveProperty): WriteProperty {
  const tag = namespace === undefined ? `D:${name}` : `x:${name}`;
  const start = namespace === undefined ? `<${tag}>` : `<${tag} xmlns:x="${namespace}">`;
  const end = `</${tag}>`;
  const empty = namespace === undefined ? `<${tag}/>` : start + end;
  // Most members have the value that the one before had. In one piece it is copied into each row sooner than in three.
  let last: string | undefined;
  let again: string | undefined;
  return (facts) => {
    const content = value(facts);
    if (content === undefined || content === '') return content === '' ? empty : undefined;
    if (content !== last) {
      last = content;
      again = undefined;
      return start + content + end;
    }
    again ??= [start, content, end].join('');
    return again;
  };
}
