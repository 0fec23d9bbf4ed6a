// Judges a plan before anything is touched: what a lock refuses, and what depends on a refused step. Pure.
import { conflicting, locked, rootsOf } from '../locks/lock-table.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Failure } from './outcome.ts';
import { type Plan, refOf, type Step } from './plan.ts';

export type Verdict =
  | { readonly may: 'run' }
  /** Refused for reasons of its own. */
  | { readonly may: 'fail'; readonly failures: readonly Failure[] }
  /** Needs steps that were refused. */
  | { readonly may: 'not'; readonly because: readonly number[] };

/** One verdict a step, in the plan's order. */
export function judge(plan: Plan): Verdict[] {
  const refused = plan.steps.map((step) => refusals(step, plan));
  const verdicts: Verdict[] = [];
  for (const [index, step] of plan.steps.entries()) {
    const failures = refused[index] ?? [];
    // Nothing at a destination is put away before its whole replacement is known to be possible.
    const because = step.action.do === 'clear' ? indexesOf(refused) : step.needs.filter((needed) => verdicts[needed]?.may !== 'run');
    // A step's own refusal is reported before its dependence: R7 of the multi-status rules, own status wins.
    if (failures.length > 0) verdicts.push({ may: 'fail', failures });
    else if (because.length > 0) verdicts.push({ may: 'not', because });
    else verdicts.push({ may: 'run' });
  }
  return verdicts;
}

function indexesOf(refused: readonly (readonly Failure[])[]): number[] {
  return refused.flatMap((failures, index) => (failures.length > 0 ? [index] : []));
}

function refusals(step: Step, plan: Plan): Failure[] {
  if (step.refused) return [{ side: step.side, ref: refOf(step), error: step.refused }];
  if (plan.blocked.size === 0) return [];
  if (step.action.do === 'lock') {
    // RFC 4918 §9.10.3: a lock on a member that excludes the new one; no token cures it.
    const conflicts = plan.blocked.within(step.source.path);
    return conflicts.flatMap(([, locks]) => rootsOf(locks).map((ref) => ({ side: step.side, ref, error: conflicting(locks) })));
  }
  return destroyed(step).flatMap((at) => blockedWithin(at, step, plan));
}

/** The resources whose locks a step must pass: itself, and with what it displaces or prunes everything below. */
function destroyed(step: Step): { readonly path: Path; readonly below: boolean }[] {
  const { action } = step;
  switch (action.do) {
    case 'prune':
      return action.members.map(({ path }) => ({ path, below: true }));
    case 'clear':
    case 'remove':
    case 'remove-tree':
    case 'withdraw':
    case 'rename':
    case 'copy-whole':
      return [{ path: refOf(step).path, below: true }];
    // What is blocked among these has steps of its own, or is above one that has.
    case 'remove-members':
    case 'copy-members':
    case 'move-members':
    case 'prune-members':
      return [];
    default:
      return [{ path: refOf(step).path, below: 'displaces' in action && action.displaces !== undefined }];
  }
}

function blockedWithin(at: { readonly path: Path; readonly below: boolean }, step: Step, plan: Plan): Failure[] {
  const own = plan.blocked.at(at.path);
  if (own) return [refusal(step, refAt(at.path, step), own, plan)];
  if (!at.below) return [];
  return plan.blocked
    .within(at.path)
    .map(([root, locks]) =>
      refusal(step, { path: root, collection: locks.some((lock) => lock.root === root && lock.collection) }, locks, plan),
    );
}

function refusal(step: Step, ref: Ref, locks: Parameters<typeof locked>[0], plan: Plan): Failure {
  return { side: step.side, ref, error: locked(locks, plan.verb === 'copy' ? 'change' : plan.verb) };
}

/** What stands at `path` now: a file that a collection would displace keeps a file's href. */
function refAt(path: Path, step: Step): Ref {
  if ('displaces' in step.action && step.action.displaces?.path === path) return step.action.displaces;
  if (step.action.do === 'prune') return step.action.members.find((member) => member.path === path) ?? refOf(step);
  return refOf(step);
}
