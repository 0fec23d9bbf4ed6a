// Runs a judged plan: content first, swapped in by rename, then one state commit. A step that fails turns what needs it into 424.
import { randomUUID } from 'node:crypto';
import { asFailure } from '../protocol/error.ts';
import { PathIndex } from '../protocol/path-index.ts';
import type { Change } from '../state/state.ts';
import { Notes } from './carried-out.ts';
import { carryOut } from './carry-out.ts';
import { changeLocks, onlyLock } from './change-locks.ts';
import { confirming } from './confirming.ts';
import type { Context } from './context.ts';
import { leftOutBelow } from './descendants.ts';
import { goesOn } from './goes-on.ts';
import type { Hands } from './hands.ts';
import { changesBoth, openJournal } from './journal.ts';
import type { Verdict } from './judge.ts';
import { NOTHING, type Outcome, together } from './outcome.ts';
import { type Plan, refOf, type Side, type Step } from './plan.ts';
import { putAtOnce } from './put-file.ts';
import { Scratch } from './scratch.ts';
import { sweepOf } from './sweep.ts';
import { Undo } from './undo.ts';

export interface Result extends Outcome {
  /** A MOVE was given up because its destination could not be cleared: nothing below the roots has a row. */
  readonly aborted?: boolean;
  /** The steps that were carried out, for who asked for them. */
  readonly notes?: Notes | undefined;
}

/** What became of one step, and on which side its trouble lies. */
interface Ran {
  readonly step: Step;
  readonly outcome: Outcome;
  readonly complete: boolean;
  readonly side: Side;
}

/**
 * Carry out what may be done, in order, each step at most once. Throws only when the journal or the state fails, or
 * the disk does not confirm what is done.
 */
export async function run(plan: Plan, verdicts: readonly Verdict[], given: Context, noting = false): Promise<Result> {
  const only = onlyLock(plan);
  if (only) return changeLocks(only, verdicts[0], given);
  const put = await putAtOnce(plan, verdicts, given);
  if (put) return put;
  const { store, failure } = confirming(given.store);
  const context = { ...given, store };
  const scratch = new Scratch(context, (plan.target ?? plan.root).path);
  const recorded = await recordedIn(plan, context);
  const hands: Hands = { context, plan, scratch, recorded, notes: noting ? new Notes() : undefined, undo: new Undo() };
  try {
    const entry = await openJournal(plan, verdicts, hands).catch((error) => {
      if (!goesOn(plan, error)) throw error;
      return undefined;
    });
    const { ran, aborted } = await runSteps(plan, verdicts, hands);
    const kept = await putBackUnused(ran, hands);
    const result = together(kept.map(({ outcome }) => outcome));
    await commit(result, entry, hands);
    const unconfirmed = failure();
    if (unconfirmed && result.done > 0) throw unconfirmed;
    return { ...result, aborted, notes: hands.notes };
  } finally {
    const left = await scratch.discard();
    if (left) context.warn('Some of what a request put aside could not be removed; the next start removes it.', left);
  }
}

const NOTHING_RECORDED = new PathIndex([]);

/** What has state in the trees concerned. A file's upload, or a lock, changes no state but its own. */
async function recordedIn(plan: Plan, { state }: Context): Promise<PathIndex> {
  const roots = plan.steps.some((step) => changesBoth(step) || step.action.do === 'copy-whole')
    ? [plan.root, ...(plan.target ? [plan.target] : [])]
    : [];
  if (roots.length === 0) return NOTHING_RECORDED;
  return new PathIndex((await Promise.all(roots.map(({ path }) => state.recorded(path)))).flat());
}

async function runSteps(
  plan: Plan,
  verdicts: readonly Verdict[],
  hands: Hands,
): Promise<{ readonly ran: Ran[]; readonly aborted: boolean }> {
  const ran: Ran[] = [];
  const cleared = plan.steps.some(({ action }) => action.do === 'clear');
  // The whole operation is given up: nothing below its roots has a row of its own for not being attempted.
  let aborted = false;
  for (const [index, step] of plan.steps.entries()) {
    const verdict = verdicts[index];
    const missing = step.needs.map((needed) => ran[needed]).find((needed) => !needed?.complete);
    const { outcome, side } = await attempt(step, verdict, missing, hands);
    const complete = outcome.failures.length === 0 && verdict?.may === 'run' && !missing;
    aborted ||= !complete && (step.action.do === 'clear' || (step.action.do === 'rename' && cleared && outcome.done === 0));
    ran.push({ step, outcome: aborted ? { ...outcome, skipped: [], unnamed: 0 } : outcome, complete, side });
  }
  return { ran, aborted };
}

