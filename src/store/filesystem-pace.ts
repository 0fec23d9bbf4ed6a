// Where a system call is made: here and now while the disk answers at once, in slices, so that nobody waits for long; else by the thread pool.

/** Makes a call in one of two ways that come to the same. */
export type Pace = <T>(now: () => T, later: () => Promise<T>) => Promise<T>;

/** Milliseconds for which the event loop is held, but for the call that is made last. */
const SLICE = 2;
/** Milliseconds. After two such calls, one after the other, the next ones are left to the thread pool: one may be this process waiting for its turn. */
const SLOW = 4;
const LEFT = 64;

/**
 * A call on a local disk takes some microseconds, and by the thread pool ten times that. `atOnce`: whether it may be made here
 * at all. A failed call rejects with the system's own error.
 */
export function makePace(atOnce: () => boolean, turns: Turns = TURNS): Pace {
  let left = 0;
  let slow = 0;
  return async (now, later) => {
    if (left > 0 || !atOnce()) {
      if (left > 0) left--;
      return later();
    }
    if (turns.isOver()) await turns.next();
    const asked = turns.clock();
    try {
      return now();
    } finally {
      slow = turns.clock() - asked > SLOW ? slow + 1 : 0;
      if (slow > 1) left = LEFT;
    }
  };
}

/** The slices of all that share an event loop. */
export interface Turns {
  /** Milliseconds since whenever. */
  readonly clock: () => number;
  /** Whether the slice that runs is used up. */
  isOver(): boolean;
  /** Resolves once everybody else had a turn. One at a time goes on, so that many long requests hold the loop no longer than one. */
  next(): Promise<void>;
}

export function makeTurns(clock: () => number): Turns {
  let begun = clock();
  const waiting: (() => void)[] = [];
  function wake(): void {
    begun = clock();
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(wake);
  }
  return {
    clock,
    isOver: () => clock() - begun > SLICE,
    next() {
      begun = clock(); // whoever comes meanwhile has a slice of its own, and does not wait behind this one
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(wake);
      });
    },
  };
}

const TURNS = makeTurns(() => performance.now());
