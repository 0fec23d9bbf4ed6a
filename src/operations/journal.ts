// The journal: what a write is about to do, durable before it does it, so that a crash in between is finished or undone.
import { randomUUID } from 'node:crypto';
import { childOf, nameOf, type Path } from '../protocol/path.ts';
import { PathIndex } from '../protocol/path-index.ts';
import type { JournalRename } from '../state/state.ts';
import { changesOf } from './by-rename.ts';
import type { Hands } from './hands.ts';
import type { Verdict } from './judge.ts';
import type { Plan, Step } from './plan.ts';
import { asideOf } from './staging.ts';

/** Write the record of `plan` where state or more than one rename is involved; gives its id for the commit. */
export async function openJournal(
  plan: Plan,
  verdicts: readonly Verdict[],
  { context, scratch, recorded }: Pick<Hands, 'context' | 'scratch' | 'recorded'>,
): Promise<string | undefined> {
  if (!plan.steps.some(changesBoth) || !verdicts.some((verdict) => verdict.may === 'run')) return undefined;
  const roots = [plan.root.path, ...(plan.target ? [plan.target.path] : [])];
  const putsAside = plan.steps.some(({ action }) => action.do === 'clear' || ('displaces' in action && action.displaces));
  if (!putsAside && recorded.size === 0) return undefined;

  const id = randomUUID();
  const withdraws = plan.steps.some(({ action }) => action.do === 'withdraw');
  const place = putsAside || withdraws || plan.verb === 'copy' ? await scratch.path() : undefined;
  const whole = verdicts.every((verdict) => verdict.may === 'run') ? renamesOf(plan.steps, place) : undefined;
  await context.state.begin({
    id,
    ...(whole
      ? { renames: whole, changes: plan.steps.flatMap(changesOf) }
      : { renames: movesOf(plan, verdicts, recorded), apart: true, changes: [] }),
    staged: place ? [place, asideOf(place, 0)] : [],
    sweep: new PathIndex(roots).outermost(),
  });
  return id;
}

/** An upload or an empty file is one rename, and no state goes with it; a collection made with its properties, or copied as a whole, has a record of its own. */
export function changesBoth({ action }: Step): boolean {
  return !['properties', 'lock', 'unlock', 'put', 'make-file', 'make-with', 'copy-whole'].includes(action.do);
}

/** A plan that is renames and nothing else can be told done from undone; any other is swept. */
function renamesOf(steps: readonly Step[], place: Path | undefined): JournalRename[] | undefined {
  const renames: JournalRename[] = [];
  for (const { action, source, target } of steps) {
    if (action.do === 'clear' && target && place) renames.push({ from: target.path, to: asideOf(place, 0) });
    else if (action.do === 'withdraw' && place) renames.push({ from: source.path, to: place });
    else if (action.do === 'rename' && target) renames.push({ from: source.path, to: target.path });
    else return undefined;
  }
  return renames;
}

/** What a MOVE that is refused in part may still move, one subtree at a time; of members without steps of their own those that have state. */
function movesOf({ steps }: Plan, verdicts: readonly Verdict[], recorded: PathIndex): JournalRename[] {
  return steps.flatMap(({ action, source, target }, index) => {
    if (!target || verdicts[index]?.may !== 'run') return [];
    if (action.do === 'rename') return [{ from: source.path, to: target.path }];
    if (action.do !== 'move-members') return [];
    const apart = new Set(action.apart);
    const members = recorded.members(source.path).filter((member) => !apart.has(member));
    return members.map((from) => ({ from, to: childOf(target.path, nameOf(from)) }));
  });
}
