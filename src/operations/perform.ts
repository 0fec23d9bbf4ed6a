// Perform: the one door for writes. Under the gate a request is admitted, planned, judged and run; nothing else changes the tree.
import type { Path } from '../protocol/path.ts';
import { forgetFallen } from './admission.ts';
import type { Context } from './context.ts';
import { judge } from './judge.ts';
import type { Plan } from './plan.ts';
import { type Result, run } from './run.ts';

export interface Write<Seen> {
  /** What the write may change: no other write touches these, their ancestors or members meanwhile. */
  readonly claims: readonly Path[];
  /** Look and check; throws DavError for what stops the request before anything is changed. */
  readonly admit: () => Promise<Seen>;
  readonly plan: (seen: Seen) => Plan | Promise<Plan>;
}

export interface Performed<Seen> {
  readonly seen: Seen;
  readonly plan: Plan;
  readonly result: Result;
}

export function perform<Seen>(context: Context, { claims, admit, plan }: Write<Seen>): Promise<Performed<Seen>> {
  return context.gate.hold(claims, async () => {
    await forgetFallen(claims, context);
    const seen = await admit();
    const planned = await plan(seen);
    return { seen, plan: planned, result: await run(planned, judge(planned), context) };
  });
}
