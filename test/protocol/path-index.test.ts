// A set of paths finds by search what asking each of them finds.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBelow, isWithin, type Path, parentOf, ROOT } from '../../src/protocol/path.ts';
import { PathIndex } from '../../src/protocol/path-index.ts';

const name = fc.constantFrom('a', 'a!', 'a0', 'b', 'ä', '\u{10000}');
const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join('/')}` as Path);

test('what is within a path, its members that hold some, and those below no other are those that each path says for itself', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), path, (paths, at) => {
      const index = new PathIndex(paths);
      const within = paths.filter((each) => isWithin(each, at));
      const memberOf = (below: Path): Path => (parentOf(below) === at ? below : memberOf(parentOf(below)));
      const members = new Set(within.filter((each) => each !== at).map(memberOf));
      expect([...index.within(at)].sort()).toEqual(within.sort());
      expect(index.holds(at)).toBe(within.length > 0);
      expect(index.members(at).sort()).toEqual([...members].sort());
      expect(index.outermost().sort()).toEqual(paths.filter((each) => !paths.some((other) => isBelow(each, other))).sort());
    }),
    { examples: [[[ROOT, '/a' as Path], ROOT]] },
  );
});
