// Turns: of two clients one goes on at a time, as many points as its turn has; what the store and the state do are the points.
import type { State } from '../../src/state/state.ts';
import type { Store } from '../../src/store/store.ts';

export type Point = () => Promise<void>;

export class Turns {
  readonly #waiting: (() => void)[][] = [];
  #client = -1;
  #left = 0;

  /** What a client awaits wherever another may come in between. */
  pointOf(client: number): Point {
    const waiting: (() => void)[] = [];
    this.#waiting[client] = waiting;
    return () => {
      if (client !== this.#client || this.#left === 0) return new Promise((resolve) => waiting.push(resolve));
      this.#left--;
      return Promise.resolve();
    };
  }

  /** Turn and turn about, as many points each as `turns` says, and when they are used up each client as far as it gets. */
  async run(turns: readonly number[], clients: readonly Promise<unknown>[]): Promise<void> {
    let running = clients.length;
    const leave = () => running--;
    for (const client of clients) client.then(leave, leave);
    for (let turn = 0; running > 0; turn++) {
      if (turn > turns.length + clients.length && this.#waiting.every((waiting) => waiting.length === 0))
        throw new Error('Each waits for the other.');
      await this.#turn(turn % clients.length, turns[turn] ?? Number.POSITIVE_INFINITY);
    }
    await Promise.all(clients);
  }

  async #turn(client: number, points: number): Promise<void> {
    this.#client = client;
    this.#left = points;
    const waiting = this.#waiting[client] ?? [];
    for (; this.#left > 0 && waiting.length > 0; this.#left--) waiting.shift()?.();
    // Every promise that can go on now has gone on.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** `verbs`, with a point before each: what happens between two of them no other client can tell from what happens at the second. */
export function withPoints<Verbs extends Store | State>(verbs: Verbs, point: Point): Verbs {
  const entries = Object.entries(verbs as unknown as Record<string, Verb>);
  return Object.fromEntries(
    entries.map(([name, verb]) => [name, name === 'list' ? listing(verb, point) : pointed(verb, point)]),
  ) as unknown as Verbs;
}

type Verb = (...args: unknown[]) => unknown;

function pointed(verb: Verb, point: Point): Verb {
  return async (...args) => {
    await point();
    return verb(...args);
  };
}

function listing(list: Verb, point: Point): Verb {
  return async function* (...args) {
    await point();
    yield* list(...args) as AsyncIterable<unknown>;
  };
}
