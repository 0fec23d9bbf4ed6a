// Requests that came in one turn of the event loop are begun together, when all of them have been read.

/**
 * Their answers then go out one behind the other, and what is done once in a turn is done once for all of them. Answered as it is read,
 * each wakes a client that sleeps, which costs the system more than all else about a short answer. Where the slice of the turn is used
 * up they are begun in the `next` one with all that goes on then, and not behind that.
 */
export function together(next: () => Promise<void> | undefined): (begin: () => void) => void {
  let waiting: (() => void)[] = [];
  const beginAll = () => {
    const all = waiting;
    waiting = [];
    for (const begin of all) begin();
  };
  return (begin) => {
    const turn = next();
    if (turn) {
      void turn.then(begin);
      return;
    }
    if (waiting.length === 0) setImmediate(beginAll);
    waiting.push(begin);
  };
}
