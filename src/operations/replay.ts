// Replays what a crash left behind, before the first request: each unfinished write is finished or undone, and staging is emptied.
import type { Path } from '../protocol/path.ts';
import type { Change, JournalRecord, JournalRename } from '../state/state.ts';
import { STAGING } from '../store/own-place.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { overlap } from './gate.ts';
import { removeTree } from './remove-tree.ts';
import { isAside } from './staging.ts';
import { sweepOf } from './sweep.ts';
import { membersOf } from './tree.ts';

type Replaying = Pick<Context, 'store' | 'state' | 'warn'>;

/**
 * Costs what the journal holds and what was staged, never a walk over the served tree. Can be interrupted and run again.
 * What cannot be settled now is left as it is, record and all, for the next start: nothing that was put aside is thrown away
 * before it is known to be replaced, or back.
 */
export async function replay(replaying: Replaying): Promise<void> {
  const { store, state, warn } = replaying;
  const unsettled: Path[] = [];
  // The newest first: a swap inside a larger write is settled while its scratch is still there.
  for (const record of (await state.unfinished()).toReversed()) {
    try {
      // The larger one would take what waits to be put back for gone.
      if (overlap(pathsOf(record), unsettled)) unsettled.push(...pathsOf(record));
      else await replayRecord(record, replaying);
    } catch (error) {
      unsettled.push(...pathsOf(record));
      warn('An interrupted write could not be settled; the next start tries again.', error);
    }
  }
  if (!(await store.stat(STAGING))) return;
  const kept = new Set((await state.unfinished()).flatMap(({ staged }) => staged));
  for (const { path, collection } of await membersOf(store, STAGING)) {
    if (kept.has(path)) continue;
    if (isAside(path)) warn('Something that a write had put aside is left in .dav207/tmp; no record says where it belongs.', path);
    else await removeTree({ path, collection }, { store, side: 'destination' });
  }
}

function pathsOf({ renames, staged, sweep }: JournalRecord): Path[] {
  return [...renames.flatMap(({ from, to }) => [from, to]), ...staged, ...sweep];
}

async function replayRecord(record: JournalRecord, { store, state }: Replaying): Promise<void> {
  if (record.apart) return replayApart(record, { store, state });
  const last = record.renames.at(-1);
  const finished = last !== undefined && (await wasDone(last, store));
  if (!finished)
    for (const rename of record.renames.toReversed()) if (await wasDone(rename, store)) await store.rename(rename.to, rename.from);
  const unused = record.staged.filter((path) => !isAside(path));
  if (finished) {
    await removeStaged(record.staged, store);
    // One commit: changes that were applied twice would let properties go. Where all renames were done nothing is left to sweep.
    return state.commit(record.changes, record.id);
  }
  // What was built for the last rename is what tells that this was not done, should this start be cut off too: it goes after the
  // record. Where nothing was renamed the record is what knows of the places.
  if (last === undefined) await removeStaged(unused, store);
  await state.commit(await sweepOf(record.sweep, { store, state }), record.id);
  // What is put aside, not replaced, and cannot go back because something else stands there, stays for a person to look at.
  if (last !== undefined) await removeStaged(unused, store);
}

async function replayApart(
  { id, renames, staged, sweep }: JournalRecord,
  { store, state }: Pick<Replaying, 'store' | 'state'>,
): Promise<void> {
  const moved: Change[] = [];
  for (const rename of renames) if (await wasDone(rename, store)) moved.push({ do: 'move', ...rename });
  await removeStaged(
    staged.filter((path) => !isAside(path)),
    store,
  );
  await state.commit([...moved, ...(await sweepOf(sweep, { store, state }))], id);
}

async function removeStaged(places: readonly Path[], store: Store): Promise<void> {
  for (const path of places) {
    const staged = await store.stat(path);
    if (staged) await removeTree({ path, collection: staged.collection }, { store, side: 'destination' });
  }
}

/** Told by what is there and not by inode numbers, which a backup does not bring back. Nobody else renames meanwhile. */
async function wasDone({ from, to }: JournalRename, store: Store): Promise<boolean> {
  return (await store.stat(to)) !== undefined && (await store.stat(from)) === undefined;
}
