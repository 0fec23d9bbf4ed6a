// XML bodies of every wrong kind, on the methods that read one, and on some that do not.
import { test } from '@jest/globals';
import fc from 'fast-check';
import type { Hostile } from './hostile.ts';
import { documentsFor } from './random-document.ts';
import { soundTargets } from './random-url.ts';
import { requireWorth, siege } from './siege.ts';

const TYPES = [
  'application/xml',
  'application/xml',
  'text/xml; charset=utf-8',
  'text/xml; charset=utf-16',
  'application/x+xml',
  'text/plain;charset=utf-8',
];

const anyDocument: fc.Arbitrary<Hostile> = fc
  .constantFrom('PROPFIND', 'PROPFIND', 'PROPPATCH', 'PROPPATCH', 'LOCK', 'LOCK', 'MKCOL', 'DELETE')
  .chain((method) =>
    fc.record({
      method: fc.constant(method),
      target: method === 'MKCOL' ? fc.constantFrom('/new', '/a/new/') : soundTargets,
      headers: fc
        .tuple(fc.constantFrom(...TYPES), fc.constantFrom('0', '0', '0', 'infinity', '1'))
        .map(([type, depth]) => [['Content-Type', type] as const, ['Depth', depth] as const]),
      body: documentsFor(method),
      chunked: fc.boolean(),
    }),
  );

test('any document', async () => requireWorth(await siege(anyDocument), 0.02));
