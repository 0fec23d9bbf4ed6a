// XML in request bodies: the one door to the parser (RFC 4918 §8.2, §17, §19, §20.6).
import { XMLParser } from 'fast-xml-parser';
import { DavError } from './error.ts';
import { resolveReferences } from './xml-chars.ts';
import { XML_NAMESPACE, type XmlElement } from './xml-element.ts';
import { decodeXml } from './xml-encoding.ts';
import { namespaceResolver, type RawAttributes, type Resolved } from './xml-namespaces.ts';
import { strictXml, type XmlLimits } from './xml-strict.ts';

export type { XmlLimits } from './xml-strict.ts';

const LIMITS: XmlLimits = { depth: 256, elements: 100_000, attributes: 256 };

const XML_TYPE = /^(?:application\/xml|text\/xml|[^\s/;,]+\/[^\s/;,]+\+xml)$/i;

/**
 * Pass what may be an XML body: no Content-Type at all (some clients send none), `application/xml`, `text/xml` and every
 * `+xml`. Throws 415 with `Accept` otherwise.
 */
export function requireXmlType(contentType: string | undefined): void {
  const type = (contentType ?? '').split(';', 1)[0]?.trim() ?? '';
  if (type === '' || XML_TYPE.test(type) || FETCH_TYPE.test(contentType ?? '')) return;
  throw new DavError(415, 'The request body must be XML.', { headers: { Accept: 'application/xml, text/xml' } });
}

/** What fetch calls a string that nobody gave a type: so the npm `webdav` client sends its LOCK and PROPFIND bodies. */
const FETCH_TYPE = /^text\/plain;charset=utf-8$/i;

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';
const ATTRIBUTE_MARK = '@';
// No name begins like this: behind it `constructor` and `__proto__`, which the parser refuses as tag names, are names like any other.
const ELEMENT_MARK = '~';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE_MARK,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  jPath: false, // it would write out the path of every element for callbacks that nobody hears
  maxNestedTags: Number.POSITIVE_INFINITY, // the strict layer counts
  // The parser asks more than once about the same tag.
  transformTagName: (name) => (name.startsWith(ELEMENT_MARK) ? name : ELEMENT_MARK + name),
});

// The parser's white space is JavaScript's, which has two characters that XML allows in names. They go through it as two
// that XML has not at all.
const STAND_INS: readonly (readonly [real: string, standIn: string])[] = [
  ['\u1680', '\uFFFE'],
  ['\uFEFF', '\uFFFF'],
];

const NONE: RawAttributes = [];

/** What the parser gives with `preserveOrder`: one key for the name, perhaps one for the attributes. */
interface Parsed {
  readonly [key: string]: string | readonly Parsed[] | Readonly<Record<string, string>>;
}

/**
 * The root element of an XML body. Comments and processing instructions are dropped, CDATA sections are text, line ends
 * and attribute values are normalised as XML 1.0 §2.11 and §3.3.3 want, and nothing else is changed.
 *
 * Throws `DavError` 400 for what is not well-formed (an empty body too), breaks the namespace rules, holds a DOCTYPE or is over
 * `limits`; 403 `no-external-entities` for a DOCTYPE with an external identifier or entity; 415 for an unknown encoding.
 */
export function parseXml(bytes: Uint8Array, contentType?: string, limits: Partial<XmlLimits> = {}): XmlElement {
  const text = strictXml(decodeXml(bytes, contentType), { ...LIMITS, ...limits });
  if (!STAND_INS.some(([real]) => text.includes(real))) return elementOf(parser.parse(text), (part) => part);
  const hidden = STAND_INS.reduce((result, [real, standIn]) => result.replaceAll(real, standIn), text);
  return elementOf(parser.parse(hidden), (part) => STAND_INS.reduce((result, [real, standIn]) => result.replaceAll(standIn, real), part));
}

interface Frame {
  readonly nodes: readonly Parsed[];
  readonly element: XmlElement;
  readonly children: (XmlElement | string)[];
  next: number;
}

/** Without recursion: the depth is the client's to choose, within the limits. */
function elementOf(document: readonly Parsed[], restored: (part: string) => string): XmlElement {
  const resolve = namespaceResolver();
  const top = frameOf(document, { namespace: '', name: '', prefix: '', attributes: [], scope: new Map() });
  const frames = [top];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const node = frame.nodes[frame.next++];
    if (!node) {
      frames.pop();
      continue;
    }
    const [key, content] = nameAndContent(node);
    if (key === TEXT) {
      // Around the root there is only white space, and it is nobody's.
      if (frame !== top) addText(frame.children, resolveReferences(restored(content as string)));
    } else if (key === CDATA) {
      addText(frame.children, restored((content as readonly { [TEXT]: string }[])[0]?.[TEXT] ?? ''));
    } else {
      const { lang, scope } = frame.element;
      const resolved = resolve(restored(key.slice(ELEMENT_MARK.length)), rawAttributes(node, restored), scope);
      const inner = frameOf(content as readonly Parsed[], resolved, lang);
      frame.children.push(inner.element);
      frames.push(inner);
    }
  }
  return top.children[0] as XmlElement;
}

function frameOf(nodes: readonly Parsed[], { namespace, name, prefix, attributes, scope }: Resolved, inherited?: string): Frame {
  const own = attributes.find((attribute) => attribute.name === 'lang' && attribute.namespace === XML_NAMESPACE);
  const lang = own ? own.value || undefined : inherited; // XML 1.0 §2.12: an empty one takes back the inherited one
  const children: (XmlElement | string)[] = [];
  return { nodes, element: { namespace, name, prefix, attributes, children, scope, lang }, children, next: 0 };
}

function nameAndContent(node: Parsed): [string, Parsed[string]] {
  for (const key in node) {
    const content = node[key];
    if (key !== ATTRIBUTES && content !== undefined) return [key, content];
  }
  throw new TypeError('The XML parser gave a node without a name.');
}

/** XML 1.0 §3.3.3: a literal white space character becomes a blank, one written as a reference stays. */
function rawAttributes(node: Parsed, restored: (part: string) => string): RawAttributes {
  const attributes = node[ATTRIBUTES] as Readonly<Record<string, string>> | undefined;
  if (!attributes) return NONE;
  return Object.entries(attributes).map(([key, value]) => [
    restored(key.slice(ATTRIBUTE_MARK.length)),
    resolveReferences(restored(value).replace(/[\t\n]/g, ' ')),
  ]);
}

function addText(children: (XmlElement | string)[], text: string): void {
  if (text === '') return;
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}
