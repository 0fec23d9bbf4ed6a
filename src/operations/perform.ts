// Perform: the one door for writes. Under the gate a request is admitted, planned, judged and run; nothing else changes the tree.
import type { Path } from '../protocol/path.ts';
import { forgetFallen } from './admission.ts';
import type { Context, Looking } from './context.ts';
import { goesOn } from './goes-on.ts';
import type { Handling } from './handling.ts';
import { judge } from './judge.ts';
import { lookedAtOnce } from './looked-at-once.ts';
import type { Plan } from './plan.ts';
import { type Result, run } from './run.ts';
import { requireAll, requireNone } from './strict.ts';

export interface Write<Seen> {
  /** What the write may change: no other write touches these, their ancestors or members meanwhile. */
  readonly claims: readonly Path[];
  /** What its conditions speak of besides, and so must stay as it is meanwhile. */
  readonly tagged?: readonly Path[];
  /** Look and check; throws DavError for what stops the request before anything is changed. `looking` has seen what was looked at before. */
  readonly admit: (looking: Looking) => Promise<Seen>;
  readonly plan: (seen: Seen) => Plan | Promise<Plan>;
  /** Of a request on many resources. A strict one has a plan that is carried out whole or not at all; its refusal is thrown. */
  readonly handling?: Handling;
}

export interface Performed<Seen> {
  readonly seen: Seen;
  readonly plan: Plan;
  readonly result: Result;
}

export function perform<Seen>(context: Context, { claims, tagged = [], admit, plan, handling }: Write<Seen>): Promise<Performed<Seen>> {
  return context.gate.hold([...claims, ...tagged], async () => {
    const looking = lookedAtOnce(context);
    const unforgotten: unknown = await forgetFallen(claims, looking).catch((error) => error);
    const seen = await admit(looking);
    const planned = await plan(seen);
    if (unforgotten !== undefined && !goesOn(planned, unforgotten)) throw unforgotten;
    const verdicts = judge(planned);
    if (handling?.strict) requireAll(verdicts);
    const result = await run(planned, verdicts, context, handling?.rows === 'each');
    if (handling?.strict) requireNone(result.failures);
    return { seen, plan: planned, result };
  });
}
