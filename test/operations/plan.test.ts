// Plans, printed: DELETE, MOVE, COPY and LOCK as steps, each naming the earlier steps it needs.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_BLOCKED } from '../../src/locks/blocked.ts';
import { planCopy, planCopyWhole } from '../../src/operations/plan-copy.ts';
import { planDelete, planWithdraw } from '../../src/operations/plan-delete.ts';
import { planLock } from '../../src/operations/plan-lock.ts';
import { planMove } from '../../src/operations/plan-move.ts';
import type { Tree } from '../../src/operations/tree.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { Path } from '../../src/protocol/path.ts';
import { isOrdered, leaf, lockOn, printed, resource, tree } from './planning.ts';

const none = NOTHING_BLOCKED;
const source = tree('/s/', leaf('/s/a'), tree('/s/sub/', leaf('/s/sub/x')), leaf('/s/z/'));
const unlisted: Tree = { ...leaf('/s/'), refused: new DavError(403, 'no') };

describe('DELETE', () => {
  test('removes members before their collection: those apart by steps of their own, the others by one', () => {
    expect(printed(planDelete(source, none))).toEqual([
      '0 remove /s/a',
      '1 remove /s/sub/x',
      '2 remove-members /s/sub/ but /s/sub/x',
      '3 close /s/sub/ needs 1 2',
      '4 remove-tree /s/z/',
      '5 remove-members /s/ but /s/a /s/sub /s/z',
      '6 close /s/ needs 0 3 4 5',
    ]);
  });

  test('as all or nothing is one step, whatever is in it', () => {
    expect(printed(planWithdraw(leaf('/s/'), none))).toEqual(['0 withdraw /s/']);
    expect(printed(planWithdraw(leaf('/f'), none))).toEqual(['0 remove /f']);
    expect(printed(planWithdraw({ resource: { ...resource('/l/'), link: true } }, none))).toEqual(['0 remove /l/']);
  });

  test('is one step where nothing was looked into, and carries why it could not be', () => {
    expect(printed(planDelete(leaf('/s/'), none))).toEqual(['0 remove-tree /s/']);
    expect(printed(planDelete(leaf('/f'), none))).toEqual(['0 remove /f']);
    expect(printed(planDelete(unlisted, none))).toEqual(['0 remove-tree /s/ refused 403']);
    expect(printed(planDelete({ resource: { ...resource('/l/'), link: true } }, none))).toEqual(['0 remove /l/']);
  });
});

describe('MOVE', () => {
  const move = (from: Tree, there?: string) =>
    planMove({ source: from, to: '/d' as Path, destination: there ? resource(there) : undefined, blocked: none, modified: undefined });

  test('is one rename where nothing was looked into', () => {
    expect(printed(move(leaf('/s/')))).toEqual(['0 rename /s/ -> /d/']);
    expect(printed(move(leaf('/f'), '/d'))).toEqual(['0 rename /f -> /d']);
  });

  test('puts the destination aside first, unless a file replaces a file or it is the same resource', () => {
    expect(printed(move(leaf('/s/'), '/d/'))).toEqual(['0 clear /s/ -> /d/ same type', '1 rename /s/ -> /d/ needs 0']);
    expect(printed(move(leaf('/s/'), '/d'))).toEqual(['0 clear /s/ -> /d other type', '1 rename /s/ -> /d/ needs 0']);
    expect(printed(move(leaf('/f'), '/d/'))).toEqual(['0 clear /f -> /d/ other type', '1 rename /f -> /d needs 0']);
    expect(printed(move({ resource: { ...resource('/D/'), identity: '/d' } }, '/d/'))).toEqual(['0 rename /D/ -> /d/']);
  });

  test('renames the largest subtrees that hold nothing refused', () => {
    expect(printed(move(source, '/d/'))).toEqual([
      '0 clear /s/ -> /d/ same type',
      '1 make /s/ -> /d/ needs 0',
      '2 rename /s/a -> /d/a needs 1',
      '3 make /s/sub/ -> /d/sub/ needs 1',
      '4 rename /s/sub/x -> /d/sub/x needs 3',
      '5 move-members /s/sub/ -> /d/sub/ but /s/sub/x needs 3',
      '6 close /s/sub/ needs 3 4 5',
      '7 rename /s/z/ -> /d/z/ needs 1',
      '8 move-members /s/ -> /d/ but /s/a /s/sub /s/z needs 1',
      '9 close /s/ needs 1 2 6 7 8',
    ]);
    expect(printed(move(unlisted))).toEqual(['0 rename /s/ -> /d/ refused 403']);
  });
});

