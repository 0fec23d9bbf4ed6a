// Requests that came in one turn of the event loop are begun together, when all of them have been read.

/**
 * Their answers then go out one behind the other, and what is done once in a turn is done once for all of them. Answered as it is read,
 * each wakes a client that sleeps, which costs the system more than all else about a short answer.
 */
export function together(): (begin: () => void) => void {
  let waiting: (() => void)[] = [];
  const beginAll = () => {
    const all = waiting;
    waiting = [];
    for (const begin of all) begin();
  };
  return (begin) => {
    if (waiting.length === 0) setImmediate(beginAll);
    waiting.push(begin);
  };
}
