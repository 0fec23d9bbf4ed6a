// What a running plan works with, handed from step to step.
import type { PathIndex } from '../protocol/path-index.ts';
import type { Notes } from './carried-out.ts';
import type { Context } from './context.ts';
import type { Plan } from './plan.ts';
import type { Scratch } from './scratch.ts';
import type { Undo } from './undo.ts';

export interface Hands {
  readonly context: Context;
  readonly plan: Plan;
  readonly scratch: Scratch;
  /** What has state in the trees concerned. */
  readonly recorded: PathIndex;
  readonly notes: Notes | undefined;
  /** Brings back, the last first, what the renames of the plan have changed so far. */
  readonly undo: Undo;
}
