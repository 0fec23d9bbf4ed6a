// What a request is judged by was looked at once, and what is there afterwards is looked at anew.
import { expect, test } from '@jest/globals';
import type { Context } from '../../src/operations/context.ts';
import { lookedAtOnce } from '../../src/operations/looked-at-once.ts';
import type { Path } from '../../src/protocol/path.ts';

test('each path is looked at once, also by who asks while the first look lasts', async () => {
  const looks: string[] = [];
  const given = { store: { stat: async (path: Path) => void looks.push(path) } } as unknown as Context;
  const looking = lookedAtOnce(given);
  const ask = (path: string) => looking.store.stat(path as Path);
  await Promise.all([ask('/a'), ask('/a'), ask('/b')]);
  await ask('/a');
  expect(looks).toEqual(['/a', '/b']);
  await given.store.stat('/a' as Path);
  await lookedAtOnce(given).store.stat('/a' as Path);
  expect(looks).toEqual(['/a', '/b', '/a', '/a']);
});
