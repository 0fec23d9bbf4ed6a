// OC-Checksum: how ownCloud, Nextcloud and rclone say what an uploaded file hashes to, `SHA1:1a2b...`. Against corruption, not for security.
import { DavError } from './error.ts';
import type { Algorithm, Claim } from './hashing.ts';

const FIELD = 'OC-Checksum';

/** By the names ownCloud gives them, in any case. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  SHA1: 'sha-1',
  MD5: 'md5',
  SHA256: 'sha-256',
  SHA512: 'sha-512',
  ADLER32: 'adler32',
};

/**
 * Every checksum that we can verify, several of them with a blank in between. One of another algorithm is passed over; one
 * that is no hexadecimal number matches nothing.
 */
export function checksumClaims(headers: Readonly<Record<string, string | undefined>>): Claim[] {
  const given = headers[FIELD.toLowerCase()];
  if (given === undefined) return [];
  return given.split(/[\s,]+/).flatMap((item) => {
    const [, name = '', hex = ''] = /^(\w+):(.*)$/.exec(item) ?? [];
    const algorithm = ALGORITHMS[name.toUpperCase()];
    return algorithm ? [{ field: FIELD, algorithm, digest: Buffer.from(/^(?:[\da-f]{2})*$/i.test(hex) ? hex : '', 'hex') }] : [];
  });
}

/** What is told besides what was sent: rclone asks for whichever it knows first, MD5, whichever it has sent. */
const TOLD: readonly Algorithm[] = ['sha-1', 'md5'];

/** The hashes to take of a file where these are sent, or asked for; none without one. */
export function checksumsToTake(algorithms: readonly Algorithm[]): Algorithm[] {
  return algorithms.length === 0 ? [] : [...new Set([...TOLD, ...algorithms])];
}

/** X-Recalculate-Hash, as Nextcloud has it: one of those names. Throws 400 for any other. */
export function parseRecalculation(value: string): Algorithm {
  const algorithm = ALGORITHMS[value.trim().toUpperCase()];
  if (!algorithm) throw new DavError(400, `X-Recalculate-Hash must be one of ${Object.keys(ALGORITHMS).join(', ')}.`);
  return algorithm;
}

/** As ownCloud tells them: `SHA1:1a2b... MD5:3c4d...`; empty for none. */
export function checksumText(algorithms: readonly Algorithm[], digests: ReadonlyMap<Algorithm, Buffer>): string {
  return Object.entries(ALGORITHMS)
    .flatMap(([name, algorithm]) => {
      const digest = algorithms.includes(algorithm) ? digests.get(algorithm) : undefined;
      return digest ? [`${name}:${digest.toString('hex')}`] : [];
    })
    .join(' ');
}
