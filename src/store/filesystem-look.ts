// What bears a name: the numbers of it that listings need, asked for here or in a thread beside.
import fs, { type BigIntStats } from 'node:fs';

const QUIET = { bigint: true, throwIfNoEntry: false } as const;

/** Now, on the event loop; undefined where it fails. */
export function lookNow(place: string | Buffer): BigIntStats | undefined {
  try {
    return fs.lstatSync(place, QUIET);
  } catch {
    return undefined;
  }
}
