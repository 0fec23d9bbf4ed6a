// What each kind of Change does to the tables. A tree is read before it is written, so `from` and `to` may overlap.
import { ancestorsOf, isWithin, type Path, rebase } from '../protocol/path.ts';
import { removeLocksIn } from './lock-rows.ts';
import { keyOf } from './property-key.ts';
import type { Change, DeadProperty, PropertyName } from './state.ts';
import { isKey, type Row, rowOf, type Table, type Tables, treeOf } from './table.ts';

type Of<Kind extends Change['do']> = Extract<Change, { do: Kind }>;
type Properties = readonly DeadProperty[];

export function applyChange(tables: Tables, change: Change): void {
  switch (change.do) {
    case 'set':
      set(tables.properties, change.path, change.properties);
      break;
    case 'unset':
      unset(tables.properties, change.path, change.names);
      break;
    case 'drop':
      drop(tables, change);
      break;
    case 'move':
      move(tables, change);
      break;
    case 'copy':
      copy(tables.properties, change);
  }
}

function set(table: Table<Properties>, path: Path, properties: Properties): void {
  const merged = new Map((table.get(path) ?? []).map((property) => [keyOf(property), property]));
  for (const property of properties) merged.set(keyOf(property), property);
  if (merged.size > 0) table.put(path, [...merged.values()]);
}

function unset(table: Table<Properties>, path: Path, names: readonly PropertyName[]): void {
  const before = table.get(path);
  if (before === undefined) return;
  const gone = new Set(names.map(keyOf));
  const after = before.filter((property) => !gone.has(keyOf(property)));
  if (after.length === 0) table.remove(path);
  else if (after.length < before.length) table.put(path, after);
}

function drop(tables: Tables, change: Of<'drop'>): void {
  const stays = withinAny(change.except);
  removeRows(tables.properties, treeOf(tables.properties, change.path), stays);
  removeLocksIn(tables, change.path, change.keepRootLocks ? (root) => root === change.path || stays(root) : stays);
}

function move(tables: Tables, { from, to, except = [] }: Of<'move'>): void {
  const left = withinAny(except);
  if (left(from)) return;
  const moved = treeOf(tables.properties, from).filter((row) => !left(row.key));
  const stays = withinAny([...except, ...except.filter((path) => isWithin(path, from)).map((path) => rebase(path, from, to))]);
  removeRows(tables.properties, moved, left);
  removeRows(tables.properties, treeOf(tables.properties, to), stays);
  putRows(tables.properties, moved, from, to, stays);
  // RFC 4918 §7.6: locks do not move along, and the destination's stay, even where that lies inside `from`.
  const atDestination = isWithin(to, from) ? withinAny([to]) : () => false;
  removeLocksIn(tables, from, (root) => left(root) || atDestination(root));
}

function copy(table: Table<Properties>, { from, to, below, except }: Of<'copy'>): void {
  const stays = withinAny(except);
  const read = below ? treeOf : rowOf;
  const copied = read(table, from);
  removeRows(table, read(table, to), stays);
  putRows(table, copied, from, to, stays);
}

function removeRows(table: Table<Properties>, rows: readonly Row<Properties>[], stays: (path: Path) => boolean): void {
  for (const { key } of rows) if (!stays(key)) table.remove(key);
}

/** What would land on a path longer than a request can name is let go: nobody could ask for it (RFC 9110 §15.5.15). */
function putRows(table: Table<Properties>, rows: readonly Row<Properties>[], from: Path, to: Path, stays: (path: Path) => boolean): void {
  for (const { key, value } of rows) {
    const target = rebase(key, from, to);
    if (!stays(target) && isKey(target)) table.put(target, value);
  }
}

/** Tells whether a path is one of `roots` or below one. Costs the path's depth, however many roots there are. */
function withinAny(roots: readonly Path[] = []): (path: Path) => boolean {
  const set = new Set(roots);
  if (set.size === 0) return () => false;
  return (path) => set.has(path) || ancestorsOf(path).some((ancestor) => set.has(ancestor));
}
