// A small file written and put in its place, in one slice: the system calls of `write` and `rename` that are left where nobody can come between.
import fs, { type BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { nameOf, type Path } from '../protocol/path.ts';
import type { Disk } from './filesystem-disk.ts';
import { LARGE } from './filesystem-handle.ts';
import { placeNow } from './filesystem-hold.ts';
import type { Free, Taken } from './filesystem-path.ts';
import { modeKept } from './filesystem-rename.ts';
import { resourceOf } from './filesystem-resource.ts';
import { stagingName } from './filesystem-stage.ts';
import { NEW_FILE } from './filesystem-write.ts';
import type { Put } from './store.ts';

const STATS = { bigint: true } as const;

/** Gives undefined where it takes more than that, or fails: whoever does it step by step is told why. */
export async function putSmall(disk: Disk, path: Path, bytes: Uint8Array): Promise<Put | undefined> {
  if (bytes.length > LARGE) return undefined;
  const { calls } = disk;
  for (let turn = calls.turn(); turn; turn = calls.turn()) await turn;
  const put = putNow(disk, path, bytes);
  // The slice may have come to its end in the midst of it, where it did nothing: in the next one there is time for all.
  const turn = put ? undefined : calls.turn();
  if (!turn) return put;
  await turn;
  return putNow(disk, path, bytes);
}

function putNow({ calls, paths, etags }: Disk, path: Path, bytes: Uint8Array): Put | undefined {
  const spot = paths.now(path);
  // Without a mount in the folder, which is why calls are made here at all, the common staging place is on the device of every collection.
  const staged = paths.hint(stagingName());
  if (!spot || staged === undefined || !isReplaceable(spot)) return undefined;
  return calls.here(() => {
    const [home, staging] = [placeNow(spot.collection), placeNow(dirname(staged))];
    if (home === undefined || staging === undefined) return undefined;
    paths.seen(dirname(staged));
    const own = bringIn(bytes, `${staging}/${basename(staged)}`, `${home}/${nameOf(path)}`, spot);
    if (!own) return undefined;
    if (spot.state === 'taken') etags.touched(spot.stats);
    // It is done, and without a name if another program has put another there since.
    if (own.nlink === 0n) return { made: undefined };
    etags.written(own);
    return { made: resourceOf(path, false, own, etags) };
  });
}

function isReplaceable(spot: Taken | Free): boolean {
  return spot.state === 'free' || (spot.stats.isFile() && spot.stats.size <= LARGE);
}

/** Gives what the file is in its place; undefined where that fails, and whoever does it step by step may do it once more. */
function bringIn(bytes: Uint8Array, aside: string, entry: string, spot: Taken | Free): BigIntStats | undefined {
  let made = false;
  try {
    const fd = fs.openSync(aside, NEW_FILE, 0o666); // less the umask
    made = true;
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done, bytes.length - done, done);
      if (spot.state === 'taken' && !keepsMode(fd, spot)) throw new Error('its owner is another');
      fs.renameSync(aside, entry);
      // Asked of the file itself, whatever its name leads to by now.
      return fs.fstatSync(fd, STATS);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    if (made) fs.rmSync(aside, { force: true });
    return undefined;
  }
}

/** As a rename keeps it, but for that of another owner. */
function keepsMode(fd: number, { stats: replaced }: Taken): boolean {
  const own = fs.fstatSync(fd, STATS);
  if (own.uid !== replaced.uid || own.gid !== replaced.gid) return false;
  const mode = modeKept(own, replaced);
  if ((own.mode & 0o7777n) !== mode) fs.fchmodSync(fd, Number(mode));
  return true;
}
