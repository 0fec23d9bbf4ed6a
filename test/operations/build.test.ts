// Some collections of a copy are built beside each other, and the outcome is as if one had come after the other.
import { beforeEach, expect, test } from '@jest/globals';
import { build } from '../../src/operations/build.ts';
import { DavError } from '../../src/protocol/error.ts';
import { childOf, nameOf, type Path, ROOT } from '../../src/protocol/path.ts';
import type { Copied, Resource, Store } from '../../src/store/store.ts';

const collectionAt = (path: Path): Resource => ({
  path,
  collection: true,
  link: false,
  size: 0,
  etag: '""',
  modified: 0,
  created: undefined,
  executable: undefined,
  identity: path,
});
const SOURCE = collectionAt(childOf(ROOT, 't'));
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** How many are built at once. */
let running = 0;
let most = 0;
beforeEach(() => {
  running = 0;
  most = 0;
});

/** The failures of collections with a file each that cannot be copied; the first takes longest. */
async function built(many: boolean, refuse: (source: Resource) => undefined = () => undefined): Promise<string[]> {
  async function* files(from: Path): AsyncGenerator<Copied> {
    if (from === SOURCE.path) {
      yield { files: [], others: NAMES.map((name) => collectionAt(childOf(from, name))) };
      return;
    }
    most = Math.max(most, ++running);
    for (let turns = 10 - NAMES.indexOf(nameOf(from)); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    yield { files: [{ path: childOf(from, 'x'), error: new DavError(403, nameOf(from)) }], others: [] };
    running--;
  }
  async function* list(from: Path): AsyncGenerator<readonly Resource[]> {
    for await (const { others } of files(from)) yield others;
  }
  const store = { list, makeCollection: async () => {}, remove: async () => {} } as unknown as Store;
  const file = async () => {};
  const outcome = await build(SOURCE, childOf(ROOT, 'u'), childOf(ROOT, 'v'), { store, file, refuse, ...(many && { files }) });
  return outcome.failures.map(({ error }) => error.message);
}

test('three at a time, and what fails is told in their order', async () => {
  expect([await built(true), most]).toEqual([NAMES, 3]);
});

test('two for all copies together, beside the one of each', async () => {
  expect([await Promise.all([built(true), built(true)]), most]).toEqual([[NAMES, NAMES], 4]);
});

test('one by one where the store takes no many at once', async () => {
  await built(false);
  expect(most).toBe(1);
});

test('one that cannot be built at all is told once the others are, and keeps nothing from the next', async () => {
  const refuse = ({ path }: Resource) => {
    if (nameOf(path) === 'b') throw new DavError(403, 'refused');
    return undefined;
  };
  expect([await built(true, refuse), running]).toEqual([expect.arrayContaining(['refused']), 0]);
  await built(true);
  expect(most).toBe(3);
});
