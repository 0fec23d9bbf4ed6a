// What a store has left in a collection that it copied is copied in its place, as if that had been gone into.
import { beforeEach, expect, test } from '@jest/globals';
import { type Building, build } from '../../src/operations/build.ts';
import { Notes } from '../../src/operations/carried-out.ts';
import type { Outcome } from '../../src/operations/outcome.ts';
import { DavError } from '../../src/protocol/error.ts';
import { nameOf, type Path } from '../../src/protocol/path.ts';
import type { Copied, Resource, Store } from '../../src/store/store.ts';

const at = (path: string) => path as Path;

/** Each is what its name says: a link back is the collection that it leads to. */
const collectionAt = (path: Path): Resource => ({
  path,
  collection: true,
  link: false,
  size: 0,
  etag: '""',
  modified: 0,
  created: undefined,
  executable: undefined,
  identity: nameOf(path),
});

let asked: string[];
beforeEach(() => {
  asked = [];
});

/** Of `/t` the collection `/t/a` is copied, but for what is in `left`, and a file that cannot be. */
function built(left: readonly string[], more: Partial<Building> = {}, link = false): Promise<Outcome> {
  async function* members(from: Path, to: Path, levels: number): AsyncGenerator<Copied> {
    asked.push(`${from} ${to} ${levels}`);
    const error = new DavError(507, 'full');
    const others = left.map((path) => collectionAt(at(path)));
    yield from === '/t' ? { files: [{ path: at('/t/a/b/x'), error }], others, more: 7 } : { files: [], others: [], more: 0 };
  }
  const store = { stat: async (path: Path) => collectionAt(path), makeCollection: async () => {}, remove: async () => {} };
  return build({ ...collectionAt(at('/t')), link }, at('/u'), at('/v/w'), {
    store: store as unknown as Store,
    file: async () => {},
    members,
    ...more,
  });
}

test('its rows are named after where it will be, and what was copied counts', async () => {
  const { done, failures } = await built(['/t/c', '/t/a/b/d']);
  expect([done, failures.map(({ ref, error }) => [ref.path, error.status])]).toEqual([10, [['/v/w/a/b/x', 507]]]);
  expect(asked).toEqual(['/t /u Infinity', '/t/c /u/c Infinity', '/t/a/b/d /u/a/b/d Infinity']);
});

test('a link that leads back to a collection that was copied, or above it, is refused', async () => {
  for (const back of ['b', 'a', 't']) {
    const { failures } = await built([`/t/a/b/${back}`]);
    expect([back, failures.map(({ ref, error }) => [ref.path, error.status])]).toEqual([
      back,
      [
        ['/v/w/a/b/x', 507],
        [`/t/a/b/${back}`, 508],
      ],
    ]);
  }
});

test('no more levels are asked for than may be made, and none where each step is told', async () => {
  await built(['/t/c'], { depthLimit: 4 });
  await built([], { depthLimit: 2 });
  await built([], { notes: new Notes() });
  expect(asked).toEqual(['/t /u 2', '/t/c /u/c 1', '/t /u 0', '/t /u 0']);
});

test('behind a link each collection is looked at, since it may be one that the link is in', async () => {
  await built(['/t/c'], {}, true);
  expect(asked).toEqual(['/t /u 0', '/t/c /u/c 0']);
});
