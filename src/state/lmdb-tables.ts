// The tables of the state in an LMDB environment: how each row is written down, and read again.
import type { Database, RootDatabase } from 'lmdb';
import { DavError } from '../protocol/error.ts';
import type { Path } from '../protocol/path.ts';
import { memoryTable } from './memory-table.ts';
import type { DeadProperty, JournalRecord, Lock } from './state.ts';
import { isKey, type JournalEntry, type Row, type Table, type Tables } from './table.ts';

/** Rows are msgpack arrays; what the key says is left out of the value. */
export function tablesIn(environment: RootDatabase): Tables {
  const database = (name: string): Database<unknown, string> | undefined => environment.openDB<unknown, string>({ name });
  return {
    locks: table<readonly Lock[], LockRow[]>(
      database('locks'),
      (locks) => locks.map((lock) => [lock.token, lock.collection, lock.scope, lock.depth, lock.owner, lock.principal, lock.expires]),
      (rows, root) =>
        rows.map(([token, collection, scope, depth, owner, principal, expires]) => {
          return { token, root: root as Path, collection, scope, depth, owner, principal, expires };
        }),
    ),
    tokens: table<Path, Path>(
      database('tokens'),
      (root) => root,
      (root) => root,
    ),
    properties: table<readonly DeadProperty[], PropertyRow[]>(
      database('properties'),
      (properties) => properties.map(({ namespace, name, xml }) => [namespace, name, xml]),
      (rows) => rows.map(([namespace, name, xml]) => ({ namespace, name, xml })),
    ),
    journal: table<JournalEntry, [number, JournalRecord]>(
      database('journal'),
      ({ position, record }) => [position, record],
      ([position, record]) => ({ position, record }),
    ),
  };
}

type LockRow = [string, boolean, Lock['scope'], Lock['depth'], string | undefined, string, number];
type PropertyRow = [string, string, string];

/** Without a `database` (a reader that comes before the owner has made it) the table is empty. */
function table<V, Stored>(
  database: Database<unknown, string> | undefined,
  encode: (value: V) => Stored,
  decode: (stored: Stored, key: string) => V,
): Table<V> {
  if (database === undefined) return memoryTable();
  return {
    get(key) {
      const stored = isKey(key) ? database.get(key) : undefined;
      return stored === undefined ? undefined : decode(stored as Stored, key);
    },
    has: (key) => isKey(key) && database.doesExist(key),
    put(key, value) {
      if (!isKey(key)) throw new DavError(414, 'The path, or one name in it, is too long.');
      database.put(key, encode(value)); // inside a transaction: done when it returns
    },
    remove(key) {
      database.remove(key);
    },
    // No longer key, so none that begins like this.
    keys: ({ start, end }) => (isKey(start) ? (database.getKeys({ start, end }) as Iterable<Path>) : []),
    *range({ start, end }): Iterable<Row<V>> {
      if (!isKey(start)) return; // no longer key, so none that begins like this
      for (const { key, value } of database.getRange({ start, end })) {
        yield { key: key as Path, value: decode(value as Stored, key) };
      }
    },
  };
}
