// What Node's parser refuses before any request exists, as a status.

/** What Node's `clientError` tells with: the bytes it was at, and how many of them it took. */
export interface Unparsed {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

export function statusOf(error: Unparsed): number {
  switch (error.code) {
    case 'HPE_INVALID_METHOD':
      return statusOfMethod(error);
    case 'HPE_HEADER_OVERFLOW':
      return statusOfOverflow(error);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    default:
      return 400;
  }
}

const UNFINISHED = /^[A-Z]+ (?:\/|https?:)[^\r\n]*$/i;

/** RFC 9112 §3: a request target longer than all that is read is 414. Of one that began in an earlier packet it cannot be told. */
function statusOfOverflow({ rawPacket = Buffer.alloc(0), bytesParsed = 0 }: Unparsed): 414 | 431 {
  return UNFINISHED.test(rawPacket.toString('latin1', 0, bytesParsed)) ? 414 : 431;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]";
const BEGUN = new RegExp(`${TOKEN}$`);
const REST = new RegExp(`^${TOKEN}*(?: |$)`);

/**
 * A method that is not known is 501 (RFC 9110 §15.6.2), if it is a method: a token and a blank (RFC 9112 §3). The parser stops
 * in its midst.
 */
function statusOfMethod({ rawPacket = Buffer.alloc(0), bytesParsed = 0 }: Unparsed): 400 | 501 {
  const before = rawPacket.toString('latin1', Math.max(0, bytesParsed - 1), bytesParsed);
  const rest = rawPacket.toString('latin1', bytesParsed, bytesParsed + LONGEST);
  const some = BEGUN.test(before) || BEGUN.test(rest.slice(0, 1));
  return some && REST.test(rest) ? 501 : 400;
}

const LONGEST = 1000; // bytes
