// Membership: the state of a collection and its members in one pass that skips what lies deeper.
import type { Path } from '../protocol/path.ts';
import { isLive } from './lock-rows.ts';
import type { DeadProperty, Lock, Membership } from './state.ts';
import { below, type Row, rowOf, type Table, type Tables } from './table.ts';

export function membershipOf(tables: Tables, path: Path, now: number): Membership {
  const locks = new Map<Path, readonly Lock[]>();
  for (const { key, value } of rowsOfCollection(tables.locks, path)) {
    const live = value.filter((lock) => isLive(lock, now));
    if (live.length > 0) locks.set(key, live);
  }
  const properties = new Map<Path, readonly DeadProperty[]>();
  for (const { key, value } of rowsOfCollection(tables.properties, path)) properties.set(key, value);
  return { locks, properties };
}

/** A row below the member `/a/b` sends the walk on to `/a/b0`, the first key that is not below it. */
function* rowsOfCollection<V>(table: Table<V>, path: Path): Iterable<Row<V>> {
  yield* rowOf(table, path);
  const { start, end } = below(path);
  const nameStart = start.lastIndexOf('/') + 1;
  for (let next: string | undefined = start; next !== undefined; ) {
    const from: string = next;
    next = undefined;
    for (const row of table.range({ start: from, end })) {
      const slash = row.key.indexOf('/', nameStart);
      if (slash >= 0) {
        next = `${row.key.slice(0, slash)}0`;
        break;
      }
      yield row;
    }
  }
}
