// Tables in memory: a map beside its keys in order.
import { compareNames, type Path } from '../protocol/path.ts';
import type { Row, Table, Tables } from './table.ts';

export function memoryTable<V>(): Table<V> {
  const values = new Map<string, V>();
  const keys: string[] = [];

  /** How many keys sort before `key`. */
  function placeOf(key: string): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareNames(keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    keys: ({ start, end }) => keys.slice(placeOf(start), placeOf(end)) as Path[],
    put(key, value) {
      if (!values.has(key)) keys.splice(placeOf(key), 0, key);
      values.set(key, value);
    },
    remove(key) {
      if (values.delete(key)) keys.splice(placeOf(key), 1);
    },
    *range({ start, end }): Iterable<Row<V>> {
      const stop = placeOf(end);
      for (let at = placeOf(start); at < stop; at++) {
        const key = keys[at] as Path;
        yield { key, value: values.get(key) as V };
      }
    },
  };
}

export function memoryTables(): Tables {
  return { locks: memoryTable(), tokens: memoryTable(), properties: memoryTable(), journal: memoryTable() };
}
