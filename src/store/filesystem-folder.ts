// Whether a folder can be served, before anything is: said in words that finish the sentence "FOLDER ...".
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { isReservedName } from '../protocol/path.ts';

/** undefined when it can. */
export function folderProblem(folder: string, { readOnly }: { readonly readOnly: boolean }): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return 'is not a folder: give the folder that it is in.';
  } catch {
    return 'does not exist, or may not be looked at: check the name.';
  }
  if (!allows(folder, constants.R_OK | constants.X_OK)) return 'may not be read by this user: change its permissions, or serve another.';
  if (!readOnly && !allows(folder, constants.W_OK)) return 'may not be written by this user: serve it with --read-only.';
  return undefined;
}

/** Whether a client of `served` could reach `place`, which need not exist yet. */
export function isServed(place: string, served: string): boolean {
  const below = relative(realpathSync(served), realPlace(place)).split('/');
  return below[0] !== '..' && !below.some(isReservedName);
}

/** Where `place` is or would be made, links followed. */
function realPlace(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return dirname(place) === place ? place : join(realPlace(dirname(place)), basename(place));
  }
}

function allows(folder: string, mode: number): boolean {
  try {
    accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}