describe('COPY', () => {
  const copy = (from: Tree, there?: Tree, shallow = false) =>
    planCopy({ source: from, to: '/d' as Path, destination: there, shallow, blocked: none, modified: undefined });

  test('is one step where nothing was looked into', () => {
    expect(printed(copy(leaf('/s/')))).toEqual(['0 copy-tree /s/ -> /d/']);
    expect(printed(copy(leaf('/f')))).toEqual(['0 copy /f -> /d']);
    expect(printed(copy(leaf('/f'), leaf('/d/')))).toEqual(['0 copy /f -> /d displacing /d/']);
    expect(printed(copy(unlisted))).toEqual(['0 copy-tree /s/ -> /d/ refused 403']);
  });

  test('makes a collection before its members, and prunes it after all of them', () => {
    const there = tree('/d/', leaf('/d/a'), leaf('/d/stale'), tree('/d/sub/', leaf('/d/sub/old')));
    expect(printed(copy(source, there))).toEqual([
      '0 make /s/ -> /d/',
      '1 copy /s/a -> /d/a needs 0',
      '2 make /s/sub/ -> /d/sub/ needs 0',
      '3 copy /s/sub/x -> /d/sub/x needs 2',
      '4 copy-members /s/sub/ -> /d/sub/ but /s/sub/x needs 2',
      '5 prune /s/sub/ -> /d/sub/ of /d/sub/old needs 2 3 4',
      '6 prune-members /s/sub/ -> /d/sub/ but /d/sub/old needs 2 3 4 5',
      '7 copy-tree /s/z/ -> /d/z/ needs 0',
      '8 copy-members /s/ -> /d/ but /s/a /s/sub /s/z needs 0',
      '9 prune /s/ -> /d/ of /d/stale needs 0 1 2 3 4 5 6 7 8',
      '10 prune-members /s/ -> /d/ but /d/a /d/stale /d/sub needs 0 1 2 3 4 5 6 7 8 9',
    ]);
  });

  test('as all or nothing is one step, whatever is in it and where it goes', () => {
    const whole = (from: Tree, shallow = false) =>
      planCopyWhole({ source: from, to: '/d' as Path, destination: leaf('/d/'), shallow, blocked: none, modified: undefined });
    expect(printed(whole(leaf('/s/')))).toEqual(['0 copy-whole /s/ -> /d/']);
    expect(printed(whole(leaf('/s/'), true))).toEqual(['0 copy-whole shallow /s/ -> /d/']);
    expect(printed(whole(leaf('/f')))).toEqual(['0 copy /f -> /d displacing /d/']);
  });

  test('of Depth 0 makes the collection and prunes all that is in it', () => {
    expect(printed(copy(leaf('/s/'), tree('/d/', leaf('/d/a')), true))).toEqual([
      '0 make /s/ -> /d/',
      '1 prune /s/ -> /d/ of /d/a needs 0',
      '2 prune-members shallow /s/ -> /d/ but /d/a needs 0 1',
    ]);
    expect(printed(copy(leaf('/s/'), leaf('/d'), true))).toEqual(['0 make /s/ -> /d/ displacing /d']);
  });
});

describe('LOCK', () => {
  test('is one step, after the empty file where nothing was', () => {
    expect(printed(planLock(lockOn('/c/'), [], true))).toEqual(['0 lock /c/']);
    expect(printed(planLock(lockOn('/f'), [], false))).toEqual(['0 make-file /f', '1 lock /f needs 0']);
  });

  test('knows the locks in its way by their roots', () => {
    const [first, second, third] = [lockOn('/c/x'), lockOn('/c/x', { token: 'urn:2' }), lockOn('/c/y')];
    expect(planLock(lockOn('/c/'), [first, second, third], true).blocked.within('/c' as Path)).toEqual([
      ['/c/x', [first, second]],
      ['/c/y', [third]],
    ]);
  });
});

describe('every plan', () => {
  test('has no circle: each step needs earlier ones only', () => {
    const trees = (root: string) =>
      fc
        .letrec<{ shape: readonly unknown[] | null }>((tie) => ({
          shape: fc.oneof({ maxDepth: 3 }, fc.constant(null), fc.array(tie('shape'), { maxLength: 3 })),
        }))
        .shape.map((shape) => grown(`/${root}`, shape));
    fc.assert(
      fc.property(trees('s'), fc.option(trees('d'), { nil: undefined }), fc.boolean(), (from, there, shallow) => {
        const to = '/d' as Path;
        expect(isOrdered(planDelete(from, none))).toBe(true);
        const moving = planMove({ source: from, to, destination: there?.resource, blocked: none, modified: undefined });
        expect(isOrdered(moving)).toBe(true);
        expect(isOrdered(planWithdraw(from, none))).toBe(true);
        expect(isOrdered(planCopy({ source: from, to, destination: there, shallow, blocked: none, modified: undefined }))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** null is a file, an array a collection with those members. */
function grown(path: string, shape: unknown): Tree {
  if (!Array.isArray(shape)) return leaf(path);
  return tree(`${path}/`, ...shape.map((member, index) => grown(`${path}/${index}`, member)));
}
