// Taking one thing away: a file, a link, or a collection that is empty as far as anybody can see.
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { childOf, isReserved, isReservedName, nameOf, type Path, ROOT } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf } from './filesystem-errors.ts';
import { within } from './filesystem-hold.ts';
import { decodeName } from './filesystem-list.ts';
import type { DiskPaths } from './filesystem-path.ts';
import { refusals } from './refusals.ts';

/** Remove what is at `path`; of a link only itself (RFC 5842 §2.4). 409 for a collection that has members, 403 for the root. */
export async function removeResource({ paths, etags, flush }: Disk, path: Path): Promise<void> {
  if (path === ROOT) throw refusals.theRoot();
  const { collection, target, own } = await paths.existing(path);
  if (own.isDirectory() && paths.keeps(target)) throw refusals.theRoot();
  const entry = (place: string) => `${place}/${nameOf(path)}`;
  // What is removed of the server's own is out of sight already, and removed again if it comes back.
  const inPlace = (work: (place: string) => Promise<void>) =>
    within(collection, (place) => flush.around(isReserved(path) ? [] : [place], () => work(place)));
  if (own.isDirectory()) {
    await inPlace((place) => rmdir(entry(place))).catch(async (error) => {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      await within(target, (place) => emptyOfUnseen(paths, path, place));
      await inPlace((place) => rmdir(entry(place)));
    });
  } else {
    await inPlace((place) => unlink(entry(place)));
  }
  etags.touched(own);
}

/**
 * A client cannot remove what it cannot see, so links that lead nowhere, pipes, sockets and devices go with their
 * collection: none of them holds a byte of a file. All is looked at before anything goes.
 */
async function emptyOfUnseen(paths: DiskPaths, path: Path, place: string): Promise<void> {
  const entries: Buffer[] = [];
  for (const bytes of await readdir(place, { encoding: 'buffer' })) {
    const entry = Buffer.concat([Buffer.from(`${place}/`), bytes]);
    const name = decodeName(bytes);
    if (name === undefined ? holdsContent(await lstat(entry, { bigint: true })) : isReservedName(name)) throw refusals.unmanaged();
    if (name !== undefined && (await paths.member(place, childOf(path, name))).state === 'taken') throw refusals.notEmpty();
    entries.push(entry);
  }
  for (const entry of entries) {
    // Another program may have put a file there meanwhile.
    if (holdsContent(await lstat(entry, { bigint: true }))) throw refusals.notEmpty();
    await unlink(entry);
  }
}

function holdsContent(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}
