// Setting what a disk keeps of a resource besides its content: times, and whether a file is a program.
import type { Path } from '../protocol/path.ts';
import { openFile } from './filesystem-content.ts';
import type { Disk } from './filesystem-disk.ts';
import { within } from './filesystem-hold.ts';
import type { Taken } from './filesystem-path.ts';
import { millisecondOf, withExecutable } from './filesystem-resource.ts';
import { refusals } from './refusals.ts';
import type { Attributes } from './store.ts';

/** See `Store.setAttributes`. */
export async function setAttributes(disk: Disk, path: Path, attributes: Attributes): Promise<void> {
  const { modified, accessed, executable } = attributes;
  const spot = await disk.paths.resolve(path);
  if (spot.state === 'unreachable') throw refusals.unreachable();
  if (spot.state !== 'taken') throw refusals.notThere();
  // The mode first: the system asks for the same rights as for the times, and opening the file for some more.
  if (executable !== undefined) await setExecutable(disk, path, executable);
  if (modified !== undefined || accessed !== undefined) await setTimes(spot, disk, { modified, accessed });
}

const ALL_MODE_BITS = 0o7777n;

async function setExecutable(disk: Disk, path: Path, executable: boolean): Promise<void> {
  const { handle, stats } = await openFile(disk, path);
  try {
    const mode = withExecutable(stats.mode, executable);
    if (mode === (stats.mode & ALL_MODE_BITS)) return;
    await handle.chmod(Number(mode));
    disk.etags.kept(stats, await handle.stat());
  } finally {
    await handle.close();
  }
}

interface Times {
  readonly modified: number | undefined;
  readonly accessed: number | undefined;
}

async function setTimes({ home, name, stats }: Taken, { calls, etags }: Disk, { modified, accessed }: Times): Promise<void> {
  await within(calls, home, async (place) => {
    const read = secondsOf(accessed ?? millisecondOf(stats.atimeNs));
    await calls.lutimes(`${place}/${name}`, read, secondsOf(modified ?? millisecondOf(stats.mtimeNs)));
    etags.touched(await calls.lstat(`${place}/${name}`));
  });
}

/**
 * For `lutimes`: seconds as a float, which the system cuts off; 10 us more keep the millisecond. As text, since Node takes a
 * negative number for the present.
 */
function secondsOf(milliseconds: number): string {
  return String((milliseconds + 0.01) / 1000);
}
