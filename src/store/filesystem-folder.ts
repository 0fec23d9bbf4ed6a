// Whether a folder can be served, before anything is: said in words that finish the sentence "FOLDER ...".
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
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

/** Why a folder cannot be made at `place`, in words that follow its name; undefined when it can, or is there. */
export function placeProblem(place: string): string | undefined {
  if (!existsSync(place) && isLink(place)) return 'is a link to what is not there';
  const above = existingAbove(place);
  if (above === realPlace(place)) return statSync(above).isDirectory() ? undefined : 'is a file, not a folder';
  if (!statSync(above).isDirectory()) return `cannot be made, since ${above} is not a folder`;
  return allows(above, constants.W_OK | constants.X_OK) ? undefined : `cannot be made, since ${above} may not be written by this user`;
}

/**
 * A name for `place`, which need not exist yet, that is the same by whatever path it is reached: links, another mount of
 * the same device.
 */
export function nameOfPlace(place: string): string {
  const real = realPlace(place);
  const above = existingAbove(dirname(real));
  const { dev, ino } = statSync(above, { bigint: true });
  return createHash('sha256')
    .update(`${dev} ${ino} ${relative(above, real)}`)
    .digest('hex');
}

/** What names a folder that is there: its path, links followed, and what it keeps when it is renamed, not on a copy. */
export function identityOf(folder: string): { readonly path: string; readonly mark: string } {
  const { ino, birthtimeNs } = statSync(folder, { bigint: true });
  return { path: realpathSync(folder), mark: `${ino} ${birthtimeNs}` };
}

/** Whether something is at `place`. */
export function isThere(place: string): boolean {
  return existsSync(place);
}

/** Whether something is at `place` that this user may not look into. */
export function isHidden(place: string): boolean {
  return isThere(place) && !allows(place, constants.X_OK);
}

/** The nearest of `place` and what is above it that exists. */
export function existingAbove(place: string): string {
  let above = realPlace(place);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  return above;
}

function isLink(place: string): boolean {
  try {
    return lstatSync(place).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Where `place` is or would be made, links followed. */
export function realPlace(place: string): string {
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
