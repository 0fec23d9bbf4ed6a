// Which names the members of a collection have, of many at once: what is neither a file nor a directory is not judged here.
import type { Path } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { within } from './filesystem-hold.ts';
import { isPlain } from './filesystem-resource.ts';

/** See `Bulk.present`. */
export async function presentIn({ calls, paths }: Disk, path: Path, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.outside) return new Set(); // what no link may lead to is known by its number
  const { target } = await paths.existing(path);
  return within(calls, target, async (place) => {
    const looks = await calls.members(place, target)(names);
    return new Set(names.filter((_, index) => looks[index] !== undefined && isPlain(looks[index])));
  });
}
