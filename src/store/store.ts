// Store: where resources live. Eight verbs on a folder-shaped tree, none optional, two for staging and space, and what is faster for many.
import type { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';

export interface Resource {
  readonly path: Path;
  readonly collection: boolean;
  /** Reached through a symbolic link: removing or renaming it concerns the link, never what it leads to (RFC 5842 §2.4). */
  readonly link: boolean;
  /** Bytes; 0 for a collection. */
  readonly size: number;
  /** Strong entity-tag with its quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Milliseconds since 1970; undefined where the store does not know. */
  readonly created: number | undefined;
  /** Whether its owner may run the file as a program; undefined for a collection. */
  readonly executable: boolean | undefined;
  /** Same device and inode, same resource, whatever the name: finds case-only renames and loops. */
  readonly identity: string;
}

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Content {
  readonly resource: Resource;
  /** All of it, where it is small and was read as it was opened. */
  readonly whole?: Uint8Array;
  /**
   * One pass over the bytes; with a range, only that part. A chunk of 64 KiB or more stays as it is only until the next one is asked for. Closes the file
   * when it ends or is given up, unless `more` is to be read.
   */
  bytes(range?: ByteRange, more?: boolean): AsyncIterable<Uint8Array>;
  /** For a reader that will not call `bytes`, or has finished. Safe to call twice. */
  close(): Promise<void>;
}

/** A collection that keeps itself and all above it from being removed. */
export interface Obstacle {
  readonly collection: Path;
  readonly error: DavError;
}

/** What of a tree could not be removed, and why; the collections that it is in are still there. */
export interface Kept {
  readonly ref: Ref;
  readonly error: DavError;
}

/** Some members of a collection, of which the files are copied, and perhaps collections with what is in them. */
export interface Copied {
  /** Those that were to be copied, and why one was not. */
  readonly files: readonly { readonly path: Path; readonly error?: DavError | undefined }[];
  /** Collections and links, perhaps of a collection that was copied: the caller's to copy. */
  readonly others: readonly Resource[];
  /** So many more files and collections were copied. */
  readonly more: number;
}

/** Some members of a collection, of which files are copied onto what is in another, or moved to it. */
export interface Brought {
  /** Those that are, and whether something was there. */
  readonly files: readonly { readonly path: Path; readonly replaced: boolean }[];
  /** All others: the caller's to bring there. */
  readonly others: readonly Resource[];
}

export interface Bringing {
  readonly from: Path;
  readonly to: Path;
  /** Tells which files are left to the caller. */
  readonly alone: (member: Path) => boolean;
}

/** Gives those of some members of a collection that are not to be removed. */
export type Staying = (members: readonly Path[]) => readonly Path[] | Promise<readonly Path[]>;

/** Is told what is removed. */
export interface Removed {
  one(ref: Ref): void;
  /** Of so many at once, where nobody needs to know which; in place of `one`. */
  readonly many?: ((count: number) => void) | undefined;
}

/** What a store may do of many at once. It comes to the same as one verb after the other: whoever has not this, does that. */
export interface Bulk {
  /** Remove what is at `path` with all that is in it, deepest first; of a link only itself. */
  removeTree(path: Path, removed: Removed): Promise<readonly Kept[]>;
  /** The same of the members of the collection at `path`, but for those that are `staying`. */
  removeMembers(path: Path, staying: Staying, removed: Removed): Promise<readonly Kept[]>;
  /**
   * `list` of `from`, with `copyFile` of each file to the collection `to`, where nothing has its name; and the same of collections in it, of so many
   * `levels` at the most, as far as nobody needs to know which.
   */
  copyMembers(from: Path, to: Path, levels: number): AsyncIterable<Copied>;
  /**
   * `list` of `from`, with `copyFile` of files to the collection that `aside` gives, once there is one to copy, and `rename` from there
   * to the collection `to`, where a file may have the name.
   */
  replaceFiles(which: Bringing & { readonly aside: () => Promise<Path> }): AsyncIterable<Brought>;
  /** `list` of `from`, with `rename` of files to the collection `to`, where nothing has their names. */
  moveFiles(which: Bringing): AsyncIterable<Brought>;
  /** Those of `names` that members of the collection at `path` have, as far as that is told at once: of the others `stat` tells. */
  present(path: Path, names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Throws as `list` would, but for what only shows at its end. */
  listable(path: Path): Promise<void>;
}

/** A file is in its place. */
export interface Put {
  /** undefined where another program has removed it since. */
  readonly made: Resource | undefined;
}

/** A listing that was begun: gives what came of it, undefined where it is to be made as any other. */
export type Begun = () => Promise<{ readonly members: AsyncIterable<Resource[]>; readonly unnamed: number } | undefined>;

export interface Space {
  /** Bytes. */
  readonly available: number;
  readonly used: number;
}

/** What can be set of a resource besides its content. What is left out stays as it is. */
export interface Attributes {
  /** When the content was last modified: milliseconds since 1970, before which they are negative. */
  readonly modified?: number;
  /** When it was last read, likewise; a store that does not keep that takes no notice. */
  readonly accessed?: number;
  /** Whether a file may be run as a program, by its owner and whoever else may read it. */
  readonly executable?: boolean;
}

/**
 * Every verb throws `DavError` and nothing else: 403 (refused by the store), 404 (not there), 409 (parent missing or
 * not a collection), 507 `sufficient-disk-space`, 500. A path that leads out of the store through a symbolic link,
 * or to something that is neither file nor collection, is not there (404 on reading, 403 on writing).
 * 503 when what is served is no longer there as a whole, a disk that was taken away: told by `stat` of the root, and at the end
 * of each `list`. Elsewhere it may look as if this one resource was gone: whoever draws conclusions from that asks for the root.
 */
export interface Store {
  /** undefined when nothing is there. */
  stat(path: Path): Promise<Resource | undefined>;
  /**
   * Members in batches, unordered, reserved names and unreachable members left out. Throws 403 when it may not be listed.
   * `unnamed` is told, at the end, how many names are not UTF-8 and so have no URL; not told when there are none.
   */
  list(path: Path, unnamed?: (count: number) => void, begun?: Begun): AsyncIterable<Resource[]>;
  /**
   * Begin the listing of a collection that was just seen and is to be listed soon, as far as nothing has to be held for it. For the same
   * request only: what is changed meanwhile may not show in it. `others`: so many are to be listed after it.
   */
  readonly beginList?: ((path: Path, others?: number) => Begun | undefined) | undefined;
  /** Open a file for reading; its `resource` is that of the opened file. */
  read(path: Path): Promise<Content>;
  /** Write a new file at `path`, which must not exist, and give what it is then. What was written is removed when it throws. */
  write(path: Path, bytes: AsyncIterable<Uint8Array>): Promise<Resource>;
  makeCollection(path: Path): Promise<void>;
  /** Copy one file's content (and mode) to `to`, which must not exist. Members of collections are the caller's to copy. */
  copyFile(from: Path, to: Path): Promise<void>;
  /**
   * The same with `bytes` in the place of what is there from `offset` on, which is at most the file's size; what they do
   * not reach stays. Nothing is at `to` when it throws.
   */
  copyPatched(from: Path, to: Path, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Remove one file, link or empty collection; with the collection goes what is never listed and holds no bytes: links that lead nowhere, pipes, sockets. */
  remove(path: Path): Promise<void>;
  /**
   * Put what is at `from` at `to` in one step, replacing a file (or an empty collection by a collection).
   * A replaced file's mode, and owner where permitted, go to the new one, which stays a program or none; a symbolic link at
   * `to` is written through. A failure because the two are on different devices is marked (`other-device`).
   */
  rename(from: Path, to: Path): Promise<void>;
  /** Whether members of this collection may be made and removed, as far as can be told beforehand. */
  writable(path: Path): Promise<boolean>;
  /**
   * The collections at and below `path` that could not be emptied and removed, as far as can be told beforehand, each with why:
   * it may not be listed or written, it is on another device, or it holds what a client can neither see nor remove (a reserved
   * name, a file whose name is not UTF-8) and what would be lost with it. Walks the tree.
   */
  obstacles(path: Path): Promise<readonly Obstacle[]>;
  /**
   * Set attributes of a file or collection; of what a symbolic link leads to. The entity-tag stays unless a time is set. Throws
   * 403 for what belongs to somebody else, 409 for a collection that is to be a program or none; then all is as it was.
   */
  setAttributes(path: Path, attributes: Attributes): Promise<void>;
  /** A fresh reserved name on the device of `near`, for bytes that are not there yet or no longer. */
  stage(near: Path): Promise<Path>;
  space(path: Path): Promise<Space | undefined>;
  /**
   * `write` to a fresh place of the staging, and `rename` from there to `path`, of a few bytes at once. undefined where that cannot be done
   * so, or fails: nothing has changed then, and whoever does one after the other is told why.
   */
  readonly put?: ((path: Path, bytes: Uint8Array) => Promise<Put | undefined>) | undefined;
  readonly bulk?: Bulk | undefined;
}
