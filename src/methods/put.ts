// PUT (RFC 4918 §9.7, RFC 9110 §9.3.4): the body goes aside, and into place by one rename once it is whole and still allowed.

import { claimantOf, requireOpen, requirePreconditions } from '../operations/admission.ts';
import type { Context } from '../operations/context.ts';
import { perform } from '../operations/perform.ts';
import type { Plan } from '../operations/plan.ts';
import { requireDone } from '../operations/report.ts';
import { stagePlace } from '../operations/staging.ts';
import { DavError } from '../protocol/error.ts';
import { parseModified } from '../protocol/headers.ts';
import { formatDate } from '../protocol/http-date.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { hrefOf, type Path, parentOf } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';
import { isEncoded } from './body.ts';
import { createdOrReplaced, type Method, requireParent } from './method.ts';

export const put: Method = async (request, context) => {
  const { path } = request.target;
  refuseParts(request);
  // Judged before the body, so that nobody uploads a gigabyte to hear 423 or 412, and again under the gate.
  await admit(request, context);
  const place = await stagePlace(path, context);
  try {
    await upload(request, place.path, context);
    return await swapIn(request, place.path, context);
  } catch (error) {
    await context.store.remove(place.path).catch(() => {});
    throw error;
  } finally {
    await place.release();
  }
};

async function swapIn(request: DavRequest, staged: Path, context: Context): Promise<DavResponse> {
  const { path } = request.target;
  const modified = parseModified(request.headers['x-oc-mtime']);
  let identity: string | undefined;
  const { seen, result } = await perform(context, {
    claims: [path],
    admit: () => admit(request, context),
    plan: async () => {
      identity = (await context.store.stat(staged))?.identity;
      return planPut(path, staged, modified);
    },
  });
  requireDone(result);
  const written = await context.store.stat(path);
  return createdOrReplaced(seen === undefined, hrefOf({ path, collection: false }, request.base), {
    // RFC 9110 §9.3.4: only the validators of what was sent; another write may have come since.
    ...(written &&
      written.identity === identity && { ETag: written.etag, 'Last-Modified': formatDate(Math.min(written.modified, context.now())) }),
    ...(modified !== undefined && { 'X-OC-MTime': 'accepted' }),
  });
}

/** RFC 9110 §14.5: a part taken for the whole would truncate the file. */
function refuseParts(request: DavRequest): void {
  if (request.headers['content-range'] !== undefined)
    throw new DavError(400, 'PUT with Content-Range is not supported: send the whole file.');
  if (isEncoded(request))
    throw new DavError(415, 'The file must not be compressed on the way.', { headers: { 'Accept-Encoding': 'identity' } });
}

/** The file that would be replaced, if any. */
async function admit(request: DavRequest, context: Context): Promise<Resource | undefined> {
  const { path, slash } = request.target;
  const resource = await context.store.stat(path);
  if (resource?.collection) throw new DavError(405, 'A collection cannot be written to; PUT its members.');
  if (slash) throw new DavError(409, 'A file cannot have a URL that ends in a slash.');
  if (!resource) await requireParent(request, context);
  const who = await claimantOf(request, context);
  // RFC 4918 §7.4: a new member changes its parent; new content only the file.
  await requireOpen([resource ? path : parentOf(path)], who, 'write', context);
  requirePreconditions(request, resource);
  return resource;
}

/** Write the body aside. Throws 400 when it ends before the length announced. */
async function upload({ body, headers }: DavRequest, staged: Path, { store }: Context): Promise<void> {
  const size = await store.write(staged, body.open());
  // Finder announces the length of a chunked upload this way; it is a promise to check, never framing.
  const announced = body.length ?? lengthOf(headers['x-expected-entity-length']);
  if (announced !== undefined && announced !== size) {
    throw new DavError(400, `The upload ended after ${size} of ${announced} bytes; nothing was changed.`);
  }
}

function lengthOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function planPut(path: Path, staged: Path, modified?: number): Plan {
  const root = { path, collection: false };
  const step = { action: { do: 'put', staged }, side: 'source', source: root, needs: [] } as const;
  return { verb: 'write', root, steps: [step], blocked: new Map(), ...(modified !== undefined && { modified }) };
}
