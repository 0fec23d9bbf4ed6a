// The tokens that LOCK gives away, by the hundred.
import { expect, test } from '@jest/globals';
import { readTree } from '../scenarios/drawing.ts';
import { lockInfo, makeWorld } from '../scenarios/world.ts';

test('D-06.2-a, D-06.5-a: each of 500 shared locks has a token of its own, a random UUID', async () => {
  const world = makeWorld();
  // Ten of each: an answer names all that are there.
  await world.make(readTree(Array.from({ length: 50 }, (_, index) => `/f${index}`)));
  const tokens: string[] = [];
  for (let index = 0; index < 500; index++) {
    const { headers } = await world.ask('LOCK', `/f${index % 50}`, { body: lockInfo('shared'), principal: index % 2 ? 'Ann' : 'Bob' });
    tokens.push(String(headers['Lock-Token']).slice(1, -1));
  }
  expect(new Set(tokens).size).toBe(500);
  const form = /^urn:uuid:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
  expect(tokens.filter((token) => !form.test(token))).toEqual([]);
  // No clock, counter or address behind them: every digit but the version (13th) and the variant (17th) takes all sixteen values.
  const digits = tokens.map((token) => token.slice('urn:uuid:'.length).replaceAll('-', ''));
  const values = Array.from({ length: 32 }, (_, place) => new Set(digits.map((each) => each[place])).size);
  expect(values).toEqual(values.map((_, place) => (place === 12 ? 1 : place === 16 ? 4 : 16)));
});
