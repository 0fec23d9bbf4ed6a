// The index of paths against the slow way of asking each of them.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBelow, isWithin, type Path, parentOf, ROOT } from '../../src/protocol/path.ts';
import { PathIndex } from '../../src/protocol/path-index.ts';

// Names that sort before and after `/`, one that begins another, and what UTF-16 and code points order differently.
const name = fc.constantFrom('a', 'a!', 'a.b', 'a0', 'b', ' ', '~', '\uffee', '😀');
const path = fc.array(name, { maxLength: 4 }).map((names) => (names.length === 0 ? ROOT : `/${names.join('/')}`) as Path);

test('finds what is at and below a path, and the members that lead there', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 20 }), path, (paths, at) => {
      const index = new PathIndex(paths);
      const within = new Set(paths.filter((each) => isWithin(each, at)));
      expect(index.size).toBe(new Set(paths).size);
      expect(index.holds(at)).toBe(within.size > 0);
      expect([...index.within(at)].sort()).toEqual([...within].sort());
      const members = [...within].filter((each) => each !== at).map((each) => memberOf(each, at));
      expect(index.members(at).sort()).toEqual([...new Set(members)].sort());
    }),
    { numRuns: 2000 },
  );
});

/** The member of `collection` that `below` is, or is in. */
function memberOf(below: Path, collection: Path): Path {
  let at = below;
  while (isBelow(parentOf(at), collection)) at = parentOf(at);
  return at;
}
