// What bears a name, in the numbers that a listing is made of.
import fs, { type BigIntStats } from 'node:fs';
import { identityOf } from './etag.ts';

/** Some of what a `BigIntStats` says, in numbers that are soon used. */
export interface Look {
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly identity: string;
  /** The stat, or the numbers of it that an entity-tag is made of, as they are hashed: those are hardly ever asked for one by one. */
  readonly numbers: BigIntStats | Uint8Array;
}

export function lookOf(stats: BigIntStats): Look {
  return {
    // One conversion, where the question to `stats` is some in big numbers.
    mode: Number(stats.mode),
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeMs),
    ctimeMs: Number(stats.ctimeMs),
    birthtimeMs: Number(stats.birthtimeMs),
    identity: identityOf(stats),
    numbers: stats,
  };
}

const QUIET = { bigint: true, throwIfNoEntry: false } as const;

/** Now, on the event loop; undefined where it fails. */
export function lookNow(place: string | Buffer): BigIntStats | undefined {
  try {
    return fs.lstatSync(place, QUIET);
  } catch {
    return undefined;
  }
}
