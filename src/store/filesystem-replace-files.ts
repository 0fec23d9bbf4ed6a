// Copying the files of one collection onto what is in another: as one rename each, but for small ones, of which many are replaced in one slice.
import { childOf, isReservedName } from '../protocol/path.ts';
import { batchesOf, memberAt, type Source } from './filesystem-copy-files.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { within } from './filesystem-hold.ts';
import { textOf } from './filesystem-list.ts';
import type { Handled } from './filesystem-lot.ts';
import type { Replaced, Replacing, Resource } from './store.ts';

/** See `Bulk.replaceFiles`. */
export function replaceFilesOf(disk: Disk, replacing: Replacing, unnamed: (count: number) => void): AsyncGenerator<Replaced> {
  return batchesOf(disk, replacing.from, unnamed, (batch, source) => replaceBatch(batch, { ...replacing, ...source }));
}

async function replaceBatch(batch: readonly Entry[], replacing: Replacing & Source): Promise<Replaced> {
  const { from, alone } = replacing;
  const names: string[] = [];
  const left: string[] = [];
  for (const entry of batch) {
    const name = textOf(entry.name);
    if (name !== undefined && !isReservedName(name)) (entry.isFile() && !alone(childOf(from, name)) ? names : left).push(name);
  }
  const together = names.length > 0 ? await inOneGo(names, replacing).catch(() => undefined) : undefined;
  const files: Replaced['files'][number][] = [];
  for (const [index, name] of names.entries()) {
    if (together?.isDone(index)) files.push({ path: childOf(from, name), replaced: together.isReplaced(index) });
    else left.push(name);
  }
  const others: Resource[] = [];
  for (const name of left) {
    const member = await memberAt(name, replacing);
    if (member) others.push(member);
  }
  return { files, others };
}

/** Rejects where a collection cannot be held, or made: whoever copies them one by one tells why. */
async function inOneGo(names: readonly string[], { disk, place, to, aside }: Replacing & Source): Promise<Handled> {
  const { calls, paths, etags } = disk;
  const { target: onto } = await paths.existing(to);
  const { target: made } = await paths.existing(await aside());
  return within(calls, onto, (there) =>
    within(calls, made, async (fresh) => {
      const handled = await calls.lots.replace(place, fresh, there, names);
      for (const numbers of handled.replaced) etags.touched(numbers);
      for (const numbers of handled.changed) etags.written(numbers);
      return handled;
    }),
  );
}
