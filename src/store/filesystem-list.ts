// The members of a collection, in batches, as they come from the disk.
import { isUtf8 } from 'node:buffer';
import { opendir } from 'node:fs/promises';
import { childOf, isReservedName, type Path, ROOT } from '../protocol/path.ts';
import type { Etags } from './etag.ts';
import { davErrorOf, translated } from './filesystem-errors.ts';
import { hold } from './filesystem-hold.ts';
import type { DiskPaths } from './filesystem-path.ts';
import { resourceOf } from './filesystem-resource.ts';
import { refusals } from './refusals.ts';
import type { Resource } from './store.ts';

const BATCH = 256; // members: their stats run side by side, and one batch is all that is held

/**
 * Members in batches of at most 256, unordered; 404 when `path` is not there, 409 for a file, 403 when it may not be listed,
 * 503, at the end, when the root is gone meanwhile.
 * `unnamed` is told, at the end, how many names are not UTF-8, if any.
 */
export async function* listCollection(
  paths: DiskPaths,
  etags: Etags,
  path: Path,
  unnamed: (count: number) => void,
): AsyncGenerator<Resource[]> {
  const { target, stats } = await translated('existing', () => paths.existing(path));
  if (!stats.isDirectory()) throw refusals.isFile();
  const { place, release } = await translated('existing', () => hold(target));
  try {
    for await (const names of namesIn(place, unnamed)) {
      const found = await Promise.all(names.map((name) => memberOf(paths, etags, place, childOf(path, name))));
      const members = found.filter((member) => member !== undefined);
      if (members.length > 0) yield members;
    }
    // What was not listed may be missing because all is: that must not look like a deletion to who compares.
    await translated('existing', () => paths.resolve(ROOT));
  } finally {
    await release();
  }
}

async function* namesIn(place: string, unnamed: (count: number) => void): AsyncGenerator<string[]> {
  let names: string[] = [];
  let without = 0;
  try {
    // latin1 keeps every byte of a name, UTF-8 or not.
    for await (const entry of await opendir(place, { encoding: 'latin1', bufferSize: BATCH })) {
      const name = decodeName(Buffer.from(entry.name, 'latin1'));
      if (name === undefined) without++;
      if (name === undefined || isReservedName(name)) continue;
      names.push(name);
      if (names.length === BATCH) {
        yield names;
        names = [];
      }
    }
  } catch (error) {
    throw davErrorOf(error, 'existing');
  }
  if (names.length > 0) yield names;
  if (without > 0) unnamed(without);
}

/** A name whose bytes are not UTF-8 has no URL here: decoded with replacement characters it would name nothing. */
export function decodeName(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** Undefined for a member that is gone again, may not even be looked at, or is not there by the rules of links. */
async function memberOf(paths: DiskPaths, etags: Etags, collection: string, path: Path): Promise<Resource | undefined> {
  try {
    const spot = await paths.member(collection, path);
    return spot.state === 'taken' ? resourceOf(path, spot.link, spot.stats, etags) : undefined;
  } catch {
    return undefined;
  }
}
