// The words of a body: names in `DAV:` are those of an RFC (RFC 4918 §17), and all hrefs are absolute paths (§8.3).
import { elementsOf, isDav, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { broken, nameOf, requireChildren } from './element-shape.ts';

/** The properties that an RFC defines and the server computes: their values are its own words. */
export const LIVE_PROPERTIES = [
  ...['creationdate', 'getcontentlength', 'getcontenttype', 'getetag', 'getlastmodified', 'lockdiscovery', 'resourcetype', 'supportedlock'],
  ...['quota-available-bytes', 'quota-used-bytes', 'current-user-principal', 'owner'],
];

const NAMES = new Set([
  ...LIVE_PROPERTIES,
  ...['multistatus', 'response', 'href', 'status', 'propstat', 'prop', 'error', 'responsedescription', 'location', 'mkcol-response'],
  ...['activelock', 'lockentry', 'lockscope', 'exclusive', 'shared', 'locktype', 'write', 'depth', 'timeout', 'locktoken', 'lockroot'],
  ...['collection', 'unauthenticated'],
  ...['lock-token-matches-request-uri', 'lock-token-submitted', 'no-conflicting-lock', 'no-external-entities'],
  ...['propfind-finite-depth', 'cannot-modify-protected-property'],
  ...['quota-not-exceeded', 'sufficient-disk-space', 'valid-resourcetype'],
]);

const OURS = new Set(['failed-dependency', 'outcome', 'cause', 'root-cause', 'more']);

export function requireVocabulary(element: XmlElement, inside = ''): void {
  const known = element.namespace === 'DAV:' ? NAMES : element.namespace === 'urn:dav207' ? OURS : undefined;
  if (!known?.has(element.name)) throw broken('D-17-a', `${nameOf(element)} is in no RFC`);
  const href = isDav(element, 'href') && inside !== 'locktoken';
  if (href && !/^\/(?!\/)/.test(textOf(element))) throw broken('D-08.3-a', `the href ${textOf(element)}`);
  // What a client sent comes back as it was: the owner of a lock, the names it asks for, and the values of dead properties.
  if (isDav(element, 'owner') && inside === 'activelock') return;
  if (isDav(element, 'activelock')) requireChildren('D-09.10.1-d', element, 'lockscope locktype depth owner? timeout locktoken? lockroot');
  const children = elementsOf(element);
  const own = isDav(element, 'prop') ? children.filter(isLive) : children;
  for (const child of own) requireVocabulary(child, element.name);
}

function isLive({ namespace, name }: XmlElement): boolean {
  return namespace === 'DAV:' && LIVE_PROPERTIES.includes(name);
}
