// Where bytes wait that are not there yet or no longer: on the same device as where they go, so that a rename can do it.
import { randomUUID } from 'node:crypto';
import { childOf, nameOf, type Path, parentOf } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { codeOf } from './filesystem-errors.ts';
import { within } from './filesystem-hold.ts';
import { blockedBy } from './filesystem-path.ts';
import { OWN, STAGING } from './own-place.ts';
import { refusals } from './refusals.ts';

/** A fresh name in the common staging place. */
export function stagingName(): Path {
  return childOf(STAGING, randomUUID());
}

/** A fresh name in the common staging place when it is on the device of the collection `parent`, else beside the target. */
export function stagingPath(stagingDevice: bigint | undefined, device: bigint, parent: Path, id: string): Path {
  return stagingDevice === device ? childOf(STAGING, id) : childOf(parent, `.dav207-${id}`);
}

/**
 * A fresh reserved path for something that will be renamed to `near`, or comes from there. Makes the common staging
 * place, but nothing at the path itself. 409 when `near` has no parent, 403 when it leads out of the folder.
 */
export async function stageNear(disk: Disk, near: Path): Promise<Path> {
  const { calls, paths } = disk;
  const spot = await paths.resolve(near);
  if (spot.state !== 'taken' && spot.state !== 'free') throw blockedBy(spot);
  // A link is written through, so the collection of its target is what counts.
  const home = spot.state === 'taken' ? spot.home : spot.collection;
  const { dev } = await calls.lstat(home);
  const device = await stagingDevice(disk, dev);
  // Out of the folder only a link leads: what is in a collection behind one has a path through it, what it leads to itself has none.
  const parent = paths.pathOf(home) ?? (spot.state === 'taken' && spot.link ? undefined : parentOf(near));
  if (parent === undefined && device !== dev) throw refusals.linkAcross();
  return stagingPath(device, dev, parent ?? parentOf(near), randomUUID());
}

/** The device of the staging place, which is made if that helps `wanted`; undefined where there can be none. */
async function stagingDevice({ calls, paths }: Disk, wanted: bigint): Promise<bigint | undefined> {
  // Whoever makes something in it holds it, and finds out whether it is still there.
  const guess = await paths.guess(STAGING);
  if (guess.state === 'taken' && guess.stats.isDirectory()) return guess.stats.dev;
  for (const path of [OWN, STAGING]) {
    const spot = await paths.resolve(path);
    if (spot.state === 'taken' && spot.stats.isDirectory()) {
      if (path === STAGING) return spot.stats.dev;
    } else if (spot.state !== 'free') {
      return undefined; // a file, or a link out of the folder
    } else {
      const above = await paths.existing(parentOf(path));
      if (above.stats.dev !== wanted) return above.stats.dev;
      try {
        await within(calls, spot.collection, (place) => calls.mkdir(`${place}/${nameOf(path)}`, 0o700));
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') return undefined; // where the root may not be written, a member perhaps may
      }
      if (path === STAGING) return wanted;
    }
  }
  return undefined;
}
