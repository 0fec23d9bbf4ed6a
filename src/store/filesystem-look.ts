// What bears a name, in the numbers that a listing is made of.
import fs, { type BigIntStats } from 'node:fs';

/** Some numbers of a `BigIntStats`. */
export type Look = Pick<BigIntStats, 'dev' | 'ino' | 'mode' | 'size' | 'mtimeNs' | 'ctimeNs' | 'mtimeMs' | 'birthtimeMs'>;

const QUIET = { bigint: true, throwIfNoEntry: false } as const;

/** Now, on the event loop; undefined where it fails. */
export function lookNow(place: string | Buffer): BigIntStats | undefined {
  try {
    return fs.lstatSync(place, QUIET);
  } catch {
    return undefined;
  }
}
