// What the renames of a write have changed so far, and how each of them goes back.

export class Undo {
  readonly #steps: (() => Promise<void>)[] = [];
  /** Something was done that cannot be undone. */
  oneWay = false;

  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** The last first: at any moment what is there is what a replay of the journal takes for undone, or for finished. */
  async all(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step();
  }
}
