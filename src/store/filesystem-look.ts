// What bears a name, in the numbers that a listing is made of.
import fs, { type BigIntStats } from 'node:fs';
import type { Stamp } from './etag.ts';

/** Some of what a `BigIntStats` says, in numbers that are soon used. */
export interface Look {
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly identity: string;
  /** The numbers that its entity-tag is made of, or the same as they are hashed for it: big numbers are hardly ever asked for, and each would be made anew. */
  readonly numbers: Stamp | Uint8Array;
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
