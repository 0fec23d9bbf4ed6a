// A file as an answer: its metadata, its digests where they are wanted, and the whole of it where a write is to be answered with it.
import type { Context } from '../operations/context.ts';
import { digestOf } from '../operations/digests.ts';
import { languageOf } from '../properties/content-language.ts';
import { mayHoldScripts, mediaTypeOf } from '../properties/media-type.ts';
import { type DigestAlgorithm, digestField, wantedDigest } from '../protocol/digest.ts';
import { DavError } from '../protocol/error.ts';
import { formatDate } from '../protocol/http-date.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { hrefOf, type Path } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import type { ByteRange, Content, Resource } from '../store/store.ts';

export function validators({ etag }: Resource): Record<string, string> {
  return { ETag: etag, 'Cache-Control': 'no-cache' };
}

/**
 * What somebody uploads must not act for who looks at it. Without `allow-same-origin` Chromium asks for none of its pictures
 * and styles where there are passwords; and without `allow-downloads` no link to an archive works.
 */
const NO_SCRIPTS = 'sandbox allow-same-origin allow-downloads';

/** What of a file an answer holds: 'nothing' also where it holds several parts, whose digest would mean putting them together twice. */
export type Sent = 'whole' | 'nothing' | ByteRange;

/** All that describes the file in an answer, but for the length of what is sent. */
export async function metadata(request: DavRequest, content: Content, sent: Sent, context: Context): Promise<Record<string, string>> {
  const { resource } = content;
  const language = languageOf(await context.state.properties(resource.path));
  const type = mediaTypeOf(resource.path);
  // Not spread: V8 takes a microsecond for each key that follows a spread which a literal begins with.
  const told: Record<string, string> = Object.assign(validators(resource), {
    'Accept-Ranges': 'bytes',
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
  });
  tellModified(told, resource, context);
  if (mayHoldScripts(type) && !context.options.runScripts) told['Content-Security-Policy'] = NO_SCRIPTS;
  if (language !== undefined) told['Content-Language'] = language;
  const { 'want-repr-digest': ofFile, 'want-content-digest': ofContent } = request.headers;
  if (ofFile === undefined && ofContent === undefined) return told;
  return Object.assign(told, await digests(request, content, sent, context));
}

/** RFC 9110 §8.8.2.1: never later than the answer's Date, which is told too where Node's own, renewed once a second, may be earlier. */
export function tellModified(told: Record<string, string>, { modified }: Resource, { now }: Context): void {
  const time = now();
  told['Last-Modified'] = formatDate(Math.min(modified, time));
  if (modified > time - YOUNG) told.Date = formatDate(time);
}

/** Milliseconds: more than the event loop is ever held, and Node's Date with it. */
const YOUNG = 60_000;

/** The digests that the request wants (RFC 9530 §4): `Repr-Digest` of the whole file, `Content-Digest` of what is sent of it. */
async function digests({ headers }: DavRequest, content: Content, sent: Sent, context: Context): Promise<Record<string, string>> {
  const ofFile = wantedDigest(headers['want-repr-digest']);
  const ofContent = sent === 'nothing' ? undefined : wantedDigest(headers['want-content-digest']);
  const told: Record<string, string> = {};
  const whole = async (algorithm: DigestAlgorithm) => context.digests.of(content, algorithm, context.store);
  const tell = (field: string, algorithm: DigestAlgorithm, digest: Buffer | undefined) => {
    if (digest) told[field] = digestField(algorithm, digest);
  };
  if (ofFile) tell('Repr-Digest', ofFile, await whole(ofFile));
  if (ofContent)
    tell('Content-Digest', ofContent, typeof sent === 'string' ? await whole(ofContent) : await digestOf(content, ofContent, sent));
  return told;
}

/**
 * `answer` with the file at `path` in it, for who asks for `return=representation` (RFC 8144 §3). undefined when nobody does,
 * and where there is no file.
 */
export async function preferred(answer: DavResponse, path: Path, request: DavRequest, context: Context): Promise<DavResponse | undefined> {
  if (parsePrefer(request.headers.prefer).return !== 'representation') return undefined;
  const content = await context.store.read(path).catch((error) => {
    if (error instanceof DavError) return undefined;
    throw error;
  });
  if (!content) return undefined;
  const { resource } = content;
  try {
    const headers = {
      ...answer.headers,
      ...(await metadata(request, content, 'whole', context)),
      'Content-Length': String(resource.size),
      'Content-Location': hrefOf(resource, request.base),
      'Preference-Applied': 'return=representation',
      Vary: 'Prefer',
    };
    return { status: answer.status === 204 ? 200 : answer.status, headers, body: content.bytes() };
  } catch (error) {
    await content.close();
    throw error;
  }
}
