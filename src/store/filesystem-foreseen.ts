// How much a directory holds, as its numbers tell before it is read: a hint, by which a thread begins when it is worth it, and not when half is done.
import type { BigIntStats } from 'node:fs';

const ENTRY = 32; // bytes of a directory for each name: 20 on tmpfs, some more on others
const FILES = 20; // of a collection, as a rule

/** About so many names are in it. Some file systems do not tell. */
export function namesForeseen({ size }: BigIntStats): number {
  return Math.floor(Number(size) / ENTRY);
}

/** About so many files are in it, and in the collections in it: each of those links to it, and itself does so twice. */
export function filesForeseen(stats: BigIntStats): number {
  return namesForeseen(stats) + FILES * Math.max(0, Number(stats.nlink) - 2);
}
