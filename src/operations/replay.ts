// Replays what a crash left behind, before the first request: each unfinished write is finished or undone, and staging is emptied.
import type { Path } from '../protocol/path.ts';
import type { JournalRecord, JournalRename } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { removeTree } from './remove-tree.ts';
import { STAGING } from './staging.ts';
import { sweepOf } from './sweep.ts';

/** Costs what the journal holds and what was staged, never a walk over the served tree. Can be interrupted and run again. */
export async function replay(context: Pick<Context, 'store' | 'state'>): Promise<void> {
  // The newest first: a swap inside a larger write is settled while its scratch is still there.
  for (const record of (await context.state.unfinished()).toReversed()) await replayRecord(record, context);
  await removeStaged(STAGING, context.store);
}

async function replayRecord(record: JournalRecord, { store, state }: Pick<Context, 'store' | 'state'>): Promise<void> {
  const last = record.renames.at(-1);
  const finished = last !== undefined && (await wasDone(last, store));
  if (!finished) for (const rename of record.renames.toReversed()) await undo(rename, store);
  for (const staged of record.staged) await removeStaged(staged, store);
  // One commit: changes that were applied twice would let properties go. Where all renames were done nothing is left to sweep.
  await state.commit(finished ? record.changes : await sweepOf(record.sweep, { store, state }), record.id);
}

async function wasDone({ from, to, identity }: JournalRename, store: Store): Promise<boolean> {
  return (await store.stat(to))?.identity === identity && (await store.stat(from))?.identity !== identity;
}

async function undo(rename: JournalRename, store: Store): Promise<void> {
  if ((await wasDone(rename, store)) && !(await store.stat(rename.from))) await store.rename(rename.to, rename.from);
}

async function removeStaged(path: Path, store: Store): Promise<void> {
  const staged = await store.stat(path);
  if (staged) await removeTree(store, { path, collection: staged.collection }, 'destination');
}
