// Setting what a disk keeps of a resource besides its content: times, and whether a file is a program.
import { lstat, lutimes } from 'node:fs/promises';
import type { Path } from '../protocol/path.ts';
import type { Etags } from './etag.ts';
import { openFile } from './filesystem-content.ts';
import { within } from './filesystem-hold.ts';
import type { DiskPaths, Taken } from './filesystem-path.ts';
import { millisecondOf, withExecutable } from './filesystem-resource.ts';
import { refusals } from './refusals.ts';
import type { Attributes } from './store.ts';

/** See `Store.setAttributes`. */
export async function setAttributes(paths: DiskPaths, etags: Etags, path: Path, attributes: Attributes): Promise<void> {
  const { modified, accessed, executable } = attributes;
  const spot = await paths.resolve(path);
  if (spot.state === 'unreachable') throw refusals.unreachable();
  if (spot.state !== 'taken') throw refusals.notThere();
  // The mode first: the system asks for the same rights as for the times, and opening the file for some more.
  if (executable !== undefined) await setExecutable(paths, etags, path, executable);
  if (modified !== undefined || accessed !== undefined) await setTimes(spot, etags, { modified, accessed });
}

const ALL_MODE_BITS = 0o7777n;

async function setExecutable(paths: DiskPaths, etags: Etags, path: Path, executable: boolean): Promise<void> {
  const { handle, stats } = await openFile(paths, path);
  try {
    const mode = withExecutable(stats.mode, executable);
    if (mode === (stats.mode & ALL_MODE_BITS)) return;
    await handle.chmod(Number(mode));
    etags.kept(stats, await handle.stat({ bigint: true }));
  } finally {
    await handle.close();
  }
}

interface Times {
  readonly modified: number | undefined;
  readonly accessed: number | undefined;
}

async function setTimes({ home, name, stats }: Taken, etags: Etags, { modified, accessed }: Times): Promise<void> {
  await within(home, async (place) => {
    const read = secondsOf(accessed ?? millisecondOf(stats.atimeNs));
    await lutimes(`${place}/${name}`, read, secondsOf(modified ?? millisecondOf(stats.mtimeNs)));
    etags.touched(await lstat(`${place}/${name}`, { bigint: true }));
  });
}

/**
 * For `lutimes`: seconds as a float, which the system cuts off; 10 us more keep the millisecond. As text, since Node takes a
 * negative number for the present.
 */
function secondsOf(milliseconds: number): string {
  return String((milliseconds + 0.01) / 1000);
}
