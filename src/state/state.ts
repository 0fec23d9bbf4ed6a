// State: where locks, dead properties and the journal live. Async, each verb atomic and durable when it resolves.
import type { Path } from '../protocol/path.ts';

/** A lock as RFC 4918 §6 describes it; `root` is the URL path it was taken through. */
export interface Lock {
  /** `urn:uuid:...` */
  readonly token: string;
  readonly root: Path;
  /** Whether the lock root is a collection: its href ends in `/`. */
  readonly collection: boolean;
  readonly scope: 'exclusive' | 'shared';
  readonly depth: 0 | 'infinity';
  /** The `owner` element as self-contained XML, if the client sent one. */
  readonly owner: string | undefined;
  /** Who took it; '' is the one anonymous principal. */
  readonly principal: string;
  /** Milliseconds since 1970. An expired lock is never returned by any verb. */
  readonly expires: number;
}

export interface DeadProperty {
  readonly namespace: string;
  readonly name: string;
  /** The whole property element, namespaces and `xml:lang` declared on it, ready to be written anywhere. */
  readonly xml: string;
}

export interface PropertyName {
  readonly namespace: string;
  readonly name: string;
}

/** What PROPFIND needs for a collection and its members at once. Paths without an entry have none. */
export interface Membership {
  /** By lock root; only roots that are the collection itself or its members. */
  readonly locks: ReadonlyMap<Path, readonly Lock[]>;
  readonly properties: ReadonlyMap<Path, readonly DeadProperty[]>;
}

/**
 * What one request changes besides content. Applied in order, in one transaction.
 * `except` lists paths that, with everything below them, a change leaves alone (steps that were not carried out):
 * paths of the changed tree for `drop` and `move`'s source; destination paths for `copy`.
 */
export type Change =
  /** Set and remove dead properties of one resource. */
  | { readonly do: 'set'; readonly path: Path; readonly properties: readonly DeadProperty[] }
  | { readonly do: 'unset'; readonly path: Path; readonly names: readonly PropertyName[] }
  /** The resource and all below it are gone: their properties and locks go too. */
  | {
      readonly do: 'drop';
      readonly path: Path;
      readonly except?: readonly Path[];
      /** Something of the same type takes its place: locks rooted at `path` itself stay. */
      readonly keepRootLocks?: boolean;
    }
  /** The tree at `from` is now at `to`: its properties go along and replace those at `to` and below; locks rooted in `from` are destroyed (RFC 4918 §7.6). */
  | { readonly do: 'move'; readonly from: Path; readonly to: Path; readonly except?: readonly Path[] }
  /** The resource (tree with `below`) at `from` was copied to `to`: properties at `to` become equal; no lock changes (RFC 4918 §9.8.2, §7.6). */
  | { readonly do: 'copy'; readonly from: Path; readonly to: Path; readonly below: boolean; readonly except?: readonly Path[] };

/** One rename that a request is about to do. */
export interface JournalRename {
  readonly from: Path;
  readonly to: Path;
}

/**
 * What a request is about to do, written before it touches the tree, deleted by the commit of its state changes.
 * A replay finishes it if the last rename was done and undoes it otherwise (but see `apart`), then removes what is left in `staged`.
 */
export interface JournalRecord {
  readonly id: string;
  readonly renames: readonly JournalRename[];
  /** Each rename stands alone: none is undone, and the state of what was moved follows it. */
  readonly apart?: boolean;
  readonly changes: readonly Change[];
  /** Staging places that may hold something. */
  readonly staged: readonly Path[];
  /** Members are removed, copied or moved one by one: after a crash, state is dropped wherever its resource is gone. */
  readonly sweep: readonly Path[];
}

export interface State {
  /** Locks rooted at `path`, and infinite-depth locks rooted at an ancestor: all that apply to `path`. */
  locksOn(path: Path, now: number): Promise<Lock[]>;
  /** Locks rooted strictly below `path`. Cost is that of the locks found, not of the members there. */
  locksBelow(path: Path, now: number): Promise<Lock[]>;
  lockByToken(token: string, now: number): Promise<Lock | undefined>;
  /**
   * Add a lock unless `conflicts` says so for a lock that applies to its root or, for an infinite one, is rooted below it.
   * Returns the conflicting locks; empty when it was granted. `now` in milliseconds.
   */
  addLock(lock: Lock, conflicts: (existing: Lock) => boolean, now: number): Promise<Lock[]>;
  /** The lock with its new expiry, or undefined when it is unknown or expired. */
  refreshLock(token: string, expires: number, now: number): Promise<Lock | undefined>;
  /** Whether it was there. */
  removeLock(token: string): Promise<boolean>;
  properties(path: Path): Promise<DeadProperty[]>;
  /** Of many it is not one moment's: what comes or goes meanwhile may be in it or not. */
  membership(path: Path, now: number): Promise<Membership>;
  /** The paths at and below `path` that have dead properties or are lock roots, `limit` at most. */
  recorded(path: Path, limit?: number): Promise<Path[]>;
  /** Own the place where state lives, before anything else of the server's is made in the folder. Throws StateInUse. */
  own(): Promise<void>;
  /** Write a journal record; durable when it resolves. */
  begin(record: JournalRecord): Promise<void>;
  /** Apply `changes` and delete the journal record `finishes`, all in one transaction. */
  commit(changes: readonly Change[], finishes?: string): Promise<void>;
  /**
   * The same for a write whose content is as `changes` say, and stays so: done, or, with none, undone. Throws where nothing can be
   * stored, and then the next transaction does it first: a later replay would take what others have done since for this write's.
   */
  settle(changes: readonly Change[], finishes: string): Promise<void>;
  /** Journal records that a crash left behind, oldest first. */
  unfinished(): Promise<JournalRecord[]>;
  close(): Promise<void>;
}
