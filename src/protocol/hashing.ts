// Hashes of content, taken while it streams by: one pass, however many are asked for.
import { createHash } from 'node:crypto';

export type Algorithm = 'sha-256' | 'sha-512' | 'sha-1' | 'md5' | 'adler32';

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** To be called once. */
  digest(): Buffer;
}

/** What a request says the hash of its content is. */
export interface Claim {
  /** The header that says so. */
  readonly field: string;
  readonly algorithm: Algorithm;
  readonly digest: Buffer;
}

const OPENSSL_NAMES = { 'sha-256': 'sha256', 'sha-512': 'sha512', 'sha-1': 'sha1', md5: 'md5' } as const;

export function hasherOf(algorithm: Algorithm): Hasher {
  return algorithm === 'adler32' ? adler32() : createHash(OPENSSL_NAMES[algorithm]);
}

/** A hasher for each algorithm, none twice. */
export function hashersOf(algorithms: Iterable<Algorithm>): Map<Algorithm, Hasher> {
  return new Map([...new Set(algorithms)].map((algorithm) => [algorithm, hasherOf(algorithm)]));
}

/** What each of them has come to. To be called once. */
export function digestsOf(hashers: ReadonlyMap<Algorithm, Hasher>): Map<Algorithm, Buffer> {
  return new Map([...hashers].map(([algorithm, hasher]) => [algorithm, hasher.digest()]));
}

/** The same bytes, each chunk told to the hashers before it is handed on. */
export async function* hashed(bytes: AsyncIterable<Uint8Array>, hashers: Iterable<Hasher>): AsyncGenerator<Uint8Array> {
  const all = [...hashers];
  for await (const chunk of bytes) {
    for (const hasher of all) hasher.update(chunk);
    yield chunk;
  }
}

const LARGEST_PRIME = 65_521; // below 2^16: RFC 1950 §8.2
const SAFE = 3850; // bytes that can be added up before a sum leaves 31 bits, in which it is fast

function adler32(): Hasher {
  let [low, high] = [1, 0];
  return {
    update(bytes) {
      // Sums of its own, counted and not iterated: every byte of an upload comes by here.
      let [a, b] = [low, high];
      for (let start = 0; start < bytes.length; start += SAFE) {
        const end = Math.min(start + SAFE, bytes.length);
        for (let at = start; at < end; at++) {
          a += bytes[at] as number;
          b += a;
        }
        a %= LARGEST_PRIME;
        b %= LARGEST_PRIME;
      }
      [low, high] = [a, b];
    },
    digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(high * 65_536 + low);
      return digest;
    },
  };
}
