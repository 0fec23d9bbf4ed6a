// Choices that a seed decides: the same seed makes the same ones again.

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T | undefined;
}

/** mulberry32; `salt` gives each of those who share a seed a sequence of their own. */
export function randomOf(seed: number, salt: number): Random {
  let state = (seed ^ Math.imul(salt + 1, 0x9e3779b1)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return { int, chance: (percent) => int(100) < percent, pick: (from) => from[int(from.length)] };
}
