// Membership: the state of a collection and its members in one pass that skips what lies deeper.
import type { Path } from '../protocol/path.ts';
import { isLive } from './lock-rows.ts';
import type { DeadProperty, Lock, Membership } from './state.ts';
import { below, type Row, rowOf, type Table, type Tables } from './table.ts';

type Read = <T>(verb: (tables: Tables) => T) => T;

export async function membershipOf(read: Read, path: Path, now: number): Promise<Membership> {
  const locks = new Map<Path, readonly Lock[]>();
  await eachRow(
    (from) => read((tables) => someRows(tables.locks, path, from)),
    ({ key, value }) => {
      const live = value.filter((lock) => isLive(lock, now));
      if (live.length > 0) locks.set(key, live);
    },
  );
  const properties = new Map<Path, readonly DeadProperty[]>();
  await eachRow(
    (from) => read((tables) => someRows(tables.properties, path, from)),
    ({ key, value }) => properties.set(key, value),
  );
  return { locks, properties };
}

/** A large collection may have many thousands: everybody else has a turn between some and the next. */
async function eachRow<V>(some: (from?: string) => Some<V>, take: (row: Row<V>) => void): Promise<void> {
  let { rows, next } = some();
  rows.forEach(take);
  while (next !== undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    ({ rows, next } = some(next));
    rows.forEach(take);
  }
}

const TOGETHER = 256; // rows read in one: each takes some microseconds

interface Some<V> {
  readonly rows: readonly Row<V>[];
  /** The key to go on with. */
  readonly next?: string;
}

/** `from` where those before have ended. A row below the member `/a/b` sends the walk on to `/a/b0`, the first key that is not below it. */
function someRows<V>(table: Table<V>, path: Path, from?: string): Some<V> {
  const { start, end } = below(path);
  const nameStart = start.lastIndexOf('/') + 1;
  const rows = from === undefined ? rowOf(table, path) : [];
  let met = 0;
  for (let next: string | undefined = from ?? start; next !== undefined; ) {
    const begin: string = next;
    next = undefined;
    for (const row of table.range({ start: begin, end })) {
      if (met++ === TOGETHER) return { rows, next: row.key };
      const slash = row.key.indexOf('/', nameStart);
      if (slash >= 0) {
        next = `${row.key.slice(0, slash)}0`;
        break;
      }
      rows.push(row);
    }
  }
  return { rows };
}
