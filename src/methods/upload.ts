// What PUT and PATCH have in common: the body goes aside, is checked against all that is said of it, and comes into place by one rename.
import { claimantOf, requireOpen, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import type { Context, Looking } from '../operations/context.ts';
import { lookedAtOnce } from '../operations/looked-at-once.ts';
import { buildPatched } from '../operations/patch.ts';
import { perform } from '../operations/perform.ts';
import { planOf } from '../operations/plan.ts';
import { removeOne } from '../operations/remove-tree.ts';
import { requireDone } from '../operations/report.ts';
import { withStaged } from '../operations/staging.ts';
import { checksumChanges } from '../properties/checksums.ts';
import { DavError } from '../protocol/error.ts';
import { parseModified } from '../protocol/headers.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { hrefOf, type Path, parentOf } from '../protocol/path.ts';
import { offsetIn, type UpdateRange } from '../protocol/update-range.ts';
import type { Attributes, Resource } from '../store/store.ts';
import { createdOrReplaced } from './method.ts';
import { plainBody, type Received, receive, requireSize } from './received.ts';
import { preferred, tellModified } from './representation.ts';

export interface Upload {
  /** The bytes of the file that the body replaces; undefined when it is the whole file. */
  readonly range: UpdateRange | undefined;
  /** The status when the body has not as many bytes as the range. */
  readonly wrongLength: 400 | 416;
  /** The file that is changed, if any. Throws for what no upload can be put to. */
  readonly look: (looking: Looking) => Promise<Resource | undefined>;
}

/** RFC 9110 §9.3.4, RFC 5789 §2: the whole of it or, whatever goes wrong, nothing. */
export async function upload(request: DavRequest, asked: Upload, context: Context): Promise<DavResponse> {
  const { path } = request.target;
  requireSize(request.body, context.options.bodyLimit);
  requireLength(request.body.length, asked);
  try {
    const arrived = asked.range ? undefined : plainBody(request);
    if (arrived) return await swapIn(request, asked, { checksums: '', digests: {} }, async () => arrived, context);
    // Judged before the body, so that nobody uploads a gigabyte to hear 423 or 412, and again under the gate.
    await surely(path, context, () => admit(request, asked, lookedAtOnce(context)));
    return await withStaged(path, staging(path, context), async (staged) => {
      const received = await receive(request, staged, context);
      requireLength(received.file.size, asked);
      if (!asked.range) return swapIn(request, asked, received, async () => received.file, context);
      return inPart(request, { ...asked, range: asked.range }, received, context);
    });
  } catch (error) {
    // RFC 8144 §3.2: who was too late is told what is there instead.
    const current =
      error instanceof DavError && error.status === 412 && (await preferred({ status: 412, headers: {} }, path, request, context));
    if (current) return current;
    throw error;
  }
}

/** Outside the gate half of another write may be seen, such as a collection that is gone for one that takes its place: no refusal comes of that. */
function surely<T>(path: Path, { gate }: Context, look: () => Promise<T>): Promise<T> {
  return look().catch(() => gate.hold([path], look));
}

function staging(path: Path, context: Context): Pick<Context, 'store' | 'state'> {
  const { store, state } = context;
  return { state, store: { ...store, stage: (near) => surely(path, context, () => store.stage(near)) } };
}

/** `size`: bytes, as far as known. */
function requireLength(size: number | undefined, { range, wrongLength }: Upload): void {
  if (size === undefined || range?.length === undefined || range.length === size) return;
  throw new DavError(wrongLength, `The range has ${range.length} bytes, and the body ${size}; nothing was changed.`);
}

/** Admission for the methods that write the file at the Request-URI. */
async function admit(request: DavRequest, { look, range }: Upload, looking: Looking): Promise<Resource | undefined> {
  const { path } = request.target;
  const resource = await look(looking);
  if (range) offsetIn(range, resource?.size ?? 0);
  const who = await claimantOf(request, looking);
  // RFC 4918 §7.4: a new member changes its parent; new content only the file.
  await requireOpen([resource ? path : parentOf(path)], who, 'write', looking);
  requirePreconditions(request, resource);
  return resource;
}

/** The file is built anew around the `part`, so it takes the space of both for a moment: the price of all or nothing. */
async function inPart(
  request: DavRequest,
  asked: Upload & { readonly range: UpdateRange },
  received: Received,
  context: Context,
): Promise<DavResponse> {
  const { store } = context;
  const { file: part } = received;
  try {
    const { path } = request.target;
    return await withStaged(path, staging(path, context), (built) =>
      swapIn(
        request,
        asked,
        { ...received, checksums: '', digests: {} }, // of the part: they say nothing of the file
        async (seen) => {
          if (!seen) return part;
          return buildPatched(seen, part.path, offsetIn(asked.range, seen.size), built, store);
        },
        context,
      ),
    );
  } finally {
    await removeOne(part.path, store).catch((error) =>
      context.warn('The body of a PATCH could not be removed; the next start removes it.', error),
    );
  }
}

/** `whole` gives the new file, made under the gate from the one that it replaces. */
async function swapIn(
  request: DavRequest,
  asked: Upload,
  { checksums, digests }: Omit<Received, 'file'>,
  whole: (seen: Resource | undefined) => Promise<Resource | Uint8Array>,
  context: Context,
): Promise<DavResponse> {
  const { path } = request.target;
  const { state } = context;
  const modified = parseModified(request.headers['x-oc-mtime']);
  let identity: string | undefined;
  const { seen, result } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    admit: (looking) => admit(request, asked, looking),
    plan: async (replaced) => {
      const file = await whole(replaced);
      const staged = file instanceof Uint8Array ? undefined : { ...file, modified: modified ?? file.modified };
      identity = staged?.identity;
      const changes = checksumChanges(path, await state.properties(path), checksums, staged);
      const content = file instanceof Uint8Array ? file : file.path;
      const attributes = attributesOf(replaced, modified);
      return planOf('write', { path, collection: false }, { do: 'put', content, changes, ...(attributes && { attributes }) });
    },
  });
  requireDone(result);
  // It is done, whatever comes now.
  const own = result.made ?? (identity === undefined ? undefined : await written(path, identity, context));
  const told: Record<string, string> = {};
  // RFC 9110 §9.3.4: only the validators of what was sent.
  if (own) {
    Object.assign(told, { ETag: own.etag }, digests);
    tellModified(told, own, context);
  }
  // A disk may not reach as far as the time that was asked for, and takes the last that it has.
  if (modified !== undefined && (own ?? { modified }).modified === modified) told['X-OC-MTime'] = 'accepted';
  const answer = createdOrReplaced(seen === undefined, hrefOf({ path, collection: false }, request.base), told);
  return (await preferred(answer, path, request, context)) ?? answer;
}

/** Another write may have come since. */
async function written(path: Path, identity: string, { store }: Context): Promise<Resource | undefined> {
  const resource = await store.stat(path).catch(() => undefined);
  return resource?.identity === identity ? resource : undefined;
}

function attributesOf(replaced: Resource | undefined, modified: number | undefined): Attributes | undefined {
  const executable = replaced?.executable ?? false; // the bytes do not say, so it stays as it was
  if (modified === undefined && !executable) return undefined;
  return { ...(modified !== undefined && { modified }), ...(executable && { executable }) };
}
