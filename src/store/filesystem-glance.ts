// A look or two here and now at an entry: most of what is asked for is no link, in a collection that was seen a moment ago.
import { type BigIntStats, lstatSync } from 'node:fs';
import { placeNow } from './filesystem-hold.ts';

/**
 * In `Calls.here`: what is at `entry`, null for nothing, in the directory with the real path `collection`, where it is in one. undefined for
 * anything that takes more: whoever looks for it in full is told what it is, or why that cannot be told.
 */
export function glance(collection: string | undefined, entry: string): BigIntStats | null | undefined {
  if (collection !== undefined && placeNow(collection) === undefined) return undefined;
  try {
    return lstatSync(entry, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return undefined;
  }
}

/** Pipes, sockets and devices are neither opened nor waited for. */
export function isServed(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}
