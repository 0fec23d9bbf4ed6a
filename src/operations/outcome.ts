// What became of a plan: how much was done, what failed by itself, and what was not attempted because of that.
import type { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
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
  /** How many more were skipped than are named. */
  readonly unnamed: number;
  /** State changes that the content changes call for. */
  readonly changes: readonly Change[];
  /** The file that an upload has become, where that was seen as it was done. */
  readonly made?: Resource | undefined;
  /** Trees of which only a part is gone: what state still holds for the missing part must go as well. */
  readonly sweep: readonly Path[];
}

export const NOTHING: Outcome = { done: 0, failures: [], skipped: [], unnamed: 0, changes: [], sweep: [] };

export function done(count: number, ...changes: Change[]): Outcome {
  return { ...NOTHING, done: count, changes };
}

export function failed(
  side: Side,
  ref: Ref,
  error: DavError,
  { skipped, unnamed }: Pick<Outcome, 'skipped' | 'unnamed'> = NOTHING,
): Outcome {
  return { ...NOTHING, failures: [{ side, ref, error }], skipped, unnamed };
}

/** An outcome that grows while a tree is walked: its size is that of what went wrong, not of what was done. */
export class Tally implements Outcome {
  done = 0;
  unnamed = 0;
  made: Resource | undefined;
  readonly failures: Failure[] = [];
  readonly skipped: Skipped[] = [];
  readonly changes: Change[] = [];
  readonly sweep: Path[] = [];

  /** Not by spreading the lists into one call: a very long one is more than a call can take. */
  add(outcome: Outcome): this {
    this.done += outcome.done;
    this.unnamed += outcome.unnamed;
    this.made = outcome.made ?? this.made;
    for (const failure of outcome.failures) this.failures.push(failure);
    for (const skipped of outcome.skipped) this.skipped.push(skipped);
    for (const change of outcome.changes) this.changes.push(change);
    for (const path of outcome.sweep) this.sweep.push(path);
    return this;
  }
}

export function together(outcomes: Iterable<Outcome>): Outcome {
  const tally = new Tally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally;
}
