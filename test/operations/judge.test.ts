// Verdicts over plans: what a lock refuses by itself, what depends on it, and what may run.
import { describe, expect, test } from '@jest/globals';
import { NOTHING_BLOCKED } from '../../src/locks/blocked.ts';
import { judge } from '../../src/operations/judge.ts';
import type { Plan } from '../../src/operations/plan.ts';
import { planCopy } from '../../src/operations/plan-copy.ts';
import { planDelete, planWithdraw } from '../../src/operations/plan-delete.ts';
import { planLock } from '../../src/operations/plan-lock.ts';
import { planMove } from '../../src/operations/plan-move.ts';
import { DavError } from '../../src/protocol/error.ts';
import { hrefOf, type Path } from '../../src/protocol/path.ts';
import { blockedBy, leaf, lockOn, printed, resource, tree } from './planning.ts';

/** `remove /c/x: 423 lock-token-submitted /c/x` or `close /c/: because 0`, only where a step may not run. */
function judged(plan: Plan): string[] {
  return judge(plan).flatMap((verdict, index) => {
    const step = printed(plan)[index]?.replace(/^\d+ | needs.*| refused.*/g, '');
    if (verdict.may === 'run') return [];
    if (verdict.may === 'not') return [`${step}: because ${verdict.because.join(' ')}`];
    const failures = verdict.failures.map(({ side, ref, error }) => {
      const condition = error.condition ? ` ${error.condition.name} ${error.condition.refs?.map((at) => hrefOf(at)).join(' ')}` : '';
      return `${side} ${hrefOf(ref)} ${error.status}${condition}`;
    });
    return [`${step}: ${failures.join(', ')}`];
  });
}

const source = tree('/s/', leaf('/s/a'), tree('/s/sub/', leaf('/s/sub/x'), leaf('/s/sub/y')));
const target = { to: '/d' as Path, modified: undefined };

describe('judge', () => {
  test('lets everything run where nothing is blocked', () => {
    expect(judge(planDelete(source, NOTHING_BLOCKED)).map(({ may }) => may)).toEqual(Array(7).fill('run'));
  });

  test('DELETE: a locked member keeps its ancestors', () => {
    expect(judged(planDelete(source, blockedBy(lockOn('/s/sub/x'))))).toEqual([
      'remove /s/sub/x: source /s/sub/x 423 lock-token-submitted /s/sub/x',
      'close /s/sub/: because 1',
      'close /s/: because 4',
    ]);
    expect(judged(planWithdraw(leaf('/s/'), blockedBy(lockOn('/s/sub/x'), lockOn('/s/a'))))).toEqual([
      'withdraw /s/: source /s/a 423 lock-token-submitted /s/a, source /s/sub/x 423 lock-token-submitted /s/sub/x',
    ]);
  });

  test('names the root of every lock in the way, once each', () => {
    const shared = { scope: 'shared' } as const;
    const blocked = blockedBy(lockOn('/f', shared), lockOn('/f', { ...shared, token: 'urn:2' }));
    expect(judged(planDelete(leaf('/f'), blocked))).toEqual(['remove /f: source /f 423 lock-token-submitted /f']);
  });

  test("own status wins over a dependence, and the snapshot's refusal over a lock", () => {
    const blocked = blockedBy(lockOn('/s/sub/', { depth: 0 }), lockOn('/s/sub/x'));
    expect(judged(planDelete(source, blocked))).toEqual([
      'remove /s/sub/x: source /s/sub/x 423 lock-token-submitted /s/sub/x',
      'close /s/sub/: source /s/sub/ 423 lock-token-submitted /s/sub/',
      'close /s/: because 4',
    ]);
    const unlisted = { ...leaf('/s/'), refused: new DavError(403, 'no') };
    expect(judged(planDelete(unlisted, blockedBy(lockOn('/s/'))))).toEqual(['remove-tree /s/: source /s/ 403']);
  });

  test('MOVE: the source side refuses a member, the destination side what is cleared', () => {
    const plain = planMove({ source, ...target, destination: undefined, blocked: blockedBy(lockOn('/s/sub/x')) });
    expect(judged(plain)).toEqual([
      'rename /s/sub/x -> /d/sub/x: source /s/sub/x 423 lock-token-submitted /s/sub/x',
      'close /s/sub/: because 3',
      'close /s/: because 6',
    ]);
    const over = planMove({ source: leaf('/s/'), ...target, destination: resource('/d/'), blocked: blockedBy(lockOn('/d/keep/k')) });
    expect(judged(over)).toEqual([
      'clear /s/ -> /d/ same type: destination /d/keep/k 423 lock-token-submitted /d/keep/k',
      'rename /s/ -> /d/: because 0',
    ]);
  });

  test('COPY: a lock in the source is nothing, in the destination it refuses the step and the pruning above', () => {
    const there = tree('/d/', leaf('/d/stale'), tree('/d/sub/', leaf('/d/sub/x')));
    const plan = (lock: string) =>
      judged(planCopy({ source, ...target, destination: there, shallow: false, blocked: blockedBy(lockOn(lock)) }));
    expect(plan('/s/sub/x')).toEqual([]);
    expect(plan('/d/sub/x')).toEqual([
      'copy /s/sub/x -> /d/sub/x: destination /d/sub/x 423 lock-token-submitted /d/sub/x',
      'prune-members /s/sub/ -> /d/sub/ but /d/sub/x: because 3',
      'prune /s/ -> /d/ of /d/stale: because 3 6',
      'prune-members /s/ -> /d/ but /d/stale /d/sub: because 3 6 8',
    ]);
    expect(plan('/d/stale')).toEqual([
      'prune /s/ -> /d/ of /d/stale: destination /d/stale 423 lock-token-submitted /d/stale',
      'prune-members /s/ -> /d/ but /d/stale /d/sub: because 8',
    ]);
  });

  test('COPY: what would be displaced must be free of locks, itself and below', () => {
    const over = (lock: string) =>
      judged(planCopy({ source: leaf('/f'), ...target, destination: leaf('/d/'), shallow: false, blocked: blockedBy(lockOn(lock)) }));
    expect(over('/d/deep/x')).toEqual(['copy /f -> /d displacing /d/: destination /d/deep/x 423 lock-token-submitted /d/deep/x']);
    const collection = planCopy({ source, ...target, destination: leaf('/d'), shallow: false, blocked: blockedBy(lockOn('/d')) });
    expect(judged(collection)[0]).toBe('make /s/ -> /d/ displacing /d: destination /d 423 lock-token-submitted /d');
  });

  test('LOCK: every conflicting root refuses the one step', () => {
    expect(judged(planLock(lockOn('/c/'), [lockOn('/c/x'), lockOn('/c/sub/')], true))).toEqual([
      'lock /c/: source /c/sub/ 423 no-conflicting-lock /c/sub/, source /c/x 423 no-conflicting-lock /c/x',
    ]);
  });
});
