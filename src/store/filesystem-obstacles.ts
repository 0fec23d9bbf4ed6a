// What would keep a whole tree from being removed, told before anything of it is touched.
import { constants } from 'node:fs';
import type { DavError } from '../protocol/error.ts';
import { childOf, isReservedName, type Path } from '../protocol/path.ts';
import type { Calls } from './filesystem-calls.ts';
import type { Disk } from './filesystem-disk.ts';
import type { Entry } from './filesystem-entries.ts';
import { davErrorOf } from './filesystem-errors.ts';
import { within } from './filesystem-hold.ts';
import { textOf } from './filesystem-names.ts';
import { refusals } from './refusals.ts';
import type { Obstacle } from './store.ts';

const EMPTIED = constants.W_OK | constants.X_OK; // whoever has no members needs neither

/** Of a file or a link there is none: their removal is their collection's affair. */
export async function obstaclesIn({ calls, paths }: Disk, path: Path): Promise<Obstacle[]> {
  const { target, own } = await paths.existing(path);
  const found: Obstacle[] = [];
  if (own.isDirectory()) await look(calls, target, path, own.dev, found);
  return found;
}

/** Goes on into collections once a directory is closed, so that a deep tree holds no descriptor for each level. */
async function look(calls: Calls, folder: string, path: Path, device: bigint, found: Obstacle[]): Promise<void> {
  const below: string[] = [];
  let reason: DavError | undefined;
  try {
    await within(calls, folder, async (place) => {
      let empty = true;
      for await (const batch of calls.entries(place)) {
        if (empty) await calls.access(place, EMPTIED);
        empty = false;
        for (const entry of batch) {
          const name = textOf(entry.name);
          if (isUnmanaged(name, entry)) reason ??= refusals.unmanaged();
          else if (name !== undefined && entry.isDirectory()) below.push(name);
        }
      }
    });
  } catch (error) {
    reason ??= davErrorOf(error, 'existing');
  }
  if (reason) found.push({ collection: path, error: reason });
  for (const name of below) {
    const real = `${folder}/${name}`;
    const there = await calls.lstat(real).catch(() => undefined);
    if (there?.dev === device) await look(calls, real, childOf(path, name), device, found);
    else if (there) found.push({ collection: childOf(path, name), error: refusals.mounted() });
  }
}

/** What no client can see, and what would be lost with the collection. */
function isUnmanaged(name: string | undefined, entry: Entry): boolean {
  return name === undefined ? entry.isFile() || entry.isDirectory() : isReservedName(name);
}
