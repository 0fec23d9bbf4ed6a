// The strict layer in front of the XML parser, which takes nearly anything: one pass over the text that lets only
// well-formed XML 1.0 (fifth edition) with the names of Namespaces in XML 1.0 through. Each regular expression here is
// sticky and never tried twice at a place, and what is long is searched with indexOf: linear time, no stack.
import { badReference, NCNAME, NOT_CHAR, QNAME } from './xml-chars.ts';
import { refusedDoctype } from './xml-doctype.ts';
import { illFormed, tooMuch } from './xml-error.ts';

export interface XmlLimits {
  /** Elements inside each other, the root included. */
  readonly depth: number;
  /** Elements in all. */
  readonly elements: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number;
}

const SPACE = '[\\t\\n ]';
const QUOTED = (pattern: string) => `(?:"(?:${pattern})"|'(?:${pattern})')`;
const EQUALS = `${SPACE}*=${SPACE}*`;

// XML 1.0 §2.8: any version 1.x is read as 1.0.
const DECLARATION = new RegExp(
  `<\\?xml${SPACE}+version${EQUALS}${QUOTED('1\\.[0-9]+')}` +
    `(?:${SPACE}+encoding${EQUALS}${QUOTED('[A-Za-z][A-Za-z0-9._\\-]*')})?` +
    `(?:${SPACE}+standalone${EQUALS}${QUOTED('yes|no')})?${SPACE}*\\?>`,
  'uy',
);
const INSTRUCTION = new RegExp(`<\\?(${NCNAME})(?=${SPACE}|\\?>)`, 'uy');
const START_TAG = new RegExp(`<(${QNAME})`, 'uy');
const ATTRIBUTE = new RegExp(`${SPACE}+(${QNAME})${EQUALS}(["'])`, 'uy');
const START_TAG_END = new RegExp(`${SPACE}*(/?)>`, 'uy');
const END_TAG = new RegExp(`</(${QNAME})${SPACE}*>`, 'uy');
const ONLY_SPACE = new RegExp(`^${SPACE}*$`);

/**
 * Check a document and give it back as the parser needs it: line ends normalised (XML 1.0 §2.11) and without the XML
 * declaration and processing instructions, in which the parser minds quotes. Every prefix is still to be resolved.
 * Throws `DavError` 400 (ill-formed, or over a limit) or, for a DOCTYPE, what `refusedDoctype` says.
 */
export function strictXml(source: string, limits: XmlLimits): string {
  const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source;
  const notChar = text.search(NOT_CHAR);
  if (notChar !== -1) throw illFormed('a character that XML does not allow', text, notChar);

  const open: string[] = [];
  const kept: string[] = [];
  let elements = 0;
  let at = afterDeclaration(text);
  let keptTo = at;
  for (;;) {
    const markup = text.indexOf('<', at);
    checkData(text, at, markup === -1 ? text.length : markup, open.length > 0);
    if (markup === -1) break;
    const second = text[markup + 1];
    if (second === '/') {
      at = afterEndTag(text, markup, open);
    } else if (second === '?') {
      at = afterInstruction(text, markup);
      kept.push(text.slice(keptTo, markup));
      keptTo = at;
    } else if (second === '!') {
      at = afterCommentOrSection(text, markup, open.length > 0, elements > 0);
    } else {
      if (elements > 0 && open.length === 0) throw illFormed('a second root element', text, markup);
      if (++elements > limits.elements) throw tooMuch(`over ${limits.elements} elements`);
      if (open.length >= limits.depth) throw tooMuch(`elements nested over ${limits.depth} deep`);
      at = afterStartTag(text, markup, open, limits.attributes);
    }
  }
  if (elements === 0) throw illFormed('no root element', text, text.length);
  if (open.length > 0) throw illFormed('an element that does not end', text, text.length);
  return kept.length === 0 ? text.slice(keptTo) : kept.join('') + text.slice(keptTo);
}

function afterDeclaration(text: string): number {
  DECLARATION.lastIndex = 0;
  return DECLARATION.test(text) ? DECLARATION.lastIndex : 0;
}

function checkData(text: string, from: number, to: number, inside: boolean): void {
  if (from === to) return;
  const data = text.slice(from, to);
  if (!inside) {
    if (!ONLY_SPACE.test(data)) throw illFormed('text outside the root element', text, from);
    return;
  }
  checkReferences(data, text, from);
  const sectionEnd = data.indexOf(']]>');
  if (sectionEnd !== -1) throw illFormed("']]>' in text", text, from + sectionEnd);
}

function checkReferences(part: string, text: string, from: number): void {
  const bad = badReference(part);
  if (bad !== -1) throw illFormed("'&' without one of the five entities or a character behind it", text, from + bad);
}

function afterStartTag(text: string, start: number, open: string[], limit: number): number {
  START_TAG.lastIndex = start;
  const name = START_TAG.exec(text)?.[1];
  if (name === undefined) throw illFormed("'<' without a name behind it", text, start);
  let at = START_TAG.lastIndex;
  let names: Set<string> | undefined;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const [, attribute, quote] = ATTRIBUTE.exec(text) ?? [];
    if (attribute === undefined || quote === undefined) break;
    const from = ATTRIBUTE.lastIndex;
    const to = text.indexOf(quote, from);
    const value = text.slice(from, to);
    if (to === -1 || value.includes('<')) throw illFormed("an attribute value that holds '<' or does not end", text, from);
    checkReferences(value, text, from);
    names ??= new Set();
    if (names.has(attribute)) throw illFormed('an attribute that is there twice', text, at);
    names.add(attribute);
    if (names.size > limit) throw tooMuch(`over ${limit} attributes at one element`);
    at = to + 1;
  }
  START_TAG_END.lastIndex = at;
  const end = START_TAG_END.exec(text);
  if (!end) throw illFormed('a start-tag that is not one', text, at);
  if (end[1] === '') open.push(name);
  return START_TAG_END.lastIndex;
}

function afterEndTag(text: string, start: number, open: string[]): number {
  END_TAG.lastIndex = start;
  const name = END_TAG.exec(text)?.[1];
  if (name === undefined || name !== open.pop()) throw illFormed('an end-tag that does not match its start-tag', text, start);
  return END_TAG.lastIndex;
}

function afterInstruction(text: string, start: number): number {
  INSTRUCTION.lastIndex = start;
  const target = INSTRUCTION.exec(text)?.[1];
  // XML 1.0 §2.6 reserves the target in any case, so this is also where a misplaced or malformed XML declaration ends.
  if (target === undefined || /^xml$/i.test(target)) {
    throw illFormed('an XML declaration or processing instruction that is misplaced or malformed', text, start);
  }
  const end = text.indexOf('?>', INSTRUCTION.lastIndex);
  if (end === -1) throw illFormed('a processing instruction that does not end', text, start);
  return end + 2;
}

function afterCommentOrSection(text: string, start: number, inside: boolean, afterRoot: boolean): number {
  if (text.startsWith('<!--', start)) {
    const end = text.indexOf('--', start + 4);
    if (end === -1 || text[end + 2] !== '>') throw illFormed("a comment that holds '--' or does not end", text, start);
    return end + 3;
  }
  if (inside && text.startsWith('<![CDATA[', start)) {
    const end = text.indexOf(']]>', start + 9);
    if (end === -1) throw illFormed('a CDATA section that does not end', text, start);
    return end + 3;
  }
  if (!inside && !afterRoot && text.startsWith('<!DOCTYPE', start)) throw refusedDoctype(text, start);
  throw illFormed("'<!' that begins nothing known", text, start);
}
