// Bringing the files of one collection to another, copied onto what is there or moved: as one rename each, but for small ones, of which many go in one slice.
import { childOf, isReservedName } from '../protocol/path.ts';
import { batchesOf, memberAt, type Source } from './filesystem-copy-members.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { within } from './filesystem-hold.ts';
import type { Handled } from './filesystem-lot.ts';
import { textOf } from './filesystem-names.ts';
import type { Bringing, Brought, Bulk, Resource } from './store.ts';

/** The files `names` of the collection `source`. Rejects where a collection cannot be held, or made: whoever brings them one by one tells why. */
type Together = (names: readonly string[], source: Source) => Promise<Handled>;

/** See `Bulk.replaceFiles`. */
export function replaceFilesOf(
  disk: Disk,
  bringing: Parameters<Bulk['replaceFiles']>[0],
  unnamed: (count: number) => void,
): AsyncGenerator<Brought> {
  const { calls, paths, etags } = disk;
  return broughtBy(disk, bringing, unnamed, async (names, { place }) => {
    const { target: onto } = await paths.existing(bringing.to);
    const { target: made } = await paths.existing(await bringing.aside());
    return within(calls, onto, (there) =>
      within(calls, made, async (fresh) => {
        const handled = await calls.lots.replace(place, fresh, there, names);
        for (const numbers of handled.changed) etags.written(numbers);
        return handled;
      }),
    );
  });
}

/** See `Bulk.moveFiles`. */
export function moveFilesOf(disk: Disk, bringing: Bringing, unnamed: (count: number) => void): AsyncGenerator<Brought> {
  const { calls, paths, etags } = disk;
  return broughtBy(disk, bringing, unnamed, async (names, { place }) => {
    const { target } = await paths.existing(bringing.to);
    return within(calls, target, async (there) => {
      const handled = await calls.lots.move(place, there, names);
      for (const numbers of handled.changed) etags.touched(numbers);
      return handled;
    });
  });
}

function broughtBy(disk: Disk, { from, alone }: Bringing, unnamed: (count: number) => void, together: Together): AsyncGenerator<Brought> {
  return batchesOf(disk, from, unnamed, (batch, source) => bring(batch, source, alone, together));
}

async function bring(batch: readonly Entry[], source: Source, alone: Bringing['alone'], together: Together): Promise<Brought> {
  const names: string[] = [];
  const left: string[] = [];
  for (const entry of batch) {
    const name = textOf(entry.name);
    if (name !== undefined && !isReservedName(name)) (entry.isFile() && !alone(childOf(source.from, name)) ? names : left).push(name);
  }
  const handled = names.length > 0 ? await together(names, source).catch(() => undefined) : undefined;
  const files: Brought['files'][number][] = [];
  for (const [index, name] of names.entries()) {
    if (handled?.isDone(index)) files.push({ path: childOf(source.from, name), replaced: handled.isReplaced(index) });
    else left.push(name);
  }
  const others: Resource[] = [];
  for (const name of left) {
    const member = await memberAt(name, source);
    if (member) others.push(member);
  }
  return { files, others };
}
