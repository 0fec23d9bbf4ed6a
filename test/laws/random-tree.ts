// Random trees: two collections that often hold the same names, contents and dead properties told apart, locks of Ann and Bob.
import fc from 'fast-check';
import { ancestorsOf, comparePaths, hrefOf, isWithin, type Path, ROOT, rebase } from '../../src/protocol/path.ts';
import type { Drawn } from '../scenarios/drawing.ts';

/** `a`, `a.b` and `a0`: in the order of keys what is below `/a` does not follow it at once. */
const NAMES = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'a.b', 'a0', 'A', 'a b', '100%', `it's "q"`, '😀', 'é', '<&>', '#?;'];
export const names = fc.constantFrom(...NAMES);
/** Where trees are copied and moved from and to. */
export const ONE = '/a' as Path;
const OTHER = '/a0' as Path;

/** A path that may be there or not. */
export const somewhere: fc.Arbitrary<Path> = fc
  .tuple(fc.constantFrom(ONE, OTHER, OTHER, ROOT), fc.array(names, { maxLength: 3 }))
  .map(([top, below]) => (below.length === 0 ? top : (`${top === ROOT ? '' : top}/${below.join('/')}` as Path)));

interface RawLock {
  readonly scope: 'exclusive' | 'shared';
  readonly depth: '0' | 'infinity';
  readonly principal: 'Ann' | 'Bob';
}

/** Named with all it is in, so that a case that is made smaller keeps what is left where it was. */
interface RawNode {
  readonly top: Path;
  readonly above: readonly string[];
  readonly name: string;
  readonly collection: boolean;
  readonly property: boolean;
  readonly locks: readonly RawLock[];
  /** Whether the other collection has it as well, and of which type. */
  readonly twin: 'none' | 'same' | 'other';
}

const lock: fc.Arbitrary<RawLock> = fc.record({
  scope: fc.constantFrom('exclusive', 'exclusive', 'shared'),
  depth: fc.constantFrom('infinity', '0'),
  principal: fc.constantFrom('Ann', 'Ann', 'Bob'),
});
const shared = lock.map((each): RawLock => ({ ...each, scope: 'shared' }));
const locksOneIn = (weight: number): fc.Arbitrary<readonly RawLock[]> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 4 * weight - 4, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.tuple(lock) },
    { weight: 1, arbitrary: fc.tuple(shared, shared) },
  );
const node = (name: fc.Arbitrary<string>, unlocked: number): fc.Arbitrary<RawNode> =>
  fc.record({
    top: fc.constantFrom(ONE, ONE, ONE, OTHER, OTHER, ROOT),
    above: fc.array(fc.constantFrom('a', 'b', 'a.b'), { maxLength: 3 }),
    name,
    collection: fc.constantFrom(false, false, true),
    property: fc.constantFrom(false, false, true),
    locks: locksOneIn(unlocked),
    twin: fc.constantFrom('none', 'none', 'same', 'other'),
  });
const few = fc.array(node(names, 4), { maxLength: 8, size: 'max' });
const numbered = fc.nat(200).map((number) => `m${number}`);
const many = fc.array(node(fc.oneof(names, numbered, numbered), 60), { minLength: 60, maxLength: 120, size: 'max' });

/** Of the root, of the collection that is asked about, and of the other one. */
const topLocks = fc.tuple(locksOneIn(15), locksOneIn(7), locksOneIn(7));

/** The root first, parents before their members. */
export const trees: fc.Arbitrary<Drawn[]> = fc
  .tuple(fc.oneof({ withCrossShrink: true }, { weight: 150, arbitrary: few }, { weight: 1, arbitrary: many }), topLocks)
  .map(([nodes, locks]) => drawn(planted(nodes, locks)));

interface Planted {
  readonly path: Path;
  readonly collection: boolean;
  readonly property: boolean;
  readonly locks: readonly RawLock[];
}

function planted(nodes: readonly RawNode[], locks: readonly (readonly RawLock[])[]): Planted[] {
  const found = new Map<Path, Planted>();
  const plant = (path: Path, collection: boolean, property = false, locks: readonly RawLock[] = []): void => {
    const above = ancestorsOf(path).toReversed();
    if (found.has(path) || above.some((each) => found.get(each)?.collection === false)) return;
    for (const each of above) if (!found.has(each)) plant(each, true);
    found.set(path, { path, collection, property, locks });
  };
  for (const [index, path] of [ROOT, ONE, OTHER].entries()) plant(path, true, false, locks[index]);
  for (const { top, above, name, collection, property, locks: held, twin } of nodes) {
    const path = `${top === ROOT ? '' : top}/${[...above, name].join('/')}` as Path;
    plant(path, collection, property, held);
    if (twin !== 'none') plant(onOtherSide(path), collection === (twin === 'same'), !property);
  }
  return [...found.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** The path of the same name in the other one of the two collections. */
export function onOtherSide(path: Path): Path {
  return isWithin(path, ONE) ? rebase(path, ONE, OTHER) : isWithin(path, OTHER) ? rebase(path, OTHER, ONE) : path;
}

/** Each content and each dead property is there once, so that it tells where it came from; a lock that another excludes is left out. */
function drawn(resources: readonly Planted[]): Drawn[] {
  const granted: (RawLock & { readonly path: Path })[] = [];
  return resources.map(({ path, collection, property, locks }, index) => {
    const own = locks.flatMap((raw) => {
      const wanted = { ...raw, path };
      if (granted.length > 8 || granted.some((held) => exclude(held, wanted))) return [];
      const { scope, depth, principal } = raw;
      return [{ name: `L${granted.push(wanted)}`, scope, depth: collection ? depth : ('infinity' as const), principal }];
    });
    return {
      href: hrefOf({ path, collection }),
      content: collection ? undefined : `c${index}`,
      property: property ? `p${index}` : undefined,
      locks: own,
    };
  });
}

/** RFC 4918 §6.1, §9.10.3; `one` is on the same resource, or on another one before `other` in the order of rows. */
function exclude(one: RawLock & { readonly path: Path }, other: RawLock & { readonly path: Path }): boolean {
  if (one.scope === 'shared' && other.scope === 'shared') return false;
  return one.path === other.path || (one.depth === 'infinity' && isWithin(other.path, one.path));
}
