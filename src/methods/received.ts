// Takes the body of an upload in: written aside in one pass, and held against its length, digests and checksums on the way.
import type { Context } from '../operations/context.ts';
import { checksumClaims, checksumsToTake, checksumText } from '../protocol/checksum.ts';
import { digestClaims, digestField, wantedDigest } from '../protocol/digest.ts';
import { DavError } from '../protocol/error.ts';
import { digestsOf, hashed, hashersOf } from '../protocol/hashing.ts';
import type { DavRequest, RequestBody } from '../protocol/message.ts';
import type { Path } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';

/** What is known of a body once it is there. */
export interface Received {
  /** The staged file. */
  readonly file: Resource;
  /** Its checksums, where it came with one, as OC-Checksum tells them; '' for none. */
  readonly checksums: string;
  /** The `Repr-Digest` of a file that is this body, where it is wanted. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Throws 413 for an upload that says how long it is, before a byte of it is asked for. */
export function requireSize({ length }: RequestBody, limit: number): void {
  if ((length ?? 0) > limit) throw tooLarge(limit);
}

/** A body that has come already, of which nothing is said or asked but its bytes. */
export function plainBody({ body, headers }: DavRequest): Uint8Array | undefined {
  const held = digestClaims(headers).length > 0 || checksumClaims(headers).length > 0 || wantedDigest(headers['want-repr-digest']);
  return held ? undefined : body.arrived?.();
}

/** Write the body at `staged`. Throws 413 for one that turns out over the limit, 400 when it is not what the request says it is: its length, a digest, a checksum. */
export async function receive({ body, headers }: DavRequest, staged: Path, { store, options }: Context): Promise<Received> {
  const checksums = checksumClaims(headers);
  const claims = [...digestClaims(headers), ...checksums];
  const taken = checksumsToTake(checksums.map(({ algorithm }) => algorithm));
  const wanted = wantedDigest(headers['want-repr-digest']);
  const hashers = hashersOf([...claims.map(({ algorithm }) => algorithm), ...taken, ...(wanted ? [wanted] : [])]);
  const bytes = bounded(body, options.bodyLimit);
  const file = await store.write(staged, hashers.size > 0 ? hashed(bytes, hashers.values()) : bytes);
  // Finder announces the length of a chunked upload this way; it is a promise to check, never framing.
  const announced = body.length ?? lengthOf(headers['x-expected-entity-length']);
  if (announced !== undefined && announced !== file.size) {
    throw new DavError(400, `The upload ended after ${file.size} of ${announced} bytes; nothing was changed.`);
  }
  const digests = digestsOf(hashers);
  for (const { field, algorithm, digest } of claims)
    if (!digests.get(algorithm)?.equals(digest)) throw new DavError(400, `The upload is not what its ${field} says; nothing was changed.`);
  const told = wanted && digests.get(wanted);
  return {
    file,
    checksums: checksumText(taken, digests),
    digests: wanted && told ? { 'Repr-Digest': digestField(wanted, told) } : {},
  };
}

/** One that says how long it is has been held against the limit already. */
function bounded(body: RequestBody, limit: number): AsyncIterable<Uint8Array> {
  return body.length === undefined && limit < Number.POSITIVE_INFINITY ? within(body.open(), limit) : body.open();
}

async function* within(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    yield chunk;
  }
}

function tooLarge(limit: number): DavError {
  return new DavError(413, `An upload may have ${limit} bytes at most; nothing was changed.`);
}

function lengthOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
