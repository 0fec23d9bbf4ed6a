// Runs a judged plan: content first, swapped in by rename, then one state commit. A step that fails turns what needs it into 424.
import { asFailure } from '../protocol/error.ts';
import { rebase } from '../protocol/path.ts';
import { carryOut, type Hands } from './carry-out.ts';
import type { Context } from './context.ts';
import { openJournal } from './journal.ts';
import type { Verdict } from './judge.ts';
import { NOTHING, type Outcome, type Skipped, together } from './outcome.ts';
import { type Plan, refOf, type Side, type Step } from './plan.ts';
import { Scratch } from './scratch.ts';
import { sweepOf } from './sweep.ts';
import { descendantsOf } from './tree.ts';

export interface Result extends Outcome {
  /** A MOVE was given up because its destination could not be cleared: nothing below the roots has a row. */
  readonly aborted: boolean;
}

/** What became of one step, and on which side its trouble lies. */
interface Ran {
  readonly step: Step;
  readonly outcome: Outcome;
  readonly complete: boolean;
  readonly side: Side;
  /** The whole operation is given up: nothing below its roots has a row of its own for not being attempted. */
  readonly aborts: boolean;
}

/** Carry out what may be done, in order, each step at most once. Throws only when the journal or the state fails. */
export async function run(plan: Plan, verdicts: readonly Verdict[], context: Context): Promise<Result> {
  const scratch = new Scratch(context, (plan.target ?? plan.root).path);
  const hands: Hands = { context, plan, scratch };
  const entry = await openJournal(plan, verdicts, scratch, context);
  try {
    const ran: Ran[] = [];
    for (const [index, step] of plan.steps.entries()) ran.push(await runStep(step, verdicts[index], ran, hands));
    const kept = await putBackUnused(ran, hands);
    await scratch.giveUpAsides();
    const result = together(kept.map(({ outcome }) => outcome));
    const changes = [...result.changes, ...(await sweepOf(result.sweep, context))];
    // Without a record there is no state in the trees concerned: dropping, moving or copying it would be a commit for nothing.
    if (entry !== undefined || changes.some((change) => change.do === 'set' || change.do === 'unset'))
      await context.state.commit(changes, entry);
    return { ...result, aborted: ran.some(({ aborts }) => aborts) };
  } finally {
    const left = await scratch.discard();
    if (left) context.warn('Some of what a request put aside could not be removed; the next start removes it.', left);
  }
}

async function runStep(step: Step, verdict: Verdict | undefined, earlier: readonly Ran[], hands: Hands): Promise<Ran> {
  const missing = step.needs.map((index) => earlier[index]).find((needed) => !needed?.complete);
  const { outcome, side } = await attempt(step, verdict, missing, hands);
  const complete = outcome.failures.length === 0 && verdict?.may === 'run' && !missing;
  const aborts = (step.action.do === 'clear' && !complete) || earlier.some((other) => other.aborts);
  return { step, outcome: aborts ? { ...outcome, skipped: [] } : outcome, complete, side, aborts };
}

async function attempt(
  step: Step,
  verdict: Verdict | undefined,
  missing: Ran | undefined,
  hands: Hands,
): Promise<Pick<Ran, 'outcome' | 'side'>> {
  const { side } = step;
  if (verdict?.may === 'fail') {
    return { outcome: { ...NOTHING, failures: verdict.failures, skipped: await membersSkipped(step, side, hands) }, side };
  }
  if (missing) return { outcome: { ...NOTHING, skipped: await skipped(step, missing.side, hands) }, side: missing.side };
  if (verdict?.may === 'not') return { outcome: NOTHING, side };
  try {
    const outcome = await carryOut(step, hands);
    return { outcome, side: outcome.failures[0]?.side ?? side };
  } catch (error) {
    const failures = [{ side, ref: refOf(step), error: asFailure(error) }];
    return { outcome: { ...NOTHING, failures, skipped: await membersSkipped(step, side, hands) }, side };
  }
}

/** A step that was not attempted: its resource, and what the plan took as one with it, on the side of the cause. */
async function skipped(step: Step, side: Side, hands: Hands): Promise<Skipped[]> {
  // The final step of a collection has no row of its own: the report names every ancestor of a failure.
  if (step.action.do === 'close' || step.action.do === 'prune') return [];
  return [{ side, ref: refOf(step, side) }, ...(await membersSkipped(step, side, hands))];
}

/** The known descendants of a subtree that one step stands for. */
async function membersSkipped(step: Step, side: Side, { context }: Hands): Promise<Skipped[]> {
  const { action, source } = step;
  if (action.do !== 'remove-tree' && action.do !== 'copy-tree' && action.do !== 'rename') return [];
  const resource = await context.store.stat(source.path).catch(() => undefined);
  if (!resource) return [];
  const below = await descendantsOf(context.store, action.do === 'copy-tree' ? { ...resource, link: false } : resource);
  const root = refOf(step, side).path;
  return below.map((ref) => ({ side, ref: { ...ref, path: rebase(ref.path, source.path, root) } }));
}

/** A destination that was put aside for nothing comes back (RFC 4918 §9.9.3 asks for a delete; no byte is lost by waiting). */
async function putBackUnused(ran: readonly Ran[], { restore, scratch, context }: Hands): Promise<readonly Ran[]> {
  // An empty collection that was made for members that then did not come is no replacement; the rename takes its place.
  if (!restore || ran.some(({ step, outcome }) => step.action.do === 'rename' && outcome.done > 0)) return ran;
  try {
    await restore();
    return ran.filter(({ step }) => step.action.do !== 'clear');
  } catch (error) {
    scratch.keep();
    context.warn('The destination of a failed MOVE could not be put back; the next start does it.', error);
    throw error;
  }
}
