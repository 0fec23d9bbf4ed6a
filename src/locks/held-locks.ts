// The live locks of each principal, in numbers: kept up to date as locks come and go, so that nobody's have to be counted again.

/** What is needed of a lock to count it. */
export interface Held {
  readonly token: string;
  readonly principal: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export class HeldLocks {
  readonly #byToken = new Map<string, Held>();
  readonly #numbers = new Map<string, number>();
  /** A heap, the first to end on top. What was released or refreshed stays in it, and is known by not being in `#byToken`. */
  #ends: Held[] = [];

  /** Count a lock, which may be a new one or one that was refreshed. */
  set(lock: Held): void {
    this.remove(lock.token);
    this.#byToken.set(lock.token, lock);
    this.#numbers.set(lock.principal, (this.#numbers.get(lock.principal) ?? 0) + 1);
    if (this.#ends.length < 2 * this.#byToken.size + SPARE) push(this.#ends, lock);
    // Sorted, an array is a heap. So seldom that it costs each lock next to nothing.
    else this.#ends = [...this.#byToken.values()].sort((a, b) => a.expires - b.expires);
  }

  remove(token: string): void {
    const lock = this.#byToken.get(token);
    if (!lock) return;
    this.#byToken.delete(token);
    const left = (this.#numbers.get(lock.principal) ?? 0) - 1;
    if (left > 0) this.#numbers.set(lock.principal, left);
    else this.#numbers.delete(lock.principal);
  }

  numberOf(principal: string, now: number): number {
    for (let first = this.#ends[0]; first && first.expires <= now; first = this.#ends[0]) {
      pop(this.#ends);
      if (this.#byToken.get(first.token) === first) this.remove(first.token);
    }
    return this.#numbers.get(principal) ?? 0;
  }
}

const SPARE = 16;

function push(heap: Held[], lock: Held): void {
  let at = heap.push(lock) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Held;
    if (parent.expires <= lock.expires) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = lock;
}

/** Take the top away. */
function pop(heap: Held[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const below = (heap[right]?.expires ?? Number.POSITIVE_INFINITY) < (heap[left]?.expires ?? Number.POSITIVE_INFINITY) ? right : left;
    const child = heap[below];
    if (!child || last.expires <= child.expires) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
