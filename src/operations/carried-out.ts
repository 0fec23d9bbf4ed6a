// Which steps were carried out, kept only for who asks for a row for each of them (`Prefer: return=representation`).
import type { Path, Ref } from '../protocol/path.ts';
import type { Side } from './plan.ts';

/** One resource that was handled, and the 2xx status of it. */
export interface CarriedOut {
  readonly side: Side;
  readonly ref: Ref;
  readonly status: 201 | 204;
}

const LIMIT = 10_000; // rows; some two megabytes of answer

/** The first ten thousand are kept, the others counted. */
export class Notes {
  readonly kept: CarriedOut[] = [];
  more = 0;

  note(side: Side, ref: Ref, status: 201 | 204): void {
    if (this.kept.length < LIMIT) this.kept.push({ side, ref, status });
    else this.more++;
  }

  /** What was built aside counts from when it is in place; `replaced` is where something was before. */
  add({ kept, more }: Notes, replaced?: Path): void {
    for (const { side, ref, status } of kept) this.note(side, ref, ref.path === replaced ? 204 : status);
    this.more += more;
  }
}
