// Whether a folder is all on one local disk, so that the system answers at once about whatever is in it.
import { readFileSync } from 'node:fs';
import { networkName } from './filesystem-network.ts';
import { fileSystemType } from './filesystem-type.ts';

const MOUNTS = '/proc/self/mountinfo';
const FUSE = 0x65735546;
const ASKED_ANEW = 50; // milliseconds: a new mount is not listed, nor asked for a file, sooner than that

/**
 * Tells whether calls about names in `folder`, a real path, may be made on the event loop: not on a network or in user space,
 * where an answer may never come, and not while something is mounted below it. That may be this server itself, as somebody's
 * network drive, which could not answer while it asks. Only Linux tells.
 */
export function oneDisk(folder: string): () => boolean {
  const type = fileSystemType(folder);
  if (process.platform !== 'linux' || type >>> 0 === FUSE || networkName(type) !== undefined) return () => false;
  let asked = Number.NEGATIVE_INFINITY;
  let told: string | undefined;
  let whole = false;
  const above = (mounts: string | undefined) =>
    linesOf(mounts)
      .filter(({ place }) => isIn(folder, place))
      .map(({ line }) => line)
      .join();
  const around = above(mountsNow());
  return () => {
    const now = performance.now();
    if (now - asked < ASKED_ANEW) return whole;
    asked = now;
    const mounts = mountsNow();
    if (mounts === told) return whole;
    told = mounts;
    // What has come over the folder, or above it, since the start may be anything.
    whole =
      mounts !== undefined && above(mounts) === around && !linesOf(mounts).some(({ place }) => place !== folder && isIn(place, folder));
    return whole;
  };
}

/** undefined where there is no such file, or no descriptor left to read it by. */
function mountsNow(): string | undefined {
  try {
    return readFileSync(MOUNTS, 'utf8');
  } catch {
    return undefined;
  }
}

/** proc_pid_mountinfo(5): the fifth field is where it is, in which blanks and backslashes are octal numbers. */
function linesOf(mounts: string | undefined): { readonly line: string; readonly place: string }[] {
  const lines = mounts?.split('\n').filter((line) => line !== '') ?? [];
  const plain = (field: string) => field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return lines.map((line) => ({ line, place: plain(line.split(' ', 5)[4] ?? '') }));
}

function isIn(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? '/' : `${folder}/`);
}
