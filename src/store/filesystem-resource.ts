// What a stat says, as a Resource.
import type { BigIntStats } from 'node:fs';
import type { Path } from '../protocol/path.ts';
import { type Etags, identityOf } from './etag.ts';
import type { Resource } from './store.ts';

/** The resource at `path` with the numbers of what it leads to. */
export function resourceOf(path: Path, link: boolean, stats: BigIntStats, etags: Etags): Resource {
  const collection = stats.isDirectory();
  return {
    path,
    collection,
    link,
    size: collection ? 0 : Number(stats.size),
    etag: etags.tag(stats),
    modified: millisecondOf(stats.mtimeNs),
    created: stats.birthtimeMs > 0n ? Number(stats.birthtimeMs) : undefined, // 0 where the file system keeps none
    identity: identityOf(stats),
  };
}

/** The millisecond a time in nanoseconds is in. Before 1970 too, where a division of bigints would round up. */
export function millisecondOf(ns: bigint): number {
  return Number((ns < 0n ? ns - 999_999n : ns) / 1_000_000n);
}
