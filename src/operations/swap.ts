// Brings something new in together with its state: where nothing is, or in the place of what stands there.
// The journal knows first.
import { randomUUID } from 'node:crypto';
import type { Path } from '../protocol/path.ts';
import type { Change, JournalRename, State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import type { Scratch } from './scratch.ts';
import { isAside } from './staging.ts';
import { Undo } from './undo.ts';

export interface Swapping {
  readonly store: Store;
  readonly state: State;
  readonly scratch: Scratch;
  /** Holds what leaves another device. */
  readonly leaving?: Scratch;
}

/**
 * Put what is at `built` at `to`, where nothing is, or a file that it `replaces`. A crash leaves it with its state, or what was
 * there with its own. Throws DavError, and then so it is, unless a file was replaced and the state failed: the next transaction goes on.
 */
export function bringIn(built: Path, to: Path, changes: readonly Change[], swapping: Swapping, replaces = false): Promise<void> {
  return exchange([{ from: built, to }], changes, swapping, replaces);
}

/**
 * Put what is at `built` at `to`, and what is there aside. `changes` are committed with it: a crash leaves the old with its
 * state or the new with its own. Throws DavError, and then the old is in its place.
 */
export async function swap(built: Path, to: Path, changes: readonly Change[], swapping: Swapping): Promise<void> {
  const aside = await swapping.scratch.aside();
  const renames = [
    { from: to, to: aside },
    { from: built, to },
  ];
  return exchange(renames, changes, swapping);
}

/** Do `renames` in their order and commit `changes` with them, or neither. */
export async function exchange(
  renames: readonly JournalRename[],
  changes: readonly Change[],
  { store, state, scratch, leaving }: Swapping,
  replaces = false,
): Promise<void> {
  const id = randomUUID();
  const scratches = leaving ? [scratch, leaving] : [scratch];
  const places = await Promise.all(scratches.map((each) => each.path()));
  // All that stands aside is given up with it, and is then no longer where an earlier record says.
  const staged = [...places, ...scratch.asides];
  await state.begin({ id, renames, changes, staged, sweep: [] });
  const undo = new Undo();
  let replaced = false;
  const finish = () => (replaced ? state.settle(changes, id) : undo.all().then(() => state.settle([], id)));
  try {
    for (const { from, to } of renames) {
      await store.rename(from, to);
      // What was replaced is gone: from here on it can only be finished.
      if (replaces) replaced = true;
      else undo.push(() => (isAside(to) ? scratch.bringBack(to, from) : store.rename(to, from)));
    }
    await scratch.giveUpAsides(undo);
    await state.commit(changes, id);
  } catch (error) {
    // Where it cannot be undone the replay does it, and needs what is in there: also to tell that it is undone, by the record.
    const finished = await finish().then(
      () => replaced,
      () => {
        for (const each of scratches) each.keep();
        return false;
      },
    );
    if (!finished) throw error;
  }
}
