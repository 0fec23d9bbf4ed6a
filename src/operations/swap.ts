// Brings something new in together with its state: where nothing is, or where a resource of the other type stands.
// The journal knows first.
import { randomUUID } from 'node:crypto';
import type { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Change, State } from '../state/state.ts';
import { refusals } from '../store/refusals.ts';
import type { Store } from '../store/store.ts';
import type { Scratch } from './scratch.ts';

export interface Swapping {
  readonly store: Store;
  readonly state: State;
  readonly scratch: Scratch;
}

/**
 * Put what is at `built` at `to`, where nothing is. A crash leaves it with its state, or nothing. Throws DavError, and then
 * nothing is there.
 */
export async function bringIn(built: Path, to: Path, changes: readonly Change[], { store, state, scratch }: Swapping): Promise<void> {
  const id = randomUUID();
  await state.begin({ id, renames: [{ from: built, to }], changes, staged: [await scratch.path()], sweep: [] });
  try {
    await store.rename(built, to);
  } catch (error) {
    await state.commit([], id);
    throw error;
  }
  await state.commit(changes, id);
}

/**
 * Put what is at `built` at `to`, and what is there aside. `changes` are committed with it: a crash leaves the old with its
 * state or the new with its own. Throws DavError, and then the old is in its place.
 */
export async function swap(built: Path, to: Path, changes: readonly Change[], { store, state, scratch }: Swapping): Promise<void> {
  const unmanaged = await unmanagedIn({ path: to, collection: true }, store);
  if (unmanaged) throw unmanaged.error;
  const aside = await scratch.aside();
  const renames = [
    { from: to, to: aside },
    { from: built, to },
  ];
  const id = randomUUID();
  await state.begin({ id, renames, changes, staged: [await scratch.path(), aside], sweep: [] });
  try {
    await store.rename(to, aside);
    await store.rename(built, to);
  } catch (error) {
    if (await putBack(aside, to, store)) await state.commit([], id);
    else scratch.keep(); // the replay does it, and needs what is in there
    throw error;
  }
  await scratch.giveUpAsides();
  await state.commit(changes, id);
}

/** What no client can see would be lost with a collection that is replaced: the first one that holds such a thing. */
export async function unmanagedIn({ path }: Ref, store: Store): Promise<{ readonly ref: Ref; readonly error: DavError } | undefined> {
  const holder = await store.unmanaged(path);
  return holder && { ref: { path: holder, collection: true }, error: refusals.unmanaged() };
}

async function putBack(aside: Path, to: Path, store: Store): Promise<boolean> {
  try {
    if (await store.stat(aside)) await store.rename(aside, to);
    return true;
  } catch {
    return false;
  }
}
