// Perform: the one door for writes. Under the gate a request is admitted, planned, judged and run; nothing else changes the tree.
import type { Path } from '../protocol/path.ts';
import { forgetFallen } from './admission.ts';
import type { Context } from './context.ts';
import { judge, requireAll, requireNone } from './judge.ts';
import type { Plan } from './plan.ts';
import { type Result, run } from './run.ts';

export interface Write<Seen> {
  /** What the write may change: no other write touches these, their ancestors or members meanwhile. */
  readonly claims: readonly Path[];
  /** Look and check; throws DavError for what stops the request before anything is changed. */
  readonly admit: () => Promise<Seen>;
  readonly plan: (seen: Seen) => Plan | Promise<Plan>;
  /** Nothing is begun when any step of the plan is refused: the refusal is thrown, and so is one that is met on the way. */
  readonly strict?: boolean;
}

export interface Performed<Seen> {
  readonly seen: Seen;
  readonly plan: Plan;
  readonly result: Result;
}

export function perform<Seen>(context: Context, { claims, admit, plan, strict = false }: Write<Seen>): Promise<Performed<Seen>> {
  return context.gate.hold(claims, async () => {
    await forgetFallen(claims, context);
    const seen = await admit();
    const planned = await plan(seen);
    const verdicts = judge(planned);
    if (strict) requireAll(verdicts);
    const result = await run(planned, verdicts, context);
    if (strict && result.done === 0) requireNone(result.failures);
    return { seen, plan: planned, result };
  });
}
