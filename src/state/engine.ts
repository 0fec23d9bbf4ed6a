// Every state verb, over an engine that runs functions on tables: all implementations mean the same by construction.

import type { Path } from '../protocol/path.ts';
import { applyChange } from './change-rows.ts';
import { addLock, lockByToken, locksBelow, locksOn, refreshLock, removeLock } from './lock-rows.ts';
import { membershipOf } from './membership.ts';
import type { Change, State } from './state.ts';
import { below, EVERYTHING, type Tables } from './table.ts';

export interface Engine {
  /** Run `verb` on one consistent view. */
  read<T>(verb: (tables: Tables) => T): T;
  /**
   * Run `verb` in one transaction: durable when it resolves, undone when `verb` throws. `verb` may run several times. One that is
   * `saving` leaves no more rows than it finds, or ends what has begun: for it there is room where there is none for others.
   */
  write<T>(verb: (tables: Tables) => T, saving: boolean): Promise<T>;
  own(): void;
  close(): Promise<void>;
}

/** What is so on the disk already, and has only to be stored. */
interface Unsettled {
  readonly changes: readonly Change[];
  readonly finishes: string;
}

export function stateOver(engine: Engine): State {
  let position: number | undefined;
  const unsettled = new Set<Unsettled>();

  /** One process owns the state, so counting here is enough once the rows of an earlier one are known. */
  function nextPosition(tables: Tables): number {
    position ??= Math.max(0, ...journalOf(tables).map((entry) => entry.position));
    return ++position;
  }

  async function write<T>(verb: (tables: Tables) => T, saving = true): Promise<T> {
    const settling = [...unsettled];
    const result = await engine.write((tables) => {
      // Two transactions that are asked for at once find the same here; changes that were applied twice would let properties go.
      for (const { changes, finishes } of settling) if (tables.journal.get(finishes)) apply(tables, changes, finishes);
      return verb(tables);
    }, saving);
    for (const each of settling) unsettled.delete(each);
    return result;
  }

  return {
    locksOn: async (path, now) => engine.read((tables) => locksOn(tables, path, now)),
    locksBelow: async (path, now) => engine.read((tables) => locksBelow(tables, path, now)),
    lockByToken: async (token, now) => engine.read((tables) => lockByToken(tables, token, now)),
    addLock: (lock, conflicts, now) => write((tables) => addLock(tables, lock, conflicts, now), false),
    refreshLock: (token, expires, now) => write((tables) => refreshLock(tables, token, expires, now)),
    removeLock: (token) => write((tables) => removeLock(tables, token)),
    properties: async (path) => engine.read((tables) => [...(tables.properties.get(path) ?? [])]),
    membership: (path, now) => membershipOf((verb) => engine.read(verb), path, now),
    recorded: async (path, limit = Number.POSITIVE_INFINITY) => engine.read((tables) => recordedIn(tables, path, limit)),
    begin: (record) => write((tables) => tables.journal.put(record.id, { position: nextPosition(tables), record })),
    commit: (changes, finishes) => write((tables) => apply(tables, changes, finishes), !changes.some(addsRows)),
    settle: async (changes, finishes) => {
      unsettled.add({ changes, finishes });
      await write(() => {});
    },
    unfinished: async () => engine.read((tables) => journalOf(tables).map((entry) => entry.record)),
    own: async () => engine.own(),
    close: () => engine.close(),
  };
}

function addsRows({ do: kind }: Change): boolean {
  return kind === 'set' || kind === 'copy';
}

function apply(tables: Tables, changes: readonly Change[], finishes: string | undefined): void {
  for (const change of changes) applyChange(tables, change);
  if (finishes !== undefined) tables.journal.remove(finishes);
}

function recordedIn({ properties, locks }: Tables, path: Path, limit: number): Path[] {
  const found = new Set<Path>(properties.has(path) || locks.has(path) ? [path] : []);
  for (const table of [properties, locks]) {
    if (found.size >= limit) break;
    for (const key of table.keys(below(path))) if (found.add(key).size >= limit) break;
  }
  return [...found];
}

/** Oldest first. */
function journalOf(tables: Tables) {
  return [...tables.journal.range(EVERYTHING)].map((row) => row.value).sort((a, b) => a.position - b.position);
}
