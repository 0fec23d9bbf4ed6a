// What a stat says, as a Resource.
import type { BigIntStats } from 'node:fs';
import type { Path } from '../protocol/path.ts';
import { type Etags, stampOf } from './etag.ts';
import { type Look, lookOf } from './filesystem-look.ts';
import type { Resource } from './store.ts';

const TYPE = 0o170000;
const DIRECTORY = 0o040000;
const FILE = 0o100000;
const PERMISSIONS = 0o777n; // no set-id bits: they were given for other content, or when the file was no program
const MAY_READ = 0o444n;
const MAY_RUN = 0o111n;
const OWNER_MAY_RUN = 0o100;

/** Whether a file of this mode is a program: its owner may run it. */
export function isExecutable(mode: bigint): boolean {
  return (Number(mode) & OWNER_MAY_RUN) !== 0;
}

/** As `chmod +x` and `chmod -x` change the mode: whoever may read the file may run it, or nobody may. */
export function withExecutable(mode: bigint, executable: boolean): bigint {
  return PERMISSIONS & (executable ? mode | ((mode & MAY_READ) >> 2n) | BigInt(OWNER_MAY_RUN) : mode & ~MAY_RUN);
}

/** Whether it is a file or a collection, and no link: nothing else needs to be asked about it. */
export function isPlain({ mode }: Look): boolean {
  const type = mode & TYPE;
  return type === FILE || type === DIRECTORY;
}

/** The resource at `path` with the numbers of what it leads to. */
export function resourceOf(path: Path, link: boolean, stats: BigIntStats, etags: Etags): Resource {
  return resourceBy(path, link, lookOf(stats), etags);
}

/** The same by a look at it. */
export function resourceBy(path: Path, link: boolean, look: Look, etags: Etags): Resource {
  const { mode, mtimeMs, birthtimeMs, identity, numbers } = look;
  const collection = (mode & TYPE) === DIRECTORY;
  return {
    path,
    collection,
    link,
    size: collection ? 0 : look.size,
    etag: tagOf(look, etags),
    modified: mtimeMs > 0 ? mtimeMs : millisecondOf(stampOf(numbers).mtimeNs),
    created: birthtimeMs > 0 ? birthtimeMs : undefined, // 0 where the file system keeps none
    executable: collection ? undefined : (mode & OWNER_MAY_RUN) !== 0,
    identity,
  };
}

function tagOf({ numbers, identity, ctimeMs }: Look, etags: Etags): string {
  const tag = numbers instanceof Uint8Array ? etags.tagBy(numbers, identity, ctimeMs) : undefined;
  return tag ?? etags.tag(stampOf(numbers), identity);
}

/** The millisecond a time in nanoseconds is in. Before 1970 too, where a division of bigints would round up. */
export function millisecondOf(ns: bigint): number {
  return Number((ns < 0n ? ns - 999_999n : ns) / 1_000_000n);
}
