// Gate: writers whose paths overlap go one after the other; readers never wait, and an upload waits only for its rename.
import { isWithin, type Path } from '../protocol/path.ts';

interface Claim {
  readonly paths: readonly Path[];
  /** Those of the same key overlap the same. */
  readonly key: string;
  readonly over: Promise<void>;
  older?: Claim | undefined;
  newer?: Claim | undefined;
}

export class Gate {
  /** Of the held and waiting claims: a claim waits for every earlier one it overlaps, so none starves or deadlocks. */
  #newest: Claim | undefined;

  /** Run `work` while nobody else holds one of `paths`, an ancestor of one or a member below one. */
  async hold<T>(paths: readonly Path[], work: () => Promise<T>): Promise<T> {
    const key = paths.join('\0');
    const earlier = this.#newest && this.#overlapping(paths);
    let release = () => {};
    const claim: Claim = { paths, key, over: new Promise((resolve) => (release = resolve)), older: this.#newest };
    if (this.#newest) this.#newest.newer = claim;
    this.#newest = claim;
    try {
      for (const over of earlier?.values() ?? []) await over;
      return await work();
    } finally {
      this.#remove(claim);
      release();
    }
  }

  /**
   * Of each key the newest claim, which waits for those before it; nothing from before one that holds all of `paths`, as what overlaps
   * them overlaps it. So thousands that wait for one path do not each keep a list of all others, nor look at all of them.
   */
  #overlapping(paths: readonly Path[]): Map<string, Promise<void>> {
    const found = new Map<string, Promise<void>>();
    for (let claim = this.#newest; claim; claim = claim.older) {
      if (found.has(claim.key) || !overlap(claim.paths, paths)) continue;
      found.set(claim.key, claim.over);
      const held = claim.paths;
      if (paths.every((path) => held.some((root) => isWithin(path, root)))) break;
    }
    return found;
  }

  #remove({ older, newer }: Claim): void {
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
  }
}

/** Whether one of the trees at `left` is, holds or is in one of those at `right`. */
export function overlap(left: readonly Path[], right: readonly Path[]): boolean {
  return left.some((a) => right.some((b) => isWithin(a, b) || isWithin(b, a)));
}
