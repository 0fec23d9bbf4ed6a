// Where a system call is made: here and now while the disk answers at once, in slices, so that nobody waits for long; else by the thread pool.

/** Makes a call in one of two ways that come to the same. */
export interface Pace {
  <T>(now: () => T, later: () => Promise<T>): Promise<T>;
  /** Makes one that needs nobody to wait: undefined where it is to be left to the thread pool, or to the next turn. Absent where it always is. */
  readonly here?: <T>(now: () => T) => T | undefined;
  /** The next turn, where `here` is only to wait for that. Others may have used it up by then. */
  readonly turn?: () => Promise<void> | undefined;
}

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
  function timed<T>(now: () => T): T {
    const asked = turns.clock();
    try {
      return now();
    } finally {
      slow = turns.clock() - asked > SLOW ? slow + 1 : 0;
      if (slow > 1) left = LEFT;
    }
  }
  const pace = async <T>(now: () => T, later: () => Promise<T>): Promise<T> => {
    if (left > 0 || !atOnce()) {
      if (left > 0) left--;
      return later();
    }
    while (turns.isOver()) await turns.next();
    return timed(now);
  };
  return Object.assign(pace, {
    here: <T>(now: () => T) => (left === 0 && atOnce() && !turns.isOver() ? timed(now) : undefined),
    turn: () => (left === 0 && atOnce() && turns.isOver() ? turns.next() : undefined),
  });
}

/** To be awaited now and then by what makes no calls and takes its time: goes on within a slice, as a call does. */
export async function turn(turns: Turns = TURNS): Promise<void> {
  while (turns.isOver()) await turns.next();
}

/** The slices of all that share an event loop. */
export interface Turns {
  /** Milliseconds since whenever. */
  readonly clock: () => number;
  /** Whether the slice of this turn of the event loop is used up; whoever asks first begins it. */
  isOver(): boolean;
  /** Resolves in the next turn, once what came in meanwhile has been taken. All go on at once, call by call, until its slice is over. */
  next(): Promise<void>;
}

export function makeTurns(clock: () => number): Turns {
  let begun: number | undefined;
  let waiting: (() => void)[] = [];
  function end(): void {
    begun = undefined;
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  }
  return {
    clock,
    isOver() {
      if (begun !== undefined) return clock() - begun > SLICE;
      begun = clock();
      setImmediate(end);
      return false;
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

const TURNS = makeTurns(() => performance.now());

/** What is to be awaited where the slice of this turn is used up. */
export const nextTurn = (): Promise<void> | undefined => (TURNS.isOver() ? TURNS.next() : undefined);
