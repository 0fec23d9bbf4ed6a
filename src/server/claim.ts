// The folders that this process serves: a router that cannot stand beside another one is told before either has written.
// (Other processes, and other names of the folder, meet the record of the owner, which the first write makes.)
import { Mistake } from './mistake.ts';

interface Claim {
  readonly readOnly: boolean;
}

const claims = new Map<string, Set<Claim>>();

/**
 * Throws Mistake while somebody in this process holds `folder`, but for readers beside readers: one process cannot open a
 * state database twice. Gives what lets go of it, which may be called twice.
 */
export function claim(folder: string, mine: Claim): () => void {
  const holders = claims.get(folder) ?? new Set();
  if ([...holders].some(({ readOnly }) => !(readOnly && mine.readOnly))) throw servedHere(folder);
  claims.set(folder, holders.add(mine));
  return () => {
    holders.delete(mine);
    if (holders.size === 0 && claims.get(folder) === holders) claims.delete(folder);
  };
}

export function servedHere(folder: string): Mistake {
  return new Mistake(`${folder} is served by this process already: close() the webdav() that serves it first.`);
}
