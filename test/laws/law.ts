// Law: a sentence that holds of every request, and the plays of one scene it is asked of.
import { isWithin, type Path } from '../../src/protocol/path.ts';
import type { Play } from './play.ts';
import { type MethodName, pathOf } from './scene.ts';
import type { Stepwise } from './stepwise.ts';

/** One scene, played in several ways, each on a world of its own. */
export interface Plays {
  /** As it is drawn. */
  readonly main: Play;
  /** The same with `Prefer: return=minimal`. */
  readonly minimal: Play;
  /** With `Prefer: handling=strict`, where the method obeys it. */
  readonly strict: Play | undefined;
  /** Without faults. */
  readonly sound: Play;
  /** Without faults, step by step; undefined where the request is not let in. */
  readonly stepwise: Stepwise | undefined;
  /** Without faults and without locks. */
  readonly free: Play;
}

export interface Broken {
  readonly why: string;
  /** In which it shows. */
  readonly play: Play;
}

export interface Law {
  readonly name: string;
  readonly sentence: string;
  /** What breaks it; undefined where it holds. */
  readonly broken: (plays: Plays) => Broken | undefined;
}

/** The methods that obey `Prefer: handling=strict`. */
export const STRICT: readonly MethodName[] = ['DELETE', 'COPY', 'MOVE'];

/** What holds of each play by itself. */
export function everyPlay(broken: (play: Play) => string | undefined): Law['broken'] {
  return ({ main, minimal, strict, sound, free }) => brokenIn([main, minimal, ...(strict ? [strict] : []), sound, free], broken);
}

/** What holds of each play that is answered in full. */
export function everyFull(broken: (play: Play) => string | undefined): Law['broken'] {
  return ({ main, strict, sound, free }) => brokenIn([main, ...(strict ? [strict] : []), sound, free], broken);
}

/** What holds of one of the plays, beside the others. */
export function onePlay(
  name: 'minimal' | 'strict' | 'sound' | 'free',
  broken: (play: Play, plays: Plays) => string | undefined,
): Law['broken'] {
  return (plays) => {
    const play = plays[name];
    return play && brokenIn([play], () => broken(play, plays));
  };
}

function brokenIn(plays: readonly Play[], broken: (play: Play) => string | undefined): Broken | undefined {
  for (const play of plays) {
    const why = broken(play);
    if (why !== undefined) return { why, play };
  }
  return undefined;
}

export function targetOf({ scene }: Play): Path {
  return pathOf(scene.asked.target);
}

export function destinationOf({ scene }: Play): Path | undefined {
  const { destination } = scene.asked.headers;
  return destination === undefined ? undefined : pathOf(destination);
}

export function isSuccess({ status }: Play): boolean {
  return status >= 200 && status < 300 && status !== 207;
}

/** Whether another program has removed what is at `path`, or what it is in, while the request ran. */
export function vanished({ hits }: Play, path: Path): boolean {
  return hits.some((hit) => hit.status === 404 && isWithin(path, hit.path));
}

export function isWithinAny(path: Path, roots: readonly (Path | undefined)[]): boolean {
  return roots.some((root) => root !== undefined && isWithin(path, root));
}

/** The first that breaks something, said in words. */
export function firstOf<T>(all: Iterable<T>, broken: (one: T) => string | undefined | false): string | undefined {
  for (const one of all) {
    const why = broken(one);
    if (why) return why;
  }
  return undefined;
}
