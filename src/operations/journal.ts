// The journal: what a write is about to do, durable before it does it, so that a crash in between is finished or undone.
import { randomUUID } from 'node:crypto';
import { isWithin, type Path } from '../protocol/path.ts';
import type { JournalRename } from '../state/state.ts';
import { changesOf } from './carry-out.ts';
import type { Context } from './context.ts';
import type { Verdict } from './judge.ts';
import type { Plan, Step } from './plan.ts';
import type { Scratch } from './scratch.ts';
import { asideOf } from './staging.ts';

/** Write the record of `plan` where state or more than one rename is involved; gives its id for the commit. */
export async function openJournal(
  plan: Plan,
  verdicts: readonly Verdict[],
  scratch: Scratch,
  { state }: Context,
): Promise<string | undefined> {
  if (!plan.steps.some(changesBoth) || !verdicts.some((verdict) => verdict.may === 'run')) return undefined;
  const roots = [plan.root.path, ...(plan.target ? [plan.target.path] : [])];
  const recorded = await Promise.all(roots.map((root) => state.recorded(root, 1)));
  const putsAside = plan.steps.some(({ action }) => action.do === 'clear' || ('displaces' in action && action.displaces));
  if (!putsAside && recorded.every((paths) => paths.length === 0)) return undefined;

  const id = randomUUID();
  const place = putsAside || plan.verb === 'copy' ? await scratch.path() : undefined;
  const whole = verdicts.every((verdict) => verdict.may === 'run') ? renamesOf(plan.steps, place) : undefined;
  await state.begin({
    id,
    ...(whole
      ? { renames: whole, changes: plan.steps.flatMap(changesOf) }
      : { renames: movesOf(plan, verdicts), apart: true, changes: [] }),
    staged: place ? [place, asideOf(place, 0)] : [],
    sweep: outermost(roots),
  });
  return id;
}

/** An upload or an empty file is one rename, and no state goes with it; a collection made with its properties has a record of its own. */
function changesBoth({ action }: Step): boolean {
  return !['properties', 'lock', 'put', 'make-file', 'make-with'].includes(action.do);
}

/** A plan that is renames and nothing else can be told done from undone; any other is swept. */
function renamesOf(steps: readonly Step[], place: Path | undefined): JournalRename[] | undefined {
  const renames: JournalRename[] = [];
  for (const { action, source, target } of steps) {
    if (action.do === 'clear' && target && place) renames.push({ from: target.path, to: asideOf(place, 0) });
    else if (action.do === 'rename' && target) renames.push({ from: source.path, to: target.path });
    else return undefined;
  }
  return renames;
}

/** What a MOVE that is refused in part may still move, one subtree at a time. */
function movesOf({ steps }: Plan, verdicts: readonly Verdict[]): JournalRename[] {
  return steps.flatMap(({ action, source, target }, index) =>
    action.do === 'rename' && target && verdicts[index]?.may === 'run' ? [{ from: source.path, to: target.path }] : [],
  );
}

function outermost(roots: readonly Path[]): Path[] {
  return roots.filter((root, index) => !roots.some((other, at) => at !== index && (other !== root || at < index) && isWithin(root, other)));
}
