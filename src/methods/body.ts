// Request bodies: XML that is read whole and parsed, and the check that a body which would be ignored is not there.
import type { Context } from '../operations/context.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseXml, requireXmlType } from '../protocol/xml.ts';
import type { XmlElement } from '../protocol/xml-element.ts';

/** The document element, or undefined for no body at all. Throws 413 over the limit, 415 for what is no XML, 400 for bad XML. */
export async function readXml(request: DavRequest, context: Context): Promise<XmlElement | undefined> {
  const bytes = await readXmlBody(request, context);
  return bytes && parseXml(bytes, request.headers['content-type']);
}

/** What should be XML by its headers, read whole; undefined for no body at all. Throws 413 and 415. */
export async function readXmlBody(request: DavRequest, { options }: Context): Promise<Uint8Array | undefined> {
  if (request.body.length === 0) return undefined;
  // An announced body of the wrong type is refused before a byte of it is asked for.
  if (request.body.length !== undefined) requireXml(request);
  const bytes = await readWhole(request, options.xmlLimit);
  // Finder refreshes a lock with an empty body of type text/xml; an empty chunked body is none.
  if (bytes.length === 0) return undefined;
  requireXml(request);
  return bytes;
}

function requireXml(request: DavRequest): void {
  requireXmlType(request.headers['content-type']);
  refuseEncoded(request);
}

async function readWhole(request: DavRequest, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new DavError(413, `An XML body may have ${limit} bytes at most.`);
  if ((request.body.length ?? 0) > limit) throw tooLarge();
  const arrived = request.body.arrived?.();
  if (arrived) return arrived;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body.open()) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** RFC 4918 §8.4: a body that the method does not define is refused, never ignored. An empty chunked one is no body. */
export async function refuseBody({ body, method }: DavRequest): Promise<void> {
  if (body.length === 0) return;
  const refusal = () => new DavError(415, `${method} takes no body here.`);
  if (body.length !== undefined) throw refusal();
  for await (const chunk of body.open()) if (chunk.length > 0) throw refusal();
}

/** RFC 9110 §15.5.16: content that is stored as sent must not be a coding of something else; the 415 says so. */
export function refuseEncoded(request: DavRequest): void {
  if (isEncoded(request)) throw new DavError(415, 'The body must not be compressed.', { headers: { 'Accept-Encoding': 'identity' } });
}

/** RFC 9110 §8.4: a list of codings, which may be empty. */
function isEncoded({ headers }: DavRequest): boolean {
  const codings = headers['content-encoding']?.split(',') ?? [];
  return codings.some((coding) => !/^\s*(?:identity)?\s*$/i.test(coding));
}
