// What each verb on locks does to the tables. The rules about who may lock what are the caller's.
import { ancestorsOf, type Path } from '../protocol/path.ts';
import type { Lock } from './state.ts';
import { below, type Row, rowOf, type Tables, treeOf } from './table.ts';

export function isLive(lock: Lock, now: number): boolean {
  return lock.expires > now;
}

function appliesTo(path: Path): (lock: Lock) => boolean {
  return (lock) => lock.root === path || lock.depth === 'infinity';
}

/** Nearest first: the path's own locks, then infinite ones of its ancestors (RFC 4918 §6.1 point 3). */
export function locksOn(tables: Tables, path: Path, now: number): Lock[] {
  const found: Lock[] = [];
  for (const root of [path, ...ancestorsOf(path)]) {
    for (const lock of tables.locks.get(root) ?? []) {
      if (isLive(lock, now) && appliesTo(path)(lock)) found.push(lock);
    }
  }
  return found;
}

export function locksBelow(tables: Tables, path: Path, now: number): Lock[] {
  const found: Lock[] = [];
  for (const row of tables.locks.range(below(path))) {
    for (const lock of row.value) if (isLive(lock, now)) found.push(lock);
  }
  return found;
}

export function lockByToken(tables: Tables, token: string, now: number): Lock | undefined {
  const root = tables.tokens.get(token);
  const lock = root && tables.locks.get(root)?.find((each) => each.token === token);
  return lock && isLive(lock, now) ? lock : undefined;
}

/** Grants the lock when nothing conflicts; returns what does. Expired locks met on the way are removed. */
export function addLock(tables: Tables, lock: Lock, conflicts: (existing: Lock) => boolean, now: number): Lock[] {
  const over = [lock.root, ...ancestorsOf(lock.root)].flatMap((path) => rowOf(tables.locks, path));
  const applying = over.flatMap((row) => withoutExpired(tables, row, now)).filter(appliesTo(lock.root));
  const under = lock.depth === 'infinity' ? [...tables.locks.range(below(lock.root))] : [];
  const conflicting = [...applying, ...under.flatMap((row) => withoutExpired(tables, row, now))].filter(conflicts);
  if (conflicting.length === 0) {
    tables.locks.put(lock.root, [...(tables.locks.get(lock.root) ?? []), lock]);
    tables.tokens.put(lock.token, lock.root);
  }
  return conflicting;
}

export function refreshLock(tables: Tables, token: string, expires: number, now: number): Lock | undefined {
  const lock = lockByToken(tables, token, now);
  if (lock === undefined) {
    removeLock(tables, token);
    return undefined;
  }
  const refreshed: Lock = { ...lock, expires };
  const row = tables.locks.get(lock.root) ?? [];
  putLocks(
    tables,
    lock.root,
    row.map((each) => (each.token === token ? refreshed : each)),
  );
  return refreshed;
}

export function removeLock(tables: Tables, token: string): boolean {
  const root = tables.tokens.get(token);
  if (root === undefined) return false;
  const row = tables.locks.get(root) ?? [];
  putLocks(
    tables,
    root,
    row.filter((each) => each.token !== token),
  );
  tables.tokens.remove(token);
  return true;
}

/** Every lock rooted at `path` or below goes, but for those roots that `stays` holds for. */
export function removeLocksIn(tables: Tables, path: Path, stays: (root: Path) => boolean): void {
  for (const { key, value } of treeOf(tables.locks, path)) {
    if (stays(key)) continue;
    for (const lock of value) tables.tokens.remove(lock.token);
    tables.locks.remove(key);
  }
}

function withoutExpired(tables: Tables, { key, value }: Row<readonly Lock[]>, now: number): readonly Lock[] {
  const live = value.filter((lock) => isLive(lock, now));
  if (live.length < value.length) {
    for (const lock of value) if (!isLive(lock, now)) tables.tokens.remove(lock.token);
    putLocks(tables, key, live);
  }
  return live;
}

function putLocks(tables: Tables, root: Path, locks: readonly Lock[]): void {
  if (locks.length > 0) tables.locks.put(root, locks);
  else tables.locks.remove(root);
}
