// A look or two here and now at an entry: most of what is asked for is no link, in a collection that was seen a moment ago.
import { type BigIntStats, lstatSync } from 'node:fs';
import { placeNow } from './filesystem-hold.ts';

/**
 * In `Calls.here`: what has this `name` in the directory with the real path `collection`, or with `undefined` is at that real path; null for
 * nothing. undefined for anything that takes more: whoever looks for it in full is told what it is, or why that cannot be told.
 */
export function glance(collection: string | undefined, name: string): BigIntStats | null | undefined {
  const place = collection === undefined ? undefined : placeNow(collection);
  if (collection !== undefined && place === undefined) return undefined;
  try {
    // In the directory as it is held: a link may have come in its place since, in the same turn.
    return lstatSync(place === undefined ? name : `${place}/${name}`, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return undefined;
  }
}

/** Pipes, sockets and devices are neither opened nor waited for. */
export function isServed(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}
