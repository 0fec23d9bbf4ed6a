// What goes wrong with the database, as clients and the operator are told.
import { DavError } from '../protocol/error.ts';
import { StateDamaged } from './lmdb-file.ts';
import { roomWanted } from './room.ts';
import { StateInUse } from './state-owner.ts';

/** lmdb rejects with a promise of the reason when the commit itself failed, and with what `verb` threw otherwise. */
export async function commitFailed(error: Error & { commitError?: Promise<never> }): Promise<never> {
  if (error.commitError === undefined) throw error;
  const cause: unknown = await error.commitError.catch((reason: unknown) => reason);
  throw new DavError(507, 'The server could not store the change.', { cause, ...roomWanted(cause) });
}

/** What another process left is not ours to settle while we run. */
export function unfinished(folder: string): DavError {
  const cause = new Error(`another process has left something unfinished in ${folder}: stop this server and start it again`);
  return new DavError(503, 'The server must be started anew.', { cause });
}

/** A failure to open the database as what `lmdbState` throws. */
export function openingFailure(error: unknown): unknown {
  if (error instanceof StateInUse || error instanceof StateDamaged) return error;
  const full = roomWanted(error);
  return new DavError(full ? 507 : 500, 'The server cannot open its store of locks and properties.', { cause: error, ...full });
}
