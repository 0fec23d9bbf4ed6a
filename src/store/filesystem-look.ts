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
  readonly stamp: Stamp;
  /** The numbers of its stamp as they are hashed for an entity-tag, where they are at hand. */
  readonly hashed?: Uint8Array;
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
