// Makes the request value that methods take out of what Express hands over.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { DavError } from '../protocol/error.ts';
import type { DavRequest, RequestBody } from '../protocol/message.ts';
import { parseTarget, type Target } from '../protocol/path.ts';
import { bodyBytes } from './body-bytes.ts';
import { misreadsMultistatus } from './clients.ts';

/** A request as Express 4 and 5 hand it to a router, in words of our own: who uses our types needs no `@types/express`. */
export interface MountedRequest extends IncomingMessage {
  /** The mount path as the client wrote it, without a slash at its end. */
  readonly baseUrl: string;
  /** The request target as the client wrote it; `url` lacks the mount path. */
  readonly originalUrl: string;
}

/** Requests whose client waits for `100 Continue`; our own server answers only once the body is wanted (RFC 9110 §10.1.1). */
export const waiting = new WeakSet<object>();

/** Throws 411 for an upload of HTTP/1.0 that does not say how long it is, 400, 404 or 414 for a request target that cannot be served, 501 for a transfer coding that is not known. */
export function readRequest(request: MountedRequest, response: ServerResponse, principal: string): DavRequest {
  requireLength(request);
  const base = request.baseUrl;
  const headers = request.headers as Record<string, string | undefined>;
  const { host, path } = splitTarget(request.originalUrl);
  return {
    method: request.method ?? '',
    target: targetOf(path, base),
    base,
    headers,
    hosts: hostsOf(host ?? headers.host, headers['x-forwarded-host']),
    principal,
    misreads: misreadsMultistatus(headers['user-agent']),
    body: bodyOf(request, response),
  };
}

/** RFC 1945 §7.2.2: such a body ends with the connection, and Node takes it for none: an empty file would be stored. */
function requireLength({ httpVersion, method, headers }: MountedRequest): void {
  if (httpVersion !== '1.0' || (method !== 'PUT' && method !== 'PATCH')) return;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
    throw new DavError(411, 'HTTP/1.0 needs a Content-Length here.', { headers: { Connection: 'close' } });
}

/**
 * A forwarded host is believed from anybody: it only widens what a Destination may call this server, and the client that
 * sends the one sends the other. So MOVE works behind a TLS proxy that changes Host, without configuration.
 */
function hostsOf(host: string | undefined, forwarded: string | undefined): string[] {
  return [host, forwarded?.split(',')[0]?.trim()].filter((each) => each !== undefined && each !== '') as string[];
}

/** RFC 9112 §3.2.2: a server must accept the absolute form too, and then the host in it counts and Host does not. */
function splitTarget(url: string): { host: string | undefined; path: string } {
  if (url.startsWith('/')) return { host: undefined, path: withoutQuery(url) };
  const [, host, rest = url] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  // A fragment is no part of a request target: `parseTarget` refuses it, before a DELETE means more than was asked (litmus).
  return { host, path: withoutQuery(rest) || '/' };
}

function withoutQuery(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? target : target.slice(0, at);
}

function targetOf(path: string, base: string): Target {
  const target = path.startsWith('/') ? parseTarget(path, base) : undefined;
  if (!target) throw new DavError(404, 'There is nothing at this URL.');
  return target;
}

/** Bytes of the body that these headers announce; undefined when it is chunked. */
function announcedLength(headers: IncomingHttpHeaders): number | undefined {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
}

/** Whether a body was announced, be it one of no known length. */
export function announcesBody({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  return announcedLength(headers) !== 0;
}

function bodyOf(request: MountedRequest, response: ServerResponse): RequestBody {
  const coding = request.headers['transfer-encoding'];
  // RFC 9112 §6.1: what is under the chunks would be stored as if it were the content.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw new DavError(501, 'No transfer coding but chunked is known here.');
  const length = announcedLength(request.headers);
  return {
    length,
    arrived() {
      const whole = !waiting.has(request) && request.readableLength === length;
      return whole ? ((request.read() as Uint8Array | null) ?? new Uint8Array()) : undefined;
    },
    open() {
      if (waiting.delete(request)) response.writeContinue();
      return bodyBytes(request);
    },
  };
}
