// Lets web pages of other origins use the server (CORS, the Fetch standard §3.2), where the operator names them.
// Our own, not the package `cors`: that takes every OPTIONS for a preflight, and WebDAV has an OPTIONS of its own.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a page may read of an answer besides what it may anyway (`Content-Length`, `Content-Type`, `Last-Modified`, ...). */
const EXPOSED = [
  ...['Accept-Patch', 'Accept-Ranges', 'Allow', 'Content-Digest', 'Content-Location', 'Content-Range', 'DAV', 'ETag', 'Location'],
  ...['Lock-Token', 'OC-Checksum', 'Preference-Applied', 'Repr-Digest', 'WWW-Authenticate', 'X-OC-MTime'],
].join(', ');

const HOUR = 3600; // seconds a browser may remember a preflight

/** An origin as browsers write it, or `*`; undefined for what is none. */
export function parseOrigin(text: string): string | undefined {
  const [, origin] = /^(\*|[a-z][a-z\d+.-]*:\/\/[^\s/?#@]+)\/?$/i.exec(text) ?? [];
  if (origin === undefined || !/^https?:/i.test(origin)) return origin?.toLowerCase();
  return URL.canParse(origin) ? new URL(origin).origin : undefined;
}

/**
 * Put the headers of CORS on the answer to come, if the page is of one of these `origins`; `*` is any. A page of a named one
 * may send the person's credentials. True for a preflight (an OPTIONS that asks about another method), which needs no more
 * than `methods`, and no password: browsers send none with it.
 */
export function allowOrigin(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
  methods: readonly string[],
): boolean {
  const { origin } = headers;
  const named = origin !== undefined && origins.includes(origin);
  response.appendHeader('Vary', 'Origin');
  if (origin === undefined || !(named || origins.includes('*'))) return false;
  response.setHeader('Access-Control-Allow-Origin', named ? origin : '*');
  if (named) response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) {
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    return false;
  }
  response.setHeader('Access-Control-Allow-Methods', methods.join(', '));
  // Whatever the page wants to send: the headers of WebDAV are many, and what is not known is ignored.
  const asked = headers['access-control-request-headers'];
  if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
  response.setHeader('Access-Control-Max-Age', HOUR);
  return true;
}
