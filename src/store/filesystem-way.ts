// Whether the real path of a directory that is held still leads to it. If so it is as good as the descriptor, and a call by it takes half the time.
import fs, { type BigIntStats } from 'node:fs';

export interface Way {
  /** By which the directory's members are to be asked for now: its real path, or else as it is held. */
  place(): string;
  /** Whether what was asked for by `place`, as it was given, is the directory's; if not, another is given now. */
  stayed(place: string): boolean;
}

/**
 * Whoever puts something in the place of the directory, or of one above it, changes the one that it is in (POSIX, rename()), and
 * nobody can set a ctime back. `held` is the place that `hold` gives for the real path `real`. To be asked of local disks only.
 */
export type WayTo = (held: string, real: string, now?: () => number) => Way;

/** The look thread runs the text of this function too, so it names nothing but what it is handed. */
export function waysBy({ lstatSync, readlinkSync }: Pick<typeof fs, 'lstatSync' | 'readlinkSync'>): WayTo {
  const LEVELS = 10; // with more of them the real path is no shorter a way
  /** Milliseconds. What has not changed for so long cannot change again without a new ctime, though some disks (ext3, FAT) count in seconds. */
  const SETTLED = 3_000;

  function directoriesAbove(real: string): string[] {
    const above: string[] = [];
    for (let at = real; at !== '/'; above.push(at)) at = at.slice(0, at.lastIndexOf('/')) || '/';
    return above;
  }

  function lookAt(directory: string): BigIntStats | undefined {
    try {
      return lstatSync(directory, { bigint: true, throwIfNoEntry: false });
    } catch {
      return undefined;
    }
  }

  function isUnchanged(now: BigIntStats | undefined, before: BigIntStats | undefined): boolean {
    return now !== undefined && now.ctimeNs === before?.ctimeNs && now.ino === before.ino && now.dev === before.dev;
  }

  return (held, real, now = Date.now) => {
    const above = directoriesAbove(real);
    let seen: readonly BigIntStats[] | undefined;
    let lost = held === real || above.length > LEVELS;

    function look(): readonly BigIntStats[] | undefined {
      const settled = BigInt(now() - SETTLED);
      const all = above.map(lookAt).filter((stats) => stats !== undefined && stats.ctimeMs < settled) as BigIntStats[];
      // It is compared after that look, so that whatever changes later shows.
      return all.length === above.length && readlinkSync(held) === real ? all : undefined;
    }

    return {
      place() {
        if (!lost) seen ??= look();
        lost ||= seen === undefined;
        return lost ? held : real;
      },
      stayed(place) {
        if (place === held) return true;
        lost ||= !above.every((directory, level) => isUnchanged(lookAt(directory), seen?.[level]));
        return !lost;
      },
    };
  };
}

export const wayTo = waysBy(fs);
