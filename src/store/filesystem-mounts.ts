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
  return () => {
    const now = performance.now();
    if (now - asked < ASKED_ANEW) return whole;
    asked = now;
    const mounts = mountsNow();
    if (mounts === told) return whole;
    told = mounts;
    whole =
      mounts !== undefined &&
      !mountPoints(mounts).some((place) => place !== folder && place.startsWith(folder === '/' ? '/' : `${folder}/`));
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

/** proc_pid_mountinfo(5): the fifth field, in which blanks and backslashes are octal numbers. */
function mountPoints(mounts: string): string[] {
  const lines = mounts.split('\n');
  return lines.map((line) =>
    (line.split(' ', 5)[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}
