// XML out: escaping, and elements as self-contained text that can stand anywhere in a response (RFC 4918 §4.3).
import { NCNAME_CHAR, NCNAME_LATER } from './xml-chars.ts';
import { DAV, XML_NAMESPACE, type XmlElement } from './xml-element.ts';

// The second half of each is what no XML document can hold: a file's name may, and it must not spoil the whole answer.
const IN_TEXT = /[&<>\r]|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const IN_ATTRIBUTE = /[&<>"\t\n\r]|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Character data: `&`, `<`, `>` and CR escaped, so that it reads back as it was; U+FFFD for what XML cannot hold. */
export function escapeText(text: string): string {
  return text.replace(IN_TEXT, escapeOf);
}

/** The value of an attribute in double quotes; tab and line feed are escaped too, lest they read back as blanks. */
export function escapeAttribute(text: string): string {
  return text.replace(IN_ATTRIBUTE, escapeOf);
}

function escapeOf(character: string): string {
  return ESCAPES[character] ?? '\uFFFD';
}

/** An empty element with that name, for a document whose root declares `xmlns:D="DAV:"` and no default namespace. */
export function emptyElement({ namespace, name }: { namespace: string; name: string }): string {
  if (namespace === DAV) return `<D:${name}/>`;
  if (namespace === '') return `<${name}/>`;
  if (namespace === XML_NAMESPACE) return `<xml:${name}/>`;
  return `<x:${name} xmlns:x="${escapeAttribute(namespace)}"/>`;
}

/**
 * The element as text that can be pasted into a document whose root declares no default namespace. Its start-tag declares
 * each prefix in force that it or something inside uses, or may use as a QName in text or a value (RFC 4918 §4.3), and
 * holds the `xml:lang` in force, inherited or not. Prefixes stay as they are. The scopes must bind the prefixes in use.
 */
export function serialize(element: XmlElement): string {
  let xml = startTag(element, outerDeclarations(element));
  const path = [{ element, next: 0 }];
  for (let here = path.at(-1); here; here = path.at(-1)) {
    const child = here.element.children[here.next++];
    if (child === undefined) {
      path.pop();
      if (here.element.children.length > 0) xml += `</${qualified(here.element)}>`;
    } else if (typeof child === 'string') {
      xml += escapeText(child);
    } else {
      xml += startTag(child, innerDeclarations(here.element.scope, child.scope));
      path.push({ element: child, next: 0 });
    }
  }
  return xml;
}

function startTag(element: XmlElement, declarations: string): string {
  let tag = `<${qualified(element)}${declarations}`;
  for (const attribute of element.attributes) tag += ` ${qualified(attribute)}="${escapeAttribute(attribute.value)}"`;
  return tag + (element.children.length > 0 ? '>' : '/>');
}

function qualified({ prefix, name }: { prefix: string; name: string }): string {
  return prefix === '' ? name : `${prefix}:${name}`;
}

function declaration(prefix: string, namespace: string): string {
  return ` ${qualified({ prefix: prefix === '' ? '' : 'xmlns', name: prefix || 'xmlns' })}="${escapeAttribute(namespace)}"`;
}

function outerDeclarations(element: XmlElement): string {
  let declarations = '';
  for (const prefix of usedPrefixes(element)) {
    const namespace = element.scope.get(prefix);
    if (namespace !== undefined) declarations += declaration(prefix, namespace);
  }
  const hasLang = element.attributes.some(({ name, namespace }) => name === 'lang' && namespace === XML_NAMESPACE);
  if (element.lang !== undefined && !hasLang) declarations += ` xml:lang="${escapeAttribute(element.lang)}"`;
  return declarations;
}

/** What changes from the parent's scope: all of it, used or not. The parent's is in force or not used below. */
function innerDeclarations(around: ReadonlyMap<string, string>, scope: ReadonlyMap<string, string>): string {
  if (scope === around) return '';
  let declarations = around.has('') && !scope.has('') ? declaration('', '') : '';
  for (const [prefix, namespace] of scope) {
    if (around.get(prefix) !== namespace) declarations += declaration(prefix, namespace);
  }
  return declarations;
}

/** The prefixes in force at `outer` that the names inside use, or that texts and values have before a colon. */
function usedPrefixes(outer: XmlElement): Set<string> {
  const used = new Set<string>();
  const waiting = [outer];
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    used.add(element.prefix);
    for (const { prefix, value } of element.attributes) {
      if (prefix !== '') used.add(prefix);
      addPrefixes(value, outer.scope, used);
    }
    for (const child of element.children) {
      if (typeof child === 'string') addPrefixes(child, outer.scope, used);
      else waiting.push(child);
    }
  }
  return used;
}

// Matches every run of name characters, with or without its colon: never a second try at the same place.
const RUNS = new RegExp(`${NCNAME_CHAR}+:?`, 'gu');
const NO_START = new RegExp(`^${NCNAME_LATER}+`, 'u');

function addPrefixes(text: string, scope: ReadonlyMap<string, string>, used: Set<string>): void {
  if (!text.includes(':')) return;
  for (const [run] of text.matchAll(RUNS)) {
    if (!run.endsWith(':')) continue;
    const prefix = run.slice(0, -1).replace(NO_START, '');
    if (scope.has(prefix)) used.add(prefix);
  }
}
