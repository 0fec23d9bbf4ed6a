// Gate: writers whose paths overlap go one after the other; readers never wait, and an upload waits only for its rename.
import { isWithin, type Path } from '../protocol/path.ts';

interface Claim {
  readonly paths: readonly Path[];
  readonly over: Promise<void>;
}

export class Gate {
  /** Held and waiting claims, oldest first: a claim waits for every earlier one it overlaps, so none starves or deadlocks. */
  readonly #claims = new Set<Claim>();

  /** Run `work` while nobody else holds one of `paths`, an ancestor of one or a member below one. */
  async hold<T>(paths: readonly Path[], work: () => Promise<T>): Promise<T> {
    const earlier: Promise<void>[] = [];
    for (const claim of this.#claims) if (overlap(claim.paths, paths)) earlier.push(claim.over);
    let release = () => {};
    const claim: Claim = { paths, over: new Promise((resolve) => (release = resolve)) };
    this.#claims.add(claim);
    try {
      if (earlier.length > 0) await Promise.all(earlier);
      return await work();
    } finally {
      this.#claims.delete(claim);
      release();
    }
  }
}

/** Whether one of the trees at `left` is, holds or is in one of those at `right`. */
export function overlap(left: readonly Path[], right: readonly Path[]): boolean {
  return left.some((a) => right.some((b) => isWithin(a, b) || isWithin(b, a)));
}
