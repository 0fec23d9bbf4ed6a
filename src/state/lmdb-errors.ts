// What goes wrong with the database, as clients and the operator are told.
import { constants } from 'node:os';
import { DavError } from '../protocol/error.ts';
import { StateDamaged } from './lmdb-file.ts';
import { roomWanted } from './room.ts';
import { StateInUse } from './state-owner.ts';

/**
 * lmdb rejects with a promise of the reason when the commit itself failed, and with what `verb` threw otherwise. Of a page that
 * found room only for a half it says EIO, as of a disk that fails: `isFull` tells which.
 */
export async function commitFailed(error: Error & { commitError?: Promise<never> }, isFull: () => boolean): Promise<never> {
  if (error.commitError === undefined) throw error;
  const reason: unknown = await error.commitError.catch((reason: unknown) => reason);
  const code = typeof reason === 'object' && reason !== null && 'code' in reason ? reason.code : undefined;
  const { EACCES, EIO, EPERM, EROFS } = constants.errno;
  const cause = code === EIO && isFull() ? outOfRoom('the disk is full', reason) : reason;
  if (code === EROFS || code === EACCES || code === EPERM)
    throw new DavError(403, 'Where the server keeps this cannot be written.', { cause });
  throw notStored(cause);
}

/** The disk has room for what gives some back, and for nothing else. */
export function noRoom(): DavError {
  return notStored(outOfRoom('the disk is nearly full'));
}

function notStored(cause: unknown): DavError {
  return new DavError(507, 'The server could not store the change.', { cause, ...roomWanted(cause) });
}

/** As the system says it. */
function outOfRoom(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: 'ENOSPC' });
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
