// Removing what is plain of a whole tree, files of any size and the collections they leave empty: run in a thread, where nobody waits for a call.
import type fs from 'node:fs';

/** What a thread is asked for: a part of the work on the tree in the directory at `place`. The number says which parts are one work. */
export interface Clearing {
  readonly place: string;
  readonly number: number;
  /** For a second thread at the same tree: from the last name to the first, so that they meet. Files of large directories are left to the other. */
  readonly backwards: boolean;
}

/** How many files and collections are gone by this part, and 1 when there is no other. */
export type Cleared = BigInt64Array<ArrayBuffer>;

/** Levels of a tree that are gone into, with a descriptor for each. */
export const CLEARED_LEVELS = 16;

/**
 * What fails, the files beside a link, what has a reserved name or one that is not UTF-8, and what is neither file nor collection is
 * left as it is. The thread runs the text of this function, so it names nothing but what it is handed.
 */
export function clearTrees(
  { constants, ...calls }: typeof fs,
  textOf: (latin1: string) => string | undefined,
  isReserved: (name: string) => boolean,
  levels: number,
  descriptors: string,
  largest: number,
  clock: () => number,
): (clearing: Clearing) => Cleared {
  const PART = 8; // milliseconds: others wait for the thread
  const SOME = 32; // files between two looks at the clock
  const DIRECTORY = constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const ENTRIES = { encoding: 'latin1', bufferSize: 256 } as const;
  const SMALL = { encoding: 'latin1', withFileTypes: true } as const;
  const works = new Map<number, Generator<undefined, void, undefined>>();
  let until = 0;
  let removed = 0;

  function* clear(place: string, level: number, backwards: boolean): Generator<undefined, void, undefined> {
    // Gone into once the directory is closed: others may come into it.
    for (const name of yield* removeFiles(place, backwards)) {
      const entered = level < levels && (yield* enter(`${place}/${name}`, level + 1, backwards));
      if (entered && attempt(() => calls.rmdirSync(`${place}/${name}`))) removed++;
    }
  }

  /** Gives the names of the collections. */
  function* removeFiles(place: string, backwards: boolean): Generator<undefined, string[], undefined> {
    const collections: string[] = [];
    // As bytes, or Node would ask about names of unknown type in the wrong encoding; so it refuses, and all is left.
    const bytes = Buffer.from(place) as unknown as string;
    const small = calls.statSync(place).size > largest ? undefined : calls.readdirSync(bytes, SMALL);
    // Once the file beside it is gone, a link to it leads nowhere, and nobody could tell that it was a member.
    const left = (backwards && !small) || (yield* hasLink(small ?? read(bytes)));
    if (backwards) small?.reverse();
    let many = 0;
    for (const entry of small ?? read(bytes)) {
      const name = textOf(entry.name);
      if (name === undefined || isReserved(name)) continue;
      if (entry.isDirectory()) collections.push(name);
      else if (!left && entry.isFile() && attempt(() => calls.unlinkSync(`${place}/${name}`))) removed++;
      if (++many % SOME === 0 && clock() > until) yield;
    }
    return backwards && !small ? collections.reverse() : collections;
  }

  function* hasLink(entries: Iterable<fs.Dirent>): Generator<undefined, boolean, undefined> {
    let many = 0;
    for (const entry of entries) {
      if (entry.isSymbolicLink()) return true;
      if (++many % SOME === 0 && clock() > until) yield;
    }
    return false;
  }

  function* read(place: string): Generator<fs.Dirent> {
    const directory = calls.opendirSync(place, ENTRIES);
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) yield entry;
    } finally {
      directory.closeSync();
    }
  }

  /** Gives whether it could be listed: one that cannot is not removed, whether or not it is empty. */
  function* enter(entry: string, level: number, backwards: boolean): Generator<undefined, boolean, undefined> {
    if (clock() > until) yield;
    let fd: number | undefined;
    try {
      // No link is followed, and what is held stays the same: no way leads out of the tree.
      fd = calls.openSync(entry, DIRECTORY);
      yield* clear(`${descriptors}/${fd}`, level, backwards);
      return true;
    } catch {
      return false; // who takes away what is left tells why
    } finally {
      if (fd !== undefined) calls.closeSync(fd);
    }
  }

  function attempt(call: () => void): boolean {
    try {
      call();
      return true;
    } catch {
      return false;
    }
  }

  return ({ place, number, backwards }) => {
    until = clock() + PART;
    removed = 0;
    const work = works.get(number) ?? clear(place, 1, backwards);
    works.set(number, work);
    let over = true;
    attempt(() => {
      over = work.next().done === true;
    });
    if (over) works.delete(number);
    return new BigInt64Array([BigInt(removed), BigInt(over)]);
  };
}
