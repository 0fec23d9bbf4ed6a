// The XML of locks: `lockinfo` in (RFC 4918 §14.11), `activelock` and `supportedlock` out (§14.1, §15.8, §15.10).
import { DavError } from '../protocol/error.ts';
import { hrefOf } from '../protocol/path.ts';
import { davChildren, elementsOf, isDav, type XmlElement } from '../protocol/xml-element.ts';
import { escapeText, serialize } from '../protocol/xml-write.ts';
import type { Lock } from '../state/state.ts';

export interface LockInfo {
  readonly scope: Lock['scope'];
  /** The `owner` element as sent, self-contained; undefined when there was none. */
  readonly owner: string | undefined;
}

/** Bytes. An owner is repeated in every row of a PROPFIND below its lock. */
const OWNER_LIMIT = 8 * 1024;

/**
 * What a LOCK body asks for. Throws 400 when a part is missing or doubled, 413 for an owner too long, 422 for a lock type that is not `write`.
 * Unknown children elsewhere are ignored (RFC 4918 §17).
 */
export function readLockInfo(document: XmlElement): LockInfo {
  if (!isDav(document, 'lockinfo')) throw new DavError(400, 'The body of LOCK must be a DAV:lockinfo element.');
  const [lockscope, ...otherScopes] = davChildren(document, 'lockscope');
  const [locktype, ...otherTypes] = davChildren(document, 'locktype');
  if (!lockscope || !locktype || otherScopes.length > 0 || otherTypes.length > 0) {
    throw new DavError(400, 'DAV:lockinfo needs one DAV:lockscope and one DAV:locktype.');
  }
  const exclusive = davChildren(lockscope, 'exclusive').length;
  const shared = davChildren(lockscope, 'shared').length;
  if (exclusive + shared !== 1) throw new DavError(400, 'DAV:lockscope needs exactly one of DAV:exclusive and DAV:shared.');
  if (elementsOf(locktype).length === 0) throw new DavError(400, 'DAV:locktype is empty.');
  if (davChildren(locktype, 'write').length !== 1) throw new DavError(422, 'The only lock type here is DAV:write.');
  const [element] = davChildren(document, 'owner');
  const owner = element && serialize(element);
  if (owner && Buffer.byteLength(owner) > OWNER_LIMIT)
    throw new DavError(413, `The owner of a lock may have ${OWNER_LIMIT} bytes at most.`);
  return { scope: exclusive === 1 ? 'exclusive' : 'shared', owner };
}

/** For whom lock descriptions are written. */
export interface Viewer {
  readonly principal: string;
  readonly base: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** RFC 4918 §14.29: the seconds that remain, rounded up so that a fresh lock shows what was granted. */
function timeoutOf(lock: Lock, now: number): string {
  return Number.isFinite(lock.expires) ? `Second-${Math.max(0, Math.ceil((lock.expires - now) / 1000))}` : 'Infinite';
}

/** The token stands there for its creator alone (RFC 4918 §6.8 lets us hide it): a stranger could only misuse it. */
function activeLock(lock: Lock, viewer: Viewer): string {
  const token = lock.principal === viewer.principal ? `<D:locktoken><D:href>${escapeText(lock.token)}</D:href></D:locktoken>` : '';
  const root = escapeText(hrefOf({ path: lock.root, collection: lock.collection }, viewer.base));
  return (
    `<D:activelock><D:lockscope><D:${lock.scope}/></D:lockscope><D:locktype><D:write/></D:locktype><D:depth>${lock.depth}</D:depth>` +
    `${lock.owner ?? ''}<D:timeout>${timeoutOf(lock, viewer.now)}</D:timeout>${token}<D:lockroot><D:href>${root}</D:href></D:lockroot></D:activelock>`
  );
}

/** The content of `lockdiscovery`: present and empty on a resource without locks. */
export function lockDiscovery(locks: readonly Lock[], viewer: Viewer): string {
  return locks.map((lock) => activeLock(lock, viewer)).join('');
}

/** The body of a successful LOCK (RFC 4918 §9.10.1). */
export function lockBody(lock: Lock, viewer: Viewer): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:prop xmlns:D="DAV:"><D:lockdiscovery>${lockDiscovery([lock], viewer)}</D:lockdiscovery></D:prop>`;
}

const entry = (scope: Lock['scope']) =>
  `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`;

/** The content of `supportedlock`. */
export const SUPPORTED_LOCK = entry('exclusive') + entry('shared');
