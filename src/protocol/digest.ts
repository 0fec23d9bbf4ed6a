// Digest fields (RFC 9530): what a request says its content hashes to, and which digest it would like to be told.
import type { Claim } from './hashing.ts';
import { parseBytes, parseIntegers } from './structured-field.ts';

/** The active algorithms of RFC 9530 §5; the better first, where both are wanted alike. The insecure ones are unknown here. */
const ALGORITHMS = ['sha-512', 'sha-256'] as const;

export type DigestAlgorithm = (typeof ALGORITHMS)[number];

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Every digest of the content that we can check. An unknown algorithm is passed over, and so is a field that is ill-formed
 * (RFC 9530 §2, RFC 9651 §4.2). The content of a request is its representation here: it has no coding, and a part of a file
 * is the whole of the update (RFC 9530 §3.1).
 */
export function digestClaims(headers: Headers): Claim[] {
  if (headers['content-digest'] === undefined && headers['repr-digest'] === undefined) return [];
  return ['Content-Digest', 'Repr-Digest'].flatMap((field) => {
    const given = parseBytes(headers[field.toLowerCase()]);
    return ALGORITHMS.flatMap((algorithm) => {
      const digest = given?.get(algorithm);
      return digest ? [{ field, algorithm, digest }] : [];
    });
  });
}

/** The digest a `Want-Content-Digest` or `Want-Repr-Digest` would like most, of those there are (RFC 9530 §4): weights 1 to 10, 0 is no. */
export function wantedDigest(field: string | undefined): DigestAlgorithm | undefined {
  const wanted = parseIntegers(field);
  if (!wanted || [...wanted.values()].some((weight) => weight < 0 || weight > 10)) return undefined;
  const weightOf = (algorithm: DigestAlgorithm) => wanted.get(algorithm) ?? 0;
  const [best] = [...ALGORITHMS].sort((a, b) => weightOf(b) - weightOf(a));
  return best && weightOf(best) > 0 ? best : undefined;
}

/** As a field says it: `sha-256=:...:`. */
export function digestField(algorithm: DigestAlgorithm, digest: Uint8Array): string {
  return `${algorithm}=:${Buffer.from(digest).toString('base64')}:`;
}
