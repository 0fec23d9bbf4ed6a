// What became of a plan: how much was done, what failed by itself, and what was not attempted because of that.
import type { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import type { Side } from './plan.ts';

/** A culprit: a resource that failed for a reason of its own. */
export interface Failure {
  readonly side: Side;
  readonly ref: Ref;
  readonly error: DavError;
}

/** A resource whose step was never attempted, because the collection it is in, or goes to, failed. */
export interface Skipped {
  readonly side: Side;
  readonly ref: Ref;
}

/** What one step, or a whole plan, came to. */
export interface Outcome {
  /** Resources handled. */
  readonly done: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly Skipped[];
  /** State changes that the content changes call for. */
  readonly changes: readonly Change[];
  /** Trees of which only a part is gone: what state still holds for the missing part must go as well. */
  readonly sweep: readonly Path[];
}

export const NOTHING: Outcome = { done: 0, failures: [], skipped: [], changes: [], sweep: [] };

export function done(count: number, ...changes: Change[]): Outcome {
  return { ...NOTHING, done: count, changes };
}

export function failed(side: Side, ref: Ref, error: DavError, skipped: readonly Skipped[] = []): Outcome {
  return { ...NOTHING, failures: [{ side, ref, error }], skipped };
}

export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    done: outcomes.reduce((sum, outcome) => sum + outcome.done, 0),
    failures: outcomes.flatMap((outcome) => outcome.failures),
    skipped: outcomes.flatMap((outcome) => outcome.skipped),
    changes: outcomes.flatMap((outcome) => outcome.changes),
    sweep: outcomes.flatMap((outcome) => outcome.sweep),
  };
}
