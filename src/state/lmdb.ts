// State on disk, in LMDB: one folder, owned by one process, made at the first write.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { DavError } from '../protocol/error.ts';
import { stateOver } from './engine.ts';
import { Commits } from './lmdb-commits.ts';
import { openingFailure, unfinished } from './lmdb-errors.ts';
import { hasDatabase, PAGE_SIZE, reserve } from './lmdb-file.ts';
import { type Identity, record } from './lmdb-served.ts';
import { tablesIn } from './lmdb-tables.ts';
import { Tail } from './lmdb-tail.ts';
import { memoryTables } from './memory-table.ts';
import type { State } from './state.ts';
import { checkOwner, claim, isOwnedHere, type Place, release, StateInUse } from './state-owner.ts';
import { EVERYTHING, type Table, type Tables } from './table.ts';

export interface LmdbStateOptions {
  /** Read what is there, write nothing: writing verbs throw 403. */
  readonly readOnly?: boolean;
  /** Another folder that is owned along with the state: where uploads are staged, when state lives elsewhere. */
  readonly also?: string;
  /** Whether other machines reach `also`. */
  readonly shared?: boolean;
  /** The folder that it is the state of, where that is to be recorded. */
  readonly served?: Identity;
}

interface Opened {
  readonly environment: RootDatabase;
  readonly tables: Tables;
}

interface Owned extends Opened {
  readonly commits: Commits;
}

/**
 * The state in `folder`. A folder that is there is opened and claimed at once; one that is not is made (mode 0700) and
 * claimed by the first verb that has something to write, and until then everything reads as empty.
 * A read-only state claims nothing and may stand beside its owner in another process.
 * Throws StateInUse while a live process owns the folder, StateDamaged for a file that is no database. Verbs throw `DavError`:
 * 403 (read-only, or the disk is), 503 (closed, or another process has come in between), 507 (the disk took no more; nothing of
 * the transaction was stored), 500.
 */
export async function lmdbState(folder: string, options: LmdbStateOptions = {}): Promise<State> {
  const readOnly = options.readOnly ?? false;
  const places: readonly Place[] = [
    { folder, shared: false },
    ...(options.also === undefined ? [] : [{ folder: options.also, shared: options.shared ?? false }]),
  ];
  const file = join(folder, 'state.mdb');
  const empty = memoryTables();
  let opened: Opened | Owned | undefined;
  let closed = false;
  let unsettled = false;
  let absent = false;

  /** Asked once in a turn of the event loop: within it, no client can learn of what another process makes. */
  function isAbsent(): boolean {
    if (absent) return true;
    if (existsSync(file)) return false;
    absent = true;
    setImmediate(() => {
      absent = false;
    });
    return true;
  }

  function enter(): Opened | undefined {
    if (closed) throw new DavError(503, 'The server is shutting down.');
    if (opened === undefined && !isAbsent() && (!readOnly || hasDatabase(file))) {
      opened = readOnly ? openReader(folder, file) : openLate();
      // What another process left undone is replayed by a start, before anything else is written, and not by us now.
      unsettled = !readOnly && opened !== undefined && hasRows(opened.tables.journal);
    }
    if (unsettled) throw unfinished(folder);
    return opened;
  }

  /** When others may have come in since the start. */
  function openLate(): Owned {
    try {
      return openOwned(places, file, options.served);
    } catch (error) {
      throw error instanceof StateInUse
        ? new DavError(503, 'Another server writes to this folder: use that one.', { cause: error })
        : error;
    }
  }

  if (!readOnly && places.some((place) => existsSync(place.folder))) opened = openOwned(places, file, options.served);
  else enter();

  return stateOver({
    read: (verb) => verb(enter()?.tables ?? empty),
    async write(verb, saving) {
      if (readOnly) throw new DavError(403, 'This server is read-only.');
      absent = false; // who writes asks anew
      if (enter() === undefined) {
        const tried = memoryTables();
        const result = verb(tried);
        if (isEmpty(tried)) return result;
        opened = openLate();
      }
      return (opened as Owned).commits.do(verb, saving);
    },
    own() {
      if (readOnly) throw new DavError(403, 'This server is read-only.');
      if (enter() === undefined) opened = openLate();
    },
    async close() {
      if (closed) return;
      closed = true;
      if (opened && 'commits' in opened) await opened.commits.over();
      await opened?.environment.close();
      if (opened && !readOnly) release(places.map((place) => place.folder));
    },
  });
}

/**
 * `overlappingSync: false`: a promise resolves when data and meta page are on the disk, not only visible.
 * `eventTurnBatching: false`: else a failed commit also rejects a promise that nobody holds, which ends the process.
 */
const SETTINGS = { pageSize: PAGE_SIZE, overlappingSync: false, eventTurnBatching: false, maxDbs: 4 };

/** Open or create the database and own the folders, of which state lives in the first, or throw StateInUse. */
function openOwned(places: readonly Place[], file: string, served: Identity | undefined): Owned {
  try {
    for (const place of places) checkOwner(place); // before LMDB: one process must not open a database twice
    const made = places.map(({ folder }) => folder).filter((folder) => mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined);
    const isNew = !hasDatabase(file);
    reserve(file, isNew ? ROOM : 0);
    const environment = open({ path: file, ...SETTINGS });
    const claimed: string[] = [];
    try {
      // Nothing is written in this transaction: it is a mutex between processes that the kernel takes back from a dead one.
      environment.transactionSync(() => {
        for (const place of places) {
          claim(place);
          claimed.push(place.folder);
        }
        if (served) record(dirname(file), served);
      });
      const tables = tablesIn(environment);
      if (isNew) syncFolder(dirname(file));
      for (const folder of made) syncFolder(dirname(folder));
      return { environment, tables, commits: new Commits(environment, file, tables, new Tail(file, environment)) };
    } catch (error) {
      environment.close().catch(() => {}); // what came first is the one to tell
      release(claimed);
      throw error;
    }
  } catch (error) {
    throw openingFailure(error);
  }
}

/** Bytes that a new database takes, and some more. */
const ROOM = 32 * PAGE_SIZE;

function openReader(folder: string, file: string): Opened | undefined {
  try {
    if (isOwnedHere(folder)) throw new StateInUse(folder, process.pid);
    const environment = open({ path: file, ...SETTINGS, readOnly: true });
    return { environment, tables: tablesIn(environment) };
  } catch (error) {
    throw openingFailure(error);
  }
}

function isEmpty(tables: Tables): boolean {
  return !Object.values(tables).some(hasRows);
}

function hasRows(rows: Table<unknown>): boolean {
  for (const _ of rows.range(EVERYTHING)) return true;
  return false;
}

/** So that a new name survives a power cut as well. Windows cannot open a folder, and needs not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
