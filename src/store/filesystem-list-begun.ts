// The listing of a small collection, begun in a thread while the rows of another are written.
import { dirname } from 'node:path';
import { isReservedName, type Path, ROOT } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { translated } from './filesystem-errors.ts';
import { membersOf } from './filesystem-list.ts';
import type { Begun } from './store.ts';

const FRESH = 1_000; // milliseconds: what was seen earlier is looked at again

/** See `Store.beginList`. */
export function beginListing(disk: Disk, path: Path, others?: number): Begun | undefined {
  const { calls, paths } = disk;
  const real = paths.outside ? undefined : paths.hint(path, true);
  if (real === undefined) return undefined;
  const since = performance.now();
  const coming = calls.ahead(real, others);
  coming.catch(() => {}); // whoever waits for it is told
  return async () => {
    const listed = await coming;
    if (!listed || performance.now() - since > FRESH) return undefined;
    // No link was on the way to it.
    paths.seen(dirname(real));
    // The folder may be gone, or another one in its place, since it was looked at.
    await translated('existing', () => paths.resolve(ROOT));
    const { names, unnamed } = listed;
    const looks = listed.looks.map((look, index) => (isReservedName(names[index] ?? '') ? undefined : look));
    return { members: membersOf(disk, { path, place: real, real }, { names, looks: Promise.resolve(looks) }), unnamed };
  };
}
