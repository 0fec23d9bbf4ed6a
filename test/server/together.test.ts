// Requests that came in one turn of the event loop are begun together, in their order; those that come meanwhile are not kept waiting for ever.
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { together } from '../../src/server/together.ts';

test('what came in one turn is begun after the last of it, in its order', async () => {
  const told: string[] = [];
  const begin = together(() => undefined);
  for (const name of ['a', 'b']) {
    told.push(`${name} came`);
    begin(() => void told.push(`${name} began`));
  }
  await setImmediate();
  expect(told).toEqual(['a came', 'b came', 'a began', 'b began']);
});

test('what comes as others begin is begun in the next turn', async () => {
  const told: string[] = [];
  const begin = together(() => undefined);
  begin(() => begin(() => void told.push('later')));
  begin(() => void told.push('now'));
  await setImmediate();
  expect(told).toEqual(['now']);
  await setImmediate();
  expect(told).toEqual(['now', 'later']);
});

test('where the slice of a turn is used up they are begun with all that goes on in the next one', async () => {
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const begin = together(() => new Promise((resolve) => waiting.push(resolve)));
  begin(() => void told.push('a'));
  begin(() => void told.push('b'));
  await setImmediate();
  expect(told).toEqual([]);
  for (const go of waiting) go();
  await null;
  expect(told).toEqual(['a', 'b']);
});