async function attempt(
  step: Step,
  verdict: Verdict | undefined,
  missing: Ran | undefined,
  hands: Hands,
): Promise<Pick<Ran, 'outcome' | 'side'>> {
  const { side } = step;
  if (verdict?.may === 'fail') {
    return { outcome: { ...NOTHING, failures: verdict.failures, ...(await membersSkipped(step, side, hands)) }, side };
  }
  if (missing) return { outcome: { ...NOTHING, ...(await skipped(step, missing.side, hands)) }, side: missing.side };
  if (verdict?.may === 'not') return { outcome: NOTHING, side };
  try {
    const outcome = await carryOut(step, hands);
    return { outcome, side: outcome.failures[0]?.side ?? side };
  } catch (error) {
    const failures = [{ side, ref: refOf(step), error: asFailure(error) }];
    return { outcome: { ...NOTHING, failures, ...(await membersSkipped(step, side, hands)) }, side };
  }
}

type LeftOut = Pick<Outcome, 'skipped' | 'unnamed'>;
const NONE: LeftOut = { skipped: [], unnamed: 0 };

/** A step that was not attempted: its resource, and what the plan took as one with it, on the side of the cause. */
async function skipped(step: Step, side: Side, hands: Hands): Promise<LeftOut> {
  const members = await membersSkipped(step, side, hands);
  // What stands for members, and the final step of a collection, have no row of their own: the report names every ancestor of a failure.
  if (['close', 'prune', 'prune-members', 'copy-members', 'move-members'].includes(step.action.do)) return members;
  return { ...members, skipped: [{ side, ref: refOf(step, side) }, ...members.skipped] };
}

/** The known descendants of a subtree that one step stands for. */
async function membersSkipped({ action, source, target }: Step, side: Side, { context }: Hands): Promise<LeftOut> {
  switch (action.do) {
    case 'remove-tree':
    case 'rename':
    case 'copy-tree':
    case 'copy-members':
    case 'move-members':
      break;
    default:
      return NONE;
  }
  const resource = await context.store.stat(source.path).catch(() => undefined);
  if (!resource) return NONE;
  const follow = action.do === 'copy-tree' || action.do === 'copy-members';
  const apart = 'apart' in action ? new Set(action.apart) : undefined;
  const root = side === 'destination' ? (target ?? source).path : source.path;
  return leftOutBelow(context.store, follow ? { ...resource, link: false } : resource, side, root, apart);
}

/** What comes to the destination's place in a MOVE, which alone clears it. */
const REPLACING: readonly string[] = ['rename', 'move-members'];

/** A destination that was put aside for nothing comes back (RFC 4918 §9.9.3 asks for a delete; no byte is lost by waiting). */
async function putBackUnused(ran: readonly Ran[], hands: Hands): Promise<readonly Ran[]> {
  // An empty collection that was made for members that then did not come is no replacement; the rename takes its place.
  const cleared = ran.some(({ step, complete }) => step.action.do === 'clear' && complete);
  if (!cleared || ran.some(({ step, outcome }) => REPLACING.includes(step.action.do) && outcome.done > 0)) return ran;
  await putBack(hands);
  return ran.filter(({ step }) => step.action.do !== 'clear');
}

/** Undo the renames that were done, the last first. Throws when one cannot be undone, and then the next start does it. */
async function putBack({ undo, scratch, context }: Hands): Promise<void> {
  try {
    await undo.all();
  } catch (error) {
    scratch.keep();
    context.warn('What a failed request had put aside could not be put back; the next start does it.', error);
    throw error;
  }
}

const RENAMES: readonly string[] = ['clear', 'rename', 'withdraw'];

/** One transaction for all that the content changes call for. Where it fails, what can be undone is. */
async function commit(result: Outcome, entry: string | undefined, hands: Hands): Promise<void> {
  const { context, scratch, undo, plan, recorded } = hands;
  const { state } = context;
  // What is renames and nothing else goes back; anything else stays as it is.
  const undoable = !undo.oneWay && plan.steps.every(({ action }) => RENAMES.includes(action.do));
  try {
    await scratch.giveUpAsides(undo);
    const changes = [...result.changes, ...(await swept(result, entry, context))];
    // Without a record there is no state in the trees concerned: dropping, moving or copying it would be a commit for nothing.
    if (entry !== undefined) await (undoable ? state.commit(changes, entry) : state.settle(changes, entry));
    else if (changes.some(({ do: kind }) => recorded.size > 0 || kind === 'set' || kind === 'unset')) await state.commit(changes);
  } catch (error) {
    if (goesOn(plan, error)) {
      if (entry !== undefined && undoable) await state.settle(result.changes, entry).catch(() => undefined);
      return context.warn(
        'There is no room to forget the locks and properties of what was deleted; the next write or start does it.',
        error,
      );
    }
    if (undoable) {
      await putBack(hands);
      if (entry !== undefined) await state.settle([], entry).catch(() => undefined);
    }
    throw error;
  }
}

/** Where it cannot be told what is gone, a record of its own leaves that to the next start; what is known to be done is stored now. */
async function swept({ changes, sweep }: Outcome, entry: string | undefined, context: Context): Promise<Change[]> {
  const { state } = context;
  try {
    return await sweepOf(sweep, context);
  } catch (error) {
    if (entry !== undefined) {
      await state.begin({ id: randomUUID(), renames: [], changes: [], staged: [], sweep });
      await state.settle(changes, entry);
    }
    throw error;
  }
}
