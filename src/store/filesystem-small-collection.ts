// A small collection, looked at as a whole by the thread: its names, and what bears each.
import type fs from 'node:fs';
import type { Looks, lookingAt } from './filesystem-looks.ts';
import type { waysBy } from './filesystem-way.ts';

export interface SmallCollection extends Looks {
  /** Between slashes. */
  readonly names: string;
  /** How many are not UTF-8, and so not among them. */
  readonly unnamed: number;
}

/**
 * Gives what is in the directory with the real path `real`, held while it is looked at as `hold` and `wayTo` have it; undefined for a large
 * one and for what fails, which is left to who asks. The thread runs the text of this function, so it names nothing but what it is handed.
 */
export function smallCollections(
  { constants, openSync, closeSync, readlinkSync, statSync, readdirSync }: typeof fs,
  looksAt: ReturnType<typeof lookingAt>,
  wayTo: ReturnType<typeof waysBy>,
  textOf: (latin1: string) => string | undefined,
  descriptors: string,
  largest: number,
): (real: string) => SmallCollection | undefined {
  const MOST = 512; // names
  const FEW = 16; // to ask whether the way has stayed the same is more than it spares
  const O_PATH = 0o10000000;
  const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

  /** As latin1, so that no byte is lost. */
  function namesIn(place: string): string[] | undefined {
    if (statSync(place).size > largest) return undefined;
    const names = readdirSync(place, 'latin1');
    return names.length > MOST ? undefined : names;
  }

  function lookIn(place: string, real: string): SmallCollection | undefined {
    if (readlinkSync(place) !== real) return undefined;
    const all = namesIn(place);
    const names = all?.map(textOf).filter((name) => name !== undefined);
    if (!all || !names) return undefined;
    const way = names.length < FEW ? undefined : wayTo(place, real);
    const by = way?.place() ?? place;
    const looks = looksAt(by, names);
    const sure = way?.stayed(by) === false ? looksAt(place, names) : looks;
    return { ...sure, names: names.join('/'), unnamed: all.length - names.length };
  }

  return (real) => {
    let fd: number | undefined;
    try {
      fd = openSync(real, DIRECTORY);
      return lookIn(`${descriptors}/${fd}`, real);
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  };
}
