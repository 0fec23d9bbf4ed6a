// A directory that is held as the store holds it, and one outside with the same names: for what is asked about many members at once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { hold } from '../../src/store/filesystem-hold.ts';
import type { Pace } from '../../src/store/filesystem-pace.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

/** All on the event loop. */
export const here: Pace = async (now) => now();

/** A clock by which all that a test has made has been as it is for long. */
export const later = () => Date.now() + 10_000;

export interface HeldDirectory {
  /** The folder that both are in: a real path, as the others. */
  readonly home: string;
  /** The real path of the directory, and a path to it that stays. */
  readonly real: string;
  readonly place: string;
  end(): Promise<void>;
}

/** Both paths are below `home`; each of `names` is a file with its name in it. */
export async function holdDirectory(path: string, outside: string, names: readonly string[]): Promise<HeldDirectory> {
  const home = temporaryFolder();
  const real = `${home}/${path}`;
  for (const directory of [real, `${home}/${outside}`]) {
    mkdirSync(directory, { recursive: true });
    for (const name of names) writeFileSync(`${directory}/${name}`, name);
  }
  const { place, release } = await hold(makeCalls(here), real);
  return {
    home,
    real,
    place,
    async end() {
      await release();
      removeFolder(home);
    },
  };
}
