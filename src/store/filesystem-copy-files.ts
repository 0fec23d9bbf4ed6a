// Copying many files of one collection into another: as copying one after the other, but for small ones, of which many are copied in one slice.
import type { DavError } from '../protocol/error.ts';
import { nameOf, parentOf } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { davErrorOf } from './filesystem-errors.ts';
import { within } from './filesystem-hold.ts';
import { copyContent } from './filesystem-write.ts';
import type { Copy } from './store.ts';

/** See `Bulk.copyFiles`. */
export async function copyFilesOf(disk: Disk, files: readonly Copy[]): Promise<(DavError | undefined)[]> {
  const copied = await inOneGo(disk, files).catch(() => []);
  const failures: (DavError | undefined)[] = [];
  for (const [index, { from, to }] of files.entries()) {
    const one = copied[index] ? undefined : copyContent(disk, from, to);
    failures.push(
      await one?.then(
        () => undefined,
        (error) => davErrorOf(error, 'new'),
      ),
    );
  }
  return failures;
}

/** Whether each was copied. Rejects where one of the collections cannot be held: whoever copies them one by one tells why. */
async function inOneGo({ calls, paths, etags }: Disk, files: readonly Copy[]): Promise<boolean[]> {
  const [first] = files;
  if (!first) return [];
  const origin = await paths.existing(parentOf(first.from));
  const destination = await paths.existing(parentOf(first.to));
  return within(calls, origin.target, (source) =>
    within(calls, destination.target, async (place) => {
      const pairs = files.map(({ from, to }) => ({ from: `${source}/${nameOf(from)}`, to: `${place}/${nameOf(to)}` }));
      const copies = await calls.each.copy(pairs);
      for (const stats of copies) if (stats) etags.written(stats);
      return copies.map((stats) => stats !== undefined);
    }),
  );
}
