// What a stat says, as a Resource.
import type { Path } from '../protocol/path.ts';
import { type Etags, identityOf } from './etag.ts';
import type { Look } from './filesystem-look.ts';
import type { Resource } from './store.ts';

const TYPE = 0o170000;
const DIRECTORY = 0o040000;
const FILE = 0o100000;
const PERMISSIONS = 0o777n; // no set-id bits: they were given for other content, or when the file was no program
const MAY_READ = 0o444n;
const MAY_RUN = 0o111n;
const OWNER_MAY_RUN = 0o100n;

/** Whether a file of this mode is a program: its owner may run it. */
export function isExecutable(mode: bigint): boolean {
  return (mode & OWNER_MAY_RUN) !== 0n;
}

/** As `chmod +x` and `chmod -x` change the mode: whoever may read the file may run it, or nobody may. */
export function withExecutable(mode: bigint, executable: boolean): bigint {
  return PERMISSIONS & (executable ? mode | ((mode & MAY_READ) >> 2n) | OWNER_MAY_RUN : mode & ~MAY_RUN);
}

/** Whether it is a file or a collection, and no link: nothing else needs to be asked about it. */
export function isPlain({ mode }: Look): boolean {
  const type = Number(mode) & TYPE;
  return type === FILE || type === DIRECTORY;
}

/** The resource at `path` with the numbers of what it leads to. */
export function resourceOf(path: Path, link: boolean, stats: Look, etags: Etags): Resource {
  // One conversion, where the question to `stats` is some in big numbers.
  const collection = (Number(stats.mode) & TYPE) === DIRECTORY;
  const created = Number(stats.birthtimeMs);
  const identity = identityOf(stats);
  return {
    path,
    collection,
    link,
    size: collection ? 0 : Number(stats.size),
    etag: etags.tag(stats, identity),
    modified: stats.mtimeNs < 0n ? millisecondOf(stats.mtimeNs) : Number(stats.mtimeMs),
    created: created > 0 ? created : undefined, // 0 where the file system keeps none
    executable: collection ? undefined : isExecutable(stats.mode),
    identity,
  };
}

/** The millisecond a time in nanoseconds is in. Before 1970 too, where a division of bigints would round up. */
export function millisecondOf(ns: bigint): number {
  return Number((ns < 0n ? ns - 999_999n : ns) / 1_000_000n);
}
