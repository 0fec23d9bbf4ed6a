// What the members of a directory are that is held: asked for in slices, by the shortest way to it.
import fs, { type BigIntStats } from 'node:fs';
import { type Look, lookOf } from './filesystem-look.ts';
import { type Listed, LOOK_THREAD, type LookThread } from './filesystem-look-thread.ts';
import { lookingAt, looksIn } from './filesystem-looks.ts';
import type { Pace } from './filesystem-pace.ts';
import { isPlain } from './filesystem-resource.ts';
import { type Way, wayTo } from './filesystem-way.ts';

/** Of each name what bears it; undefined where that cannot be told. */
export type LookAt = (names: readonly string[]) => Promise<(Look | undefined)[]>;

/** `place` is that of the directory as it is held, `real` its real path. `foreseen`: so many names it may have in all. */
export type Members = (place: string, real: string, foreseen?: number) => LookAt;

const TOGETHER = 64; // calls in one: far from a slice
const MANY = 200; // near to all of a batch: more are to come, and the thread looks at these while those before are written
const FEW = 16; // to ask whether the way has stayed the same is more than it spares

/** `later` asks by the thread pool. */
export function makeMembers(pace: Pace, later: (place: string) => Promise<BigIntStats>, now = Date.now, thread = LOOK_THREAD): Members {
  return (place, real, foreseen) => {
    const way = wayTo(place, real, now);
    return async (names) => {
      const looks = names.length < MANY ? undefined : await lookBeside(pace, thread, way, names, foreseen);
      if (looks) return looks;
      const found: (Look | undefined)[] = [];
      for (let from = 0; from < names.length; from += TOGETHER) {
        const some = names.slice(from, from + TOGETHER);
        const looks = await pace(
          () => (some.length < FEW ? lookIn(place, some) : lookBy(way, some)),
          () => Promise.all(some.map((name) => later(`${place}/${name}`).then(lookOf, () => undefined))),
        );
        for (const look of looks) found.push(look);
      }
      return found;
    };
  };
}

/** Lets the thread list the directory with the real path `real`, if it can and it is a small one without links; `others` are to be listed after it. */
export type Ahead = (real: string, others?: number) => Promise<Listed | undefined>;

export function makeAhead(pace: Pace, thread = LOOK_THREAD): Ahead {
  return async (real, others) => {
    const asked = await pace(
      () => ({ listed: thread.list(real, others) }),
      async () => undefined,
    );
    const listed = await asked?.listed;
    return listed?.looks.every((look) => look === undefined || isPlain(look)) ? listed : undefined;
  };
}

/** undefined where there is no thread for it, or another way has to be taken. */
async function lookBeside(
  pace: Pace,
  thread: LookThread,
  way: Way,
  names: readonly string[],
  foreseen: number | undefined,
): Promise<(Look | undefined)[] | undefined> {
  const ask = () => {
    const place = way.place();
    return { place, looks: thread.look(place, names, foreseen) };
  };
  const asked = await pace(ask, async () => undefined);
  const looks = await asked?.looks;
  return asked && looks && way.stayed(asked.place) ? looks : undefined;
}

function lookBy(way: Way, names: readonly string[]): (Look | undefined)[] {
  const place = way.place();
  const looks = lookIn(place, names);
  return way.stayed(place) ? looks : lookIn(way.place(), names);
}

const looksAt = lookingAt(fs.lstatSync);

/** As the thread tells of them: what is made of them is then compiled once. */
function lookIn(place: string, names: readonly string[]): (Look | undefined)[] {
  return looksIn(looksAt(place, names));
}
