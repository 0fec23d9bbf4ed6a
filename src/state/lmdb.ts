// State on disk, in LMDB: one folder, owned by one process, made at the first write.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { DavError } from '../protocol/error.ts';
import { stateOver } from './engine.ts';
import { commitFailed, lost, noRoom, openingFailure, unfinished } from './lmdb-errors.ts';
import { hasDatabase, isFull, isNearlyFull, reserve, tidy } from './lmdb-file.ts';
import { Reserve } from './lmdb-reserve.ts';
import { type Identity, record } from './lmdb-served.ts';
import { tablesIn } from './lmdb-tables.ts';
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
  /** A reader needs none. */
  readonly kept?: Reserve;
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
  const full = () => isFull(file, SETTINGS.pageSize);
  let opened: Opened | undefined;
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
    if (opened === undefined && !isAbsent() && (!readOnly || hasDatabase(file, SETTINGS.pageSize))) {
      opened = readOnly ? openReader(folder, file) : openLate();
      // What another process left undone is replayed by a start, before anything else is written, and not by us now.
      unsettled = !readOnly && opened !== undefined && hasRows(opened.tables.journal);
    }
    if (unsettled) throw unfinished(folder);
    return opened;
  }

  /** When others may have come in since the start. */
  function openLate(): Opened {
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
      const { environment, tables, kept } = opened as Opened;
      // LMDB would go on with a file that has no name any more, and all of it is lost when this process ends.
      if (!existsSync(file)) throw lost(file);
      if (!saving && isNearlyFull(file)) throw noRoom();
      // Not `transaction`, which keeps what was done before a throw, nor `transactionSync`, which is not awaited.
      const commit = () => environment.childTransaction(() => verb(tables)).catch((error) => commitFailed(error, full));
      const result = await (kept && saving ? kept.drawnOn(commit) : commit());
      kept?.refill();
      return result;
    },
    own() {
      if (readOnly) throw new DavError(403, 'This server is read-only.');
      if (enter() === undefined) opened = openLate();
    },
    async close() {
      if (closed) return;
      closed = true;
      await opened?.environment.close(); // after the transactions that are under way
      if (opened && !readOnly) release(places.map((place) => place.folder));
    },
  });
}

/**
 * `overlappingSync: false`: a promise resolves when data and meta page are on the disk, not only visible.
 * `eventTurnBatching: false`: else a failed commit also rejects a promise that nobody holds, which ends the process.
 * Transactions still share commits: all that are asked for while one is being written go into the next.
 * `pageSize`: the largest key is half a page, and a path may have 4,000 bytes.
 */
const SETTINGS = { pageSize: 8192, overlappingSync: false, eventTurnBatching: false, maxDbs: 4 };

/** Open or create the database and own the folders, of which state lives in the first, or throw StateInUse. */
function openOwned(places: readonly Place[], file: string, served: Identity | undefined): Opened {
  try {
    for (const place of places) checkOwner(place); // before LMDB: one process must not open a database twice
    const made = places.map(({ folder }) => folder).filter((folder) => mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined);
    const isNew = !hasDatabase(file, SETTINGS.pageSize);
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
      tidy(file);
      if (isNew) syncFolder(dirname(file));
      for (const folder of made) syncFolder(dirname(folder));
      const kept = new Reserve(`${file}-reserve`);
      kept.refill();
      return { environment, tables, kept };
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
const ROOM = 32 * SETTINGS.pageSize;

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
