// What Node's parser lets through and RFC 9112 does not: other versions of HTTP, and a Host that leaves open who is meant.
import type { IncomingMessage } from 'node:http';

/** RFC 9110 §7.2, RFC 3986 §3.2.2: a name, perhaps empty, or an address in brackets; and a port. */
const HOST = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

/** The status to refuse a request with before anybody looks at it; undefined for one in order. */
export function malformed({ httpVersionMajor, headers, rawHeaders }: IncomingMessage): 400 | 505 | undefined {
  // HTTP/0.9 has neither fields nor any method but GET; what HTTP/2 says is not said in lines.
  if (httpVersionMajor !== 1) return 505;
  // RFC 9112 §3.2: two of them, or one that is no host. Node takes the first, and what stands before us perhaps the second.
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (isHost(rawHeaders[at] ?? '')) hosts++;
  return hosts > 1 || !HOST.test(headers.host ?? '') ? 400 : undefined;
}

function isHost(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'host';
}
