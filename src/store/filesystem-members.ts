// What the members of a directory are that is held: asked for in slices, by the shortest way to it.
import type { BigIntStats } from 'node:fs';
import { lookNow } from './filesystem-look.ts';
import type { Pace } from './filesystem-pace.ts';
import { type Way, wayTo } from './filesystem-way.ts';

/** Of each name what bears it; undefined where that cannot be told. */
export type LookAt = (names: readonly string[]) => Promise<(BigIntStats | undefined)[]>;

/** `place` is that of the directory as it is held, `real` its real path. */
export type Members = (place: string, real: string) => LookAt;

const TOGETHER = 64; // calls in one: far from a slice
const FEW = 16; // to ask whether the way has stayed the same is more than it spares

/** `later` asks by the thread pool. */
export function makeMembers(pace: Pace, later: (place: string) => Promise<BigIntStats>, now = Date.now): Members {
  return (place, real) => {
    const way = wayTo(place, real, now);
    return async (names) => {
      const found: (BigIntStats | undefined)[] = [];
      for (let from = 0; from < names.length; from += TOGETHER) {
        const some = names.slice(from, from + TOGETHER);
        const stats = await pace(
          () => (some.length < FEW ? lookIn(place, some) : lookBy(way, some)),
          () => Promise.all(some.map((name) => later(`${place}/${name}`).catch(() => undefined))),
        );
        for (const each of stats) found.push(each);
      }
      return found;
    };
  };
}

function lookBy(way: Way, names: readonly string[]): (BigIntStats | undefined)[] {
  const place = way.place();
  const stats = lookIn(place, names);
  return way.stayed(place) ? stats : lookIn(way.place(), names);
}

function lookIn(place: string, names: readonly string[]): (BigIntStats | undefined)[] {
  return names.map((name) => lookNow(`${place}/${name}`));
}
