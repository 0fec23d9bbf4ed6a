// Takes the body of an upload in: written aside in one pass, and held against its length, digests and checksums on the way.
import type { Context } from '../operations/context.ts';
import { checksumClaims, checksumsToTake, checksumText } from '../protocol/checksum.ts';
import { digestClaims, digestField, wantedDigest } from '../protocol/digest.ts';
import { DavError } from '../protocol/error.ts';
import { digestsOf, hashed, hashersOf } from '../protocol/hashing.ts';
import type { DavRequest } from '../protocol/message.ts';
import type { Path } from '../protocol/path.ts';

/** What is known of a body once it is there. */
export interface Received {
  /** Bytes. */
  readonly size: number;
  /** Its checksums, where it came with one, as OC-Checksum tells them; '' for none. */
  readonly checksums: string;
  /** The `Repr-Digest` of a file that is this body, where it is wanted. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Write the body at `staged`. Throws 400 when it is not what the request says it is: its length, a digest, a checksum. */
export async function receive({ body, headers }: DavRequest, staged: Path, { store }: Context): Promise<Received> {
  const checksums = checksumClaims(headers);
  const claims = [...digestClaims(headers), ...checksums];
  const taken = checksumsToTake(checksums.map(({ algorithm }) => algorithm));
  const wanted = wantedDigest(headers['want-repr-digest']);
  const hashers = hashersOf([...claims.map(({ algorithm }) => algorithm), ...taken, ...(wanted ? [wanted] : [])]);
  const size = await store.write(staged, hashers.size > 0 ? hashed(body.open(), hashers.values()) : body.open());
  // Finder announces the length of a chunked upload this way; it is a promise to check, never framing.
  const announced = body.length ?? lengthOf(headers['x-expected-entity-length']);
  if (announced !== undefined && announced !== size) {
    throw new DavError(400, `The upload ended after ${size} of ${announced} bytes; nothing was changed.`);
  }
  const digests = digestsOf(hashers);
  for (const { field, algorithm, digest } of claims)
    if (!digests.get(algorithm)?.equals(digest)) throw new DavError(400, `The upload is not what its ${field} says; nothing was changed.`);
  const told = wanted && digests.get(wanted);
  return {
    size,
    checksums: checksumText(taken, digests),
    digests: wanted && told ? { 'Repr-Digest': digestField(wanted, told) } : {},
  };
}

function lengthOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
