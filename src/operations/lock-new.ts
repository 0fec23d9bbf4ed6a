// A lock on nothing: its empty file and the lock come together, or neither does (RFC 4918 §9.10.4).
import { randomUUID } from 'node:crypto';
import { conflictsWith } from '../locks/lock-table.ts';
import { childOf, type Path } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import type { Hands } from './hands.ts';

/** Write the empty file, not yet in its place. */
export async function makeFile({ context, scratch }: Hands): Promise<void> {
  await context.store.write(await scratch.place(), nothing());
}

/**
 * Take the lock, then bring its file in; gives the conflicting locks. The lock comes first: after a crash the replay drops one that
 * has no file, but a file that has no lock might be anybody's.
 */
export async function lockNew(lock: Lock, { context, scratch }: Hands): Promise<Lock[]> {
  const { store, state, now, warn } = context;
  const { root } = lock;
  const place = await scratch.path();
  const built: Path = childOf(place, '0');
  const id = randomUUID();
  await state.begin({ id, renames: [{ from: built, to: root }], changes: [], staged: [place], sweep: [root] });
  try {
    const conflicts = await state.addLock(lock, conflictsWith(lock.scope), now());
    if (conflicts.length === 0) await store.rename(built, root);
    // The record finds all of it done at the next start, or nothing.
    await state.settle([], id).catch((error) => warn('The record of a LOCK that was carried out could not be removed.', error));
    return conflicts;
  } catch (error) {
    await state.settle([{ do: 'drop', path: root }], id).catch(() => {});
    throw error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
