// The characters, names and references of XML 1.0 (fifth edition) and Namespaces in XML 1.0.

const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const LATER = '\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040';

/** Source of a regular expression (flag `u`): one character of a name without colons, at any place in it. */
export const NCNAME_CHAR = `[${START}${LATER}]`;
/** The same for a character that may stand in a name, but not begin it. */
export const NCNAME_LATER = `[${LATER}]`;
/** Source of a regular expression (flag `u`): a name without colons. */
export const NCNAME = `[${START}]${NCNAME_CHAR}*`;
/** Source of a regular expression (flag `u`): a name with at most one colon, inside it. */
export const QNAME = `${NCNAME}(?::${NCNAME})?`;

/** Finds what is no Char in text without lone surrogates (which no decoder here lets through). */
export const NOT_CHAR = /[^\t\n\r\u0020-\uFFFD]/;

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#([0-9]+)|#x([0-9A-Fa-f]+));/y;
const REFERENCES = new RegExp(REFERENCE.source, 'g');
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The index of the first `&` that begins no reference to a character or to one of the five entities; -1 if all do. */
export function badReference(text: string): number {
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', REFERENCE.lastIndex)) {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(text);
    if (match === null || (match[1] === undefined && !isChar(codePoint(match[2], match[3])))) return at;
  }
  return -1;
}

/** Text with its references replaced; they were checked by `badReference`. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCES, (_, name?: string, decimal?: string, hexadecimal?: string) =>
    name === undefined ? String.fromCodePoint(codePoint(decimal, hexadecimal)) : (NAMED[name] ?? ''),
  );
}

function codePoint(decimal: string | undefined, hexadecimal: string | undefined): number {
  return decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10);
}

function isChar(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
