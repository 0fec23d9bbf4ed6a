// Header fields that are nearly right or far too long, on every method.
import { test } from '@jest/globals';
import fc from 'fast-check';
import { LOCKINFO } from '../http/serve.ts';
import { type Hostile, METHODS } from './hostile.ts';
import { headersFor } from './random-headers.ts';
import { soundTargets } from './random-url.ts';
import { requireWorth, siege } from './siege.ts';

const CONTENT = Buffer.from('content of Eve');

/** Mostly the one that the method wants. */
function bodiesFor(method: string): fc.Arbitrary<Buffer | undefined> {
  const wanted = { PUT: CONTENT, PATCH: CONTENT, LOCK: Buffer.from(LOCKINFO) }[method];
  const others = fc.constantFrom(undefined, CONTENT, Buffer.from('x'), Buffer.alloc(0));
  return fc.oneof({ weight: 6, arbitrary: fc.constant(wanted) }, { weight: 1, arbitrary: others });
}

const anyHeaders: fc.Arbitrary<Hostile> = fc.constantFrom(...METHODS).chain((method) =>
  fc.record({
    method: fc.constant(method),
    target: soundTargets,
    headers: headersFor(method),
    body: bodiesFor(method),
    chunked: fc.boolean(),
  }),
);

test('any header fields', async () => requireWorth(await siege(anyHeaders), 0.02));
