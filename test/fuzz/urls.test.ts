// Request targets and Destinations under every spelling of a way out: nothing is reached beside the folder, and each is answered.
import { test } from '@jest/globals';
import fc from 'fast-check';
import { type Hostile, METHODS } from './hostile.ts';
import { plainHeaders } from './random-headers.ts';
import { references, soundTargets, targets } from './random-url.ts';
import { requireWorth, siege } from './siege.ts';

const bodyFor = (method: string) => (method === 'PUT' ? Buffer.from('content of Eve') : undefined);

const anyTarget: fc.Arbitrary<Hostile> = fc.constantFrom(...METHODS).chain((method) =>
  fc.record({
    method: fc.constant(method),
    target: targets,
    headers: plainHeaders(method),
    body: fc.constant(bodyFor(method)),
    chunked: fc.boolean(),
  }),
);
const anyDestination: fc.Arbitrary<Hostile> = fc.record({
  method: fc.constantFrom('COPY', 'MOVE'),
  target: soundTargets,
  headers: fc
    .oneof({ weight: 1, arbitrary: soundTargets }, { weight: 3, arbitrary: references })
    .map((value) => [['Destination', value] as const]),
  body: fc.constant(undefined),
  chunked: fc.constant(false),
});

test('any request target', async () => requireWorth(await siege(anyTarget), 0.01));
test('any Destination', async () => requireWorth(await siege(anyDestination), 0.01));
