// A look or two here and now at an entry: most of what is asked for is no link, in a collection that was seen a moment ago.
import { type BigIntStats, lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { placeNow } from './filesystem-hold.ts';

/**
 * In `Calls.here`: what is at `entry`, null for nothing. It is a real path in the directory with the real path `collection`, or the folder's
 * own. undefined for anything that takes more: whoever looks for it in full is told what it is, or why that cannot be told.
 */
export function glance(collection: string | undefined, entry: string): BigIntStats | null | undefined {
  const place = collection === undefined ? '' : placeNow(collection);
  if (place === undefined) return undefined;
  try {
    // In the directory as it is held: a link may have come in its place since, in the same turn.
    const held = collection === undefined ? entry : `${place}/${basename(entry)}`;
    return lstatSync(held, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return undefined;
  }
}

/** Pipes, sockets and devices are neither opened nor waited for. */
export function isServed(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}
