// GET and HEAD (RFC 4918 §9.4, RFC 9110 §9.3, §13, §14): a file with its validators and ranges, a collection as a page.
import { listingPage } from '../browser/listing.ts';
import { claimantOf, currentOf } from '../operations/admission.ts';
import type { Context } from '../operations/context.ts';
import { membersOf } from '../operations/tree.ts';
import { mediaTypeOf } from '../properties/media-type.ts';
import { contentRange, framing } from '../protocol/byteranges.ts';
import { checkPreconditions, ifRangeHolds } from '../protocol/conditions.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { selectRanges } from '../protocol/ranges.ts';
import type { ByteRange, Content, Resource } from '../store/store.ts';
import { contentLocation, type Method, requireResource } from './method.ts';
import { metadata, type Sent, validators } from './representation.ts';

export const get: Method = async (request, context) => {
  const content = await fileAt(request, context);
  if (content) return file(request, content, context);
  const resource = await requireResource(request, context);
  await claimantOf(request, context);
  return page(request, resource, context);
};

export const head: Method = async (request, context) => {
  const { body, ...response } = await get(request, context);
  if (typeof body === 'object' && Symbol.asyncIterator in body) await body[Symbol.asyncIterator]().return?.();
  return response;
};

/** A listing shows more than the collection's own state, so it has neither entity-tag nor Last-Modified and is asked for anew each time. */
async function page(request: DavRequest, resource: Resource, context: Context): Promise<DavResponse> {
  const verdict = checkPreconditions(request.method, request.headers, currentOf(resource));
  if (verdict === 'failed') throw new DavError(412, 'The collection is not what the request expects.');
  const common = { 'Cache-Control': 'no-cache', ...contentLocation(resource, request) };
  // RFC 9110 §13.1.2: `*` asks whether there is a representation at all. No tag and no date stands for this one.
  if (verdict === 'not-modified' && request.headers['if-none-match']?.trim() === '*') return { status: 304, headers: common };
  // Listed before the answer begins: a collection that may not be listed is a 403, not half a page.
  let unnamed = 0;
  const members = await membersOf(context.store, resource.path, (count) => {
    unnamed = count;
  });
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
      'X-Content-Type-Options': 'nosniff',
      ...common,
    },
    body: listingPage(resource, members, unnamed, request.base),
  };
}

/** undefined for a collection, and what only one could be. */
async function fileAt({ target }: DavRequest, { store }: Context): Promise<Content | undefined> {
  if (target.slash) return undefined;
  try {
    return await store.read(target.path);
  } catch (error) {
    if (error instanceof DavError && error.status === 409) return undefined;
    throw error;
  }
}

async function file(request: DavRequest, content: Content, context: Context): Promise<DavResponse> {
  try {
    await claimantOf(request, context);
    const response = await represent(request, content, context);
    if (response.body === undefined) await content.close();
    return response;
  } catch (error) {
    await content.close();
    throw error;
  }
}

async function represent(request: DavRequest, content: Content, context: Context): Promise<DavResponse> {
  const { resource } = content;
  const current = { etag: resource.etag, modified: resource.modified };
  switch (checkPreconditions(request.method, request.headers, current)) {
    case 'failed':
      throw new DavError(412, 'The file is not, or no longer, what the request expects.');
    case 'not-modified':
      return { status: 304, headers: validators(resource) }; // RFC 9110 §15.4.5: no other metadata beside an entity-tag
    case 'proceed':
  }
  const reads = request.method === 'GET';
  const wanted = reads && ifRangeHolds(request.headers['if-range'], current, context.now());
  const ranges = wanted ? selectRanges(request.headers.range, resource.size) : 'whole';
  if (ranges === 'unsatisfiable') {
    throw new DavError(416, 'The file is shorter than the range asked for.', { headers: { 'Content-Range': `bytes */${resource.size}` } });
  }
  const common = (sent: Sent) => metadata(request, content, sent, context);
  if (ranges === 'whole') {
    const headers = await common(reads ? 'whole' : 'nothing');
    headers['Content-Length'] = String(resource.size);
    return { status: 200, headers, body: content.whole ?? content.bytes() };
  }
  const [first, ...more] = ranges;
  if (first && more.length === 0) return onePart(first, content, partial(request, await common(first)));
  const parts = framing(ranges, mediaTypeOf(resource.path), resource.size);
  return {
    status: 206,
    headers: { ...partial(request, await common('nothing')), 'Content-Type': parts.contentType, 'Content-Length': String(parts.length) },
    body: closing(manyParts(ranges, parts.heads, parts.tail, content), content),
  };
}

/** RFC 9110 §15.3.7: who sends If-Range has the answer that these came with, and is told of the same representation. */
function partial({ headers }: DavRequest, common: Record<string, string>): Record<string, string> {
  if (headers['if-range'] === undefined) return common;
  const { 'Last-Modified': _modified, 'Content-Type': _type, 'Content-Language': _language, ...needed } = common;
  return needed;
}

function onePart(range: ByteRange, content: Content, common: Record<string, string>): DavResponse {
  const length = String(range.end - range.start + 1);
  return {
    status: 206,
    headers: Object.assign(common, { 'Content-Range': contentRange(range, content.resource.size), 'Content-Length': length }),
    body: content.whole?.subarray(range.start, range.end + 1) ?? content.bytes(range),
  };
}

async function* manyParts(
  ranges: readonly ByteRange[],
  heads: readonly string[],
  tail: string,
  content: Content,
): AsyncGenerator<Uint8Array> {
  for (const [index, range] of ranges.entries()) {
    yield Buffer.from(heads[index] ?? '');
    yield* content.bytes(range, true);
  }
  await content.close();
  yield Buffer.from(tail);
}

/** A generator that is given up before it starts runs no `finally`, and the file would stay open. */
function closing(parts: AsyncGenerator<Uint8Array>, content: Content): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => parts.next(),
    async return() {
      await content.close();
      return parts.return(undefined);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
