// From the bytes of an XML body to its text (RFC 4918 §19, RFC 7303 §3, XML 1.0 appendix F).
import { isAscii } from 'node:buffer';
import { DavError } from './error.ts';

type Encoding = 'utf-8' | 'utf-16' | 'utf-16le' | 'utf-16be' | 'us-ascii' | 'iso-8859-1';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
  ['iso-8859-1', 'iso-8859-1'],
  ['iso_8859-1', 'iso-8859-1'],
  ['latin1', 'iso-8859-1'],
]);

const BYTE_ORDER_MARKS: readonly (readonly [readonly number[], Encoding | undefined])[] = [
  [[0x00, 0x00, 0xfe, 0xff], undefined], // UTF-32
  [[0xff, 0xfe, 0x00, 0x00], undefined], // UTF-32, and before UTF-16, whose mark it begins with
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
];

// What an unmarked `<` looks like where it is not the one byte 0x3C.
const FIRST_BYTES: readonly (readonly [readonly number[], Encoding | undefined])[] = [
  [[0x00, 0x00, 0x00, 0x3c], undefined], // UTF-32
  [[0x3c, 0x00, 0x00, 0x00], undefined], // UTF-32
  [[0x4c, 0x6f, 0xa7, 0x94], undefined], // EBCDIC, `<?xm`
  [[0x3c, 0x00], 'utf-16le'],
  [[0x00, 0x3c], 'utf-16be'],
];

const DECLARED = /^<\?xml[\t\n\r ][^>]*?[\t\n\r ]encoding[\t\n\r ]*=[\t\n\r ]*["']([^"'<>]*)["']/;
const DECLARATION_LENGTH = 512; // bytes: any XML declaration without pages of white space

/**
 * The text of an XML body, without its byte order mark. The mark decides the encoding; without one the `charset` of the
 * Content-Type, then the XML declaration, then UTF-8 (RFC 7303 §3.2 and §3.3: no default of its own for `text/xml`).
 * Throws 415 for an encoding other than UTF-8, UTF-16, US-ASCII and ISO-8859-1, 400 for bytes that are not what they claim.
 */
export function decodeXml(bytes: Uint8Array, contentType?: string): string {
  const encoding = encodingOf(bytes, contentType);
  try {
    switch (encoding) {
      case 'us-ascii':
        if (!isAscii(bytes)) throw new RangeError('a byte above 0x7F');
        return latin1(bytes);
      case 'iso-8859-1': // not TextDecoder's, which is windows-1252
        return latin1(bytes);
      case 'utf-16': // without a mark: the byte order of the first `<`; RFC 2781 §4.3 assumes big-endian otherwise
        return new TextDecoder(bytes[0] === 0x3c ? 'utf-16le' : 'utf-16be', { fatal: true }).decode(bytes);
      default:
        return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    }
  } catch (cause) {
    throw new DavError(400, `The request body is not valid ${encoding.toUpperCase()}.`, { cause });
  }
}

function encodingOf(bytes: Uint8Array, contentType: string | undefined): Encoding {
  const marked = BYTE_ORDER_MARKS.find(([mark]) => startsWith(bytes, mark));
  if (marked) return marked[1] ?? unsupported();
  const charset = charsetOf(contentType);
  if (charset !== undefined) return ENCODINGS.get(charset.toLowerCase()) ?? unsupported();
  const unmarked = FIRST_BYTES.find(([first]) => startsWith(bytes, first));
  if (unmarked) return unmarked[1] ?? unsupported();
  const declared = DECLARED.exec(latin1(bytes.subarray(0, DECLARATION_LENGTH)))?.[1];
  if (declared === undefined) return 'utf-8';
  const encoding = ENCODINGS.get(declared.toLowerCase()) ?? unsupported();
  // XML 1.0 §4.3.3: an error to present the document in an encoding other than the declared one.
  if (encoding.startsWith('utf-16')) throw new DavError(400, 'The request body declares UTF-16, but its bytes are not.');
  return encoding;
}

const PARAMETER = /[\t ]*;[\t ]*(?:([^\s;="]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?/y;

function charsetOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  PARAMETER.lastIndex = Math.max(contentType.indexOf(';'), 0);
  for (let match = PARAMETER.exec(contentType); match; match = PARAMETER.exec(contentType)) {
    if (match[1]?.toLowerCase() === 'charset') return match[2]?.replace(/\\(.)/g, '$1') ?? match[3];
  }
  return undefined;
}

function startsWith(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, index) => bytes[index] === byte);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function unsupported(): never {
  throw new DavError(415, 'The character encoding of the request body is not supported; send UTF-8 or UTF-16.');
}
