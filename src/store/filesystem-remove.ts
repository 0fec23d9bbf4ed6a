// Taking one thing away: a file, a link, or a collection that is empty as far as anybody can see.
import { childOf, isReserved, isReservedName, nameOf, type Path, ROOT } from '../protocol/path.ts';
import type { Calls } from './filesystem-calls.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf } from './filesystem-errors.ts';
import { holdAnew, within } from './filesystem-hold.ts';
import { textOf } from './filesystem-names.ts';
import { refusals } from './refusals.ts';

/** Remove what is at `path`; of a link only itself (RFC 5842 §2.4). 409 for a collection that has members, 403 for the root. */
export async function removeResource(disk: Disk, path: Path): Promise<void> {
  const { calls, paths, etags, flush } = disk;
  if (path === ROOT) throw refusals.theRoot();
  const { collection, target, own } = await paths.existing(path);
  if (own.isDirectory() && paths.keeps(target)) throw refusals.theRoot();
  const entry = (place: string) => `${place}/${nameOf(path)}`;
  // What is removed of the server's own is out of sight already, and removed again if it comes back.
  const inPlace = (work: (place: string) => Promise<void>) =>
    within(calls, collection, (place) =>
      flush.around(isReserved(path) ? [] : [place], async () => {
        await work(place);
        if (!own.isFile()) holdAnew();
        etags.touched(own);
      }),
    );
  if (own.isDirectory()) {
    await inPlace((place) => calls.rmdir(entry(place))).catch(async (error) => {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      await within(calls, target, (place) => emptyOfUnseen(disk, path, place));
      await inPlace((place) => calls.rmdir(entry(place)));
    });
  } else {
    await inPlace((place) => calls.unlink(entry(place), Number(own.size)));
  }
}

/**
 * A client cannot remove what it cannot see, so links that lead nowhere, pipes, sockets and devices go with their
 * collection: none of them holds a byte of a file. All is looked at before anything goes.
 */
async function emptyOfUnseen({ calls, paths }: Disk, path: Path, place: string): Promise<void> {
  const entries: Buffer[] = [];
  for await (const batch of calls.entries(place)) {
    for (const { name: latin1 } of batch) {
      const entry = Buffer.concat([Buffer.from(`${place}/`), Buffer.from(latin1, 'latin1')]);
      const name = textOf(latin1);
      if (name === undefined ? await holdsContent(calls, entry) : isReservedName(name)) throw refusals.unmanaged();
      if (name !== undefined && (await paths.member(place, childOf(path, name))).state === 'taken') throw refusals.notEmpty();
      entries.push(entry);
    }
  }
  for (const entry of entries) {
    // Another program may have put a file there meanwhile.
    if (await holdsContent(calls, entry)) throw refusals.notEmpty();
    await calls.unlink(entry, 0);
  }
}

async function holdsContent(calls: Calls, entry: Buffer): Promise<boolean> {
  const stats = await calls.lstat(entry);
  return stats.isFile() || stats.isDirectory();
}
