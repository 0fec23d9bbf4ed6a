// The folders that this process serves: a router that cannot stand beside another one is told before either has written.
import { nameOfPlace } from '../store/filesystem-folder.ts';
import { Mistake } from './mistake.ts';

interface Holder {
  readonly readOnly: boolean;
}

/** By device and inode, so that a link is no second folder. */
const held = new Map<string, Set<Holder>>();

/**
 * Throws Mistake while somebody in this process holds `folder`, but for readers beside readers: one process cannot open a
 * state database twice. Gives what lets go of it, which may be called twice.
 */
export function holdInProcess(folder: string, mine: Holder): () => void {
  const place = nameOfPlace(folder);
  const holders = held.get(place) ?? new Set();
  if ([...holders].some(({ readOnly }) => !(readOnly && mine.readOnly))) throw servedHere(folder);
  held.set(place, holders.add(mine));
  return () => {
    holders.delete(mine);
    if (holders.size === 0 && held.get(place) === holders) held.delete(place);
  };
}

export function servedHere(folder: string): Mistake {
  return new Mistake(`${folder} is served by this process already: close() the webdav() that serves it first.`);
}
