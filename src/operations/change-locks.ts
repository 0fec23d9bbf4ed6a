// A lock that is taken on what is there, or released: one transaction of the state, and nothing else of what a plan may need.
import { conflicting, conflictsWith, notThatLock } from '../locks/lock-table.ts';
import { asFailure } from '../protocol/error.ts';
import type { Lock } from '../state/state.ts';
import type { Context } from './context.ts';
import type { Verdict } from './judge.ts';
import { done, failed, NOTHING, type Outcome } from './outcome.ts';
import { type Plan, refOf, type Step } from './plan.ts';

/** The only step of a plan, where it is such a one: there is no content to bring in, nothing to record, nothing to put back. */
export function onlyLock({ steps }: Plan): Step | undefined {
  const [step] = steps;
  return step && steps.length === 1 && (step.action.do === 'lock' || step.action.do === 'unlock') ? step : undefined;
}

/** Carry out such a step, as far as it may be; never throws. */
export async function changeLocks(step: Step, verdict: Verdict | undefined, context: Context): Promise<Outcome> {
  if (verdict?.may === 'fail') return { ...NOTHING, failures: verdict.failures };
  const { action, source } = step;
  try {
    if (action.do === 'lock')
      return tookOrNot(step, await context.state.addLock(action.lock, conflictsWith(action.lock.scope), context.now()));
    // Through another member of what it locks, somebody else may release it at the same time.
    const released = action.do === 'unlock' && (await context.state.removeLock(action.token));
    return released ? done(1) : failed('source', source, notThatLock(409));
  } catch (error) {
    return { ...NOTHING, failures: [{ side: step.side, ref: refOf(step), error: asFailure(error) }] };
  }
}

export function tookOrNot({ source }: Step, conflicts: readonly Lock[]): Outcome {
  return conflicts.length > 0 ? failed('source', source, conflicting(conflicts)) : done(1);
}
