// Rows that are about to be stored, over the tables that they will be in: what reads after them sees them already.
import { compareNames, type Path } from '../protocol/path.ts';
import { type Bounds, type Row, requireKey, type Table, type Tables } from './table.ts';

/** A row as it was before, so that one verb of several can be undone. */
interface Before {
  readonly rows: Map<string, unknown>;
  readonly key: string;
  readonly had: boolean;
  readonly value: unknown;
}

/** What a verb changes: how many rows it touches, and the bytes, at most, of those that it puts. */
export interface Weight {
  readonly rows: number;
  readonly bytes: number;
}

export class PendingRows {
  readonly #tables: Tables;
  /** By table and key; undefined for a row that goes. */
  readonly #rows: { readonly [Name in keyof Tables]: Map<string, unknown> };
  #before: Before[] = [];

  constructor(tables: Tables) {
    this.#rows = { locks: new Map(), tokens: new Map(), properties: new Map(), journal: new Map() };
    const { locks, tokens, properties, journal } = this.#rows;
    this.#tables = {
      locks: this.#over(tables.locks, locks),
      tokens: this.#over(tables.tokens, tokens),
      properties: this.#over(tables.properties, properties),
      journal: this.#over(tables.journal, journal),
    };
  }

  get isEmpty(): boolean {
    return Object.values(this.#rows).every((rows) => rows.size === 0);
  }

  /** Do `verb` after those before it; where it throws, or `admit` does, nothing of it stays. */
  do<T>(verb: (tables: Tables) => T, admit: (weight: Weight) => void): T {
    this.#before = [];
    try {
      const result = verb(this.#tables);
      if (this.#before.length > 0) admit(this.#weight());
      return result;
    } catch (error) {
      for (const { rows, key, had, value } of this.#before.reverse()) {
        if (had) rows.set(key, value);
        else rows.delete(key);
      }
      throw error;
    }
  }

  /** Of what the verb has changed. */
  #weight(): Weight {
    let bytes = 0;
    for (const { rows, key } of this.#before) bytes += 3 * key.length + bytesOf(rows.get(key));
    return { rows: this.#before.length, bytes };
  }

  putInto(tables: Tables): void {
    for (const name of Object.keys(tables) as (keyof Tables)[]) {
      const table = tables[name] as Table<unknown>;
      for (const [key, value] of this.#rows[name]) {
        if (value === undefined) table.remove(key);
        else table.put(key, value);
      }
    }
  }

  forget(): void {
    for (const rows of Object.values(this.#rows)) rows.clear();
  }

  #over<V>(table: Table<V>, rows: Map<string, unknown>): Table<V> {
    const change = (key: string, value: V | undefined) => {
      this.#before.push({ rows, key, had: rows.has(key), value: rows.get(key) });
      rows.set(key, value);
    };
    return {
      get: (key) => (rows.has(key) ? (rows.get(key) as V | undefined) : table.get(key)),
      has: (key) => (rows.has(key) ? rows.get(key) !== undefined : table.has(key)),
      put(key, value) {
        requireKey(key);
        change(key, value);
      },
      remove: (key) => change(key, undefined),
      *range(bounds): Iterable<Row<V>> {
        const within = keysWithin(rows, bounds);
        for (const row of table.range(bounds)) {
          while (within.length > 0 && compareNames(within[0] as string, row.key) < 0) yield* own(within.shift() as Path);
          if (!rows.has(row.key)) yield row;
        }
        for (const key of within) yield* own(key);
      },
      *keys(bounds): Iterable<Path> {
        for (const { key } of this.range(bounds)) yield key;
      },
    };

    function* own(key: Path): Iterable<Row<V>> {
      const value = rows.get(key) as V | undefined;
      if (value !== undefined) yield { key, value };
    }
  }
}

/** At most: a character is three in UTF-8, and what goes before a value is a few. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 5 + 3 * value.length;
  if (typeof value !== 'object' || value === null) return 9;
  return Object.entries(value).reduce((bytes, [name, each]) => bytes + name.length + 5 + bytesOf(each), 5);
}

function keysWithin(rows: ReadonlyMap<string, unknown>, { start, end }: Bounds): Path[] {
  const keys: string[] = [];
  for (const key of rows.keys()) if (compareNames(start, key) <= 0 && compareNames(key, end) < 0) keys.push(key);
  return keys.sort(compareNames) as Path[];
}
