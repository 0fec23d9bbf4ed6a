// What goes wrong with the database, as clients and the operator are told.
import { constants } from 'node:os';
import { DavError } from '../protocol/error.ts';
import { StateDamaged } from './lmdb-file.ts';
import { roomWanted } from './room.ts';
import { StateInUse } from './state-owner.ts';

/**
 * What to reject with. lmdb rejects with a promise of the reason when the commit itself failed. Of a page that
 * found room only for a half it says EIO, as of a disk that fails: `isFull` tells which.
 */
export async function commitFailed(error: unknown, isFull: () => boolean): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error && error.commitError instanceof Promise)) return error;
  const reason: unknown = await error.commitError.catch((reason: unknown) => reason);
  const isHalf = errnoOf(reason) === constants.errno.EIO && isFull();
  return notStored(isHalf ? Object.assign(new Error('the disk is full', { cause: reason }), { code: 'ENOSPC' }) : reason);
}

/** What the system said, of lmdb or of Node, as a verb throws it. */
export function notStored(cause: unknown): DavError {
  const { EACCES, EPERM, EROFS } = constants.errno;
  if ([EACCES, EPERM, EROFS].some((errno) => errno === errnoOf(cause)))
    return new DavError(403, 'Where the server keeps this cannot be written.', { cause });
  return new DavError(507, 'The server could not store the change.', { cause, ...roomWanted(cause) });
}

/** lmdb gives it as the code, Node as a negative number beside its name. */
function errnoOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errno } = error as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code === 'number') return code;
  return typeof errno === 'number' ? Math.abs(errno) : undefined;
}

/** What another process left is not ours to settle while we run. */
export function unfinished(folder: string): DavError {
  const cause = new Error(`another process has left something unfinished in ${folder}: stop this server and start it again`);
  return new DavError(503, 'The server must be started anew.', { cause });
}

/** Its file was removed, or moved away, while we run. */
export function lost(file: string): DavError {
  const cause = new Error(`${file} is gone: put it back, or start this server again without what was in it`);
  return new DavError(503, 'Nothing can be stored here until the server is started anew.', { cause });
}

/** A failure to open the database as what `lmdbState` throws. */
export function openingFailure(error: unknown): unknown {
  if (error instanceof StateInUse || error instanceof StateDamaged) return error;
  const full = roomWanted(error);
  return new DavError(full ? 507 : 500, 'The server cannot open its store of locks and properties.', { cause: error, ...full });
}
