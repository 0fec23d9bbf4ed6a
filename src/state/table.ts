// Table: the few ordered-map operations that every state verb is written in, and the key ranges they use.

import { type Path, ROOT } from '../protocol/path.ts';
import type { DeadProperty, JournalRecord, Lock } from './state.ts';

/** Keys from `start` (included) to `end` (excluded), in the order of their UTF-8 bytes. */
export interface Bounds {
  readonly start: string;
  readonly end: string;
}

export interface Row<V> {
  readonly key: Path;
  readonly value: V;
}

/** An ordered map. A walk over `range` must end before the table changes. */
export interface Table<V> {
  get(key: string): V | undefined;
  /** Whether there is a row, without reading it. */
  has(key: string): boolean;
  put(key: string, value: V): void;
  remove(key: string): void;
  range(bounds: Bounds): Iterable<Row<V>>;
  /** The keys alone. */
  keys(bounds: Bounds): Iterable<Path>;
}

export interface JournalEntry {
  /** Rises with every `begin`: clocks may step back. */
  readonly position: number;
  readonly record: JournalRecord;
}

/** No row is ever empty: a resource without locks or dead properties has none. */
export interface Tables {
  /** By lock root. */
  readonly locks: Table<readonly Lock[]>;
  /** Lock root by lock token. */
  readonly tokens: Table<Path>;
  readonly properties: Table<readonly DeadProperty[]>;
  /** By id. */
  readonly journal: Table<JournalEntry>;
}

const KEY_LIMIT = 4000; // bytes: the longest path a request can name; LMDB pages of 8 KiB take 4,026

/** Whether `key` can have a row. A path found on disk may be longer than any that a request can name. */
export function isKey(key: string): boolean {
  return key.length * 3 <= KEY_LIMIT || Buffer.byteLength(key) <= KEY_LIMIT;
}

export const EVERYTHING: Bounds = { start: '\u0001', end: '\u{10ffff}' };

/** What is strictly below `path`: `0` follows `/`, so [`/a/`, `/a0`) is exactly what starts with `/a/`. */
export function below(path: Path): Bounds {
  return path === ROOT ? { start: '/\u0001', end: '0' } : { start: `${path}/`, end: `${path}0` };
}

/** The row of `path`, if there is one, as a list. */
export function rowOf<V>(table: Table<V>, path: Path): Row<V>[] {
  const value = table.get(path);
  return value === undefined ? [] : [{ key: path, value }];
}

/** The rows of `path` and all below it, read to the end: the table may change afterwards. */
export function treeOf<V>(table: Table<V>, path: Path): Row<V>[] {
  return [...rowOf(table, path), ...table.range(below(path))];
}
