// What a request claims of its content, and what it would like to be told: digest fields and OC-Checksum, against known hashes.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checksumClaims, checksumsToTake, checksumText } from '../../src/protocol/checksum.ts';
import { digestClaims, digestField, wantedDigest } from '../../src/protocol/digest.ts';
import { type Algorithm, type Claim, hashed, hasherOf, hashersOf } from '../../src/protocol/hashing.ts';

const told = (claims: readonly Claim[]) => claims.map(({ field, algorithm, digest }) => [field, algorithm, digest.toString('hex')]);

describe('digestClaims', () => {
  test('both fields, both algorithms', () => {
    const headers = { 'content-digest': 'md5=:AAAA:, sha-256=:AQI=:, sha-512=:Aw==:', 'repr-digest': 'sha-256=:BA==:' };
    expect(told(digestClaims(headers))).toEqual([
      ['Content-Digest', 'sha-512', '03'],
      ['Content-Digest', 'sha-256', '0102'],
      ['Repr-Digest', 'sha-256', '04'],
    ]);
  });

  test.each(['sha-256=AQI=', 'sha-256=:AQI=:,', 'SHA-256=:AQI=:', 'sha-256=:AQI=:, md5=1', 'sha=:AQI=:'])('%j says nothing', (field) => {
    expect(digestClaims({ 'content-digest': field, 'repr-digest': field })).toEqual([]);
  });
});

test.each([
  ['sha-256=1', 'sha-256'],
  ['sha-256=10, sha-512=3', 'sha-256'],
  ['sha-256=3, sha-512=10', 'sha-512'],
  ['sha-256=5, sha-512=5', 'sha-512'],
  ['md5=10, sha-256=1', 'sha-256'],
  ['sha-512=0', undefined],
  ['md5=10', undefined],
  ['sha-256=11', undefined],
  ['sha-256=-1', undefined],
  ['sha-256', undefined],
  ['', undefined],
  [undefined, undefined],
])('G-4-a: %j wants %s', (field, algorithm) => {
  expect(wantedDigest(field)).toBe(algorithm);
});

test('digestField', () => expect(digestField('sha-256', Buffer.from('hi'))).toBe('sha-256=:aGk=:'));

describe('OC-Checksum', () => {
  test.each<[string | undefined, string[][]]>([
    ['SHA1:0aFF', [['sha-1', '0aff']]],
    ['sha1:00', [['sha-1', '00']]],
    [
      'SHA256:01 MD5:02  ADLER32:03',
      [
        ['sha-256', '01'],
        ['md5', '02'],
        ['adler32', '03'],
      ],
    ],
    ['SHA3-256:00', []],
    ['XXH:00', []],
    ['SHA1', []],
    ['SHA1:', [['sha-1', '']]],
    ['SHA1:xyz', [['sha-1', '']]],
    ['SHA1:abc', [['sha-1', '']]],
    ['', []],
    [undefined, []],
  ])('%j', (value, algorithms) => {
    const claims = checksumClaims({ 'oc-checksum': value });
    expect(told(claims).map(([, ...rest]) => rest)).toEqual(algorithms);
  });

  test('one brings those along that clients ask for', () => {
    const taken = checksumsToTake(checksumClaims({ 'oc-checksum': 'ADLER32:03 SHA1:01' }).map(({ algorithm }) => algorithm));
    expect([taken, checksumsToTake([])]).toEqual([['sha-1', 'md5', 'adler32'], []]);
    const digests = new Map<Algorithm, Buffer>([...taken, 'sha-256' as const].map((algorithm, index) => [algorithm, Buffer.from([index])]));
    expect([checksumText(taken, digests), checksumText([], digests)]).toEqual(['SHA1:00 MD5:01 ADLER32:02', '']);
  });
});

describe('hashes', () => {
  test.each<[Algorithm, string, string]>([
    ['adler32', '', '00000001'],
    ['adler32', 'Wikipedia', '11e60398'],
    ['md5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['sha-1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha-256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'sha-512',
      'abc',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ])('%s of %j', (algorithm, text, hex) => {
    const hasher = hasherOf(algorithm);
    hasher.update(Buffer.from(text));
    expect(hasher.digest().toString('hex')).toBe(hex);
  });

  test('adler32 is the sum that RFC 1950 defines, of large and worst-case content too', () => {
    const slow = (bytes: Uint8Array) => {
      let [low, high] = [1n, 0n];
      for (const byte of bytes) {
        low = (low + BigInt(byte)) % 65521n;
        high = (high + low) % 65521n;
      }
      return (high * 65536n + low).toString(16).padStart(8, '0');
    };
    for (const bytes of [Buffer.alloc(20_000, 255), Buffer.alloc(3850, 255), Buffer.alloc(3851, 1)]) {
      const hasher = hasherOf('adler32');
      hasher.update(bytes.subarray(0, 7));
      hasher.update(bytes.subarray(7));
      expect(hasher.digest().toString('hex')).toBe(slow(bytes));
    }
  });

  test('hashed hands on every chunk, and tells it to every hasher', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), async (chunks) => {
        const hashers = hashersOf(['sha-1', 'md5', 'sha-1']);
        const out: Uint8Array[] = [];
        for await (const chunk of hashed(streamOf(chunks), hashers.values())) out.push(chunk);
        const whole = Buffer.concat(chunks);
        expect(Buffer.concat(out).equals(whole)).toBe(true);
        expect([...hashers].map(([name, hasher]) => [name, hasher.digest().toString('hex')])).toEqual([
          ['sha-1', createHash('sha1').update(whole).digest('hex')],
          ['md5', createHash('md5').update(whole).digest('hex')],
        ]);
      }),
      { numRuns: 20 },
    );
  });
});

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
