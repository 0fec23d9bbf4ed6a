// Copying what is plain of whole trees, collections and small files: run on the event loop, and in a thread beside it.
import type fs from 'node:fs';
import type { SmallCopies } from './filesystem-small-copy.ts';

/** Collections of one directory. Each is copied by whoever takes it first, this thread or another. */
export interface Growing {
  /** A path to the directory, and to the one where the copies go and nothing has their names. */
  readonly from: string;
  readonly to: string;
  /** With slashes between them: no name holds one, and one string is copied sooner than many. */
  readonly trees: string;
  /** The index of the first that nobody has taken; beyond the last when there is none. */
  readonly next: Int32Array;
  /** So many levels of collections may be made. */
  readonly levels: number;
  /** Says which parts are one work. */
  readonly number: number;
}

/** What was left of a collection: of itself there is a copy, of these members there is nothing. */
export interface Left {
  /** Its names from the directory on, with slashes between them; empty for the directory itself. */
  readonly collection: string;
  readonly names: readonly string[];
  /** So many names are not UTF-8: of what bears them there is no copy. */
  readonly unnamed: number;
}

/** What a part of the work came to. */
export interface Grown {
  /** Of so many trees all is copied, or left. */
  readonly finished: number;
  /** So many files and collections were copied. */
  readonly done: number;
  readonly left: readonly Left[];
  /** Three numbers of each copy: device, inode, and ctime in nanoseconds. */
  readonly changed: BigUint64Array;
  /** There is nothing more to take. */
  readonly over: boolean;
}

/** Levels of a tree that are gone into, with two descriptors for each. */
export const COPIED_LEVELS = 16;

/** Bytes. A directory of no more, some thousands of names, is known as a whole before there is a copy of it. */
export const LARGEST_DIRECTORY = 131_072;

/**
 * What fails, and what is neither a small file nor such a directory, is left as it is; where `handled` is false so is the rest of the
 * tree that was begun, and no other is taken. The thread runs the text of this function, so it names nothing but what it is handed.
 * `part`: milliseconds that one takes.
 */
export function copyTrees(
  { constants, ...calls }: typeof fs,
  { read, write }: SmallCopies,
  textOf: (latin1: string) => string | undefined,
  isReserved: (name: string) => boolean,
  descriptors: string,
  small: number,
  largest: number,
  part: number,
  clock: () => number,
): (growing: Growing, handled: boolean) => Grown {
  const MANY = 128; // copies of which the numbers are told in one part: others wait for as long as that takes
  const STATS = { bigint: true } as const;
  const DIRECTORY = constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const SMALL = { encoding: 'latin1', withFileTypes: true } as const;
  const ENTRIES = { encoding: 'latin1', bufferSize: 256 } as const;
  const works = new Map<number, Generator<undefined, void, undefined>>();
  const numbers = new BigUint64Array(3 * MANY);
  let until = 0;
  let working = true;
  let finished = 0;
  let done = 0;
  let left: Left[] = [];

  function* grow({ from, to, trees, next, levels }: Growing): Generator<undefined, void, undefined> {
    const all = trees.split('/');
    while (working) {
      const name = all[Atomics.add(next, 0, 1)];
      if (name === undefined) return;
      const made = yield* copyTree(name, `${from}/${name}`, `${to}/${name}`, levels);
      if (!made) left.push({ collection: '', names: [name], unnamed: 0 });
      finished++;
      if (isOver()) yield;
    }
  }

  /** Gives whether it is made: if so, what was left in it is told. */
  function* copyTree(collection: string, place: string, to: string, levels: number): Generator<undefined, boolean, undefined> {
    if (!working || levels === 0) return false;
    let source: number | undefined;
    let copy: number | undefined;
    let made = false;
    try {
      // No link is followed, and what is held stays the same: no way leads out of the tree, nor out of the copy.
      source = calls.openSync(place, DIRECTORY);
      const { size } = calls.fstatSync(source);
      if (size > largest) return false;
      const from = `${descriptors}/${source}`;
      // As bytes, or Node would ask about names of unknown type in the wrong encoding; so it refuses, and all is left.
      const bytes = Buffer.from(from) as unknown as string;
      // RFC 4918 §9.8.3: of a collection that may not be read there is no copy, so it is made after that.
      const entries = size > small ? yield* readEach(bytes) : calls.readdirSync(bytes, SMALL);
      if (!working) return false;
      calls.mkdirSync(to);
      made = true;
      if (entries.length === 0) {
        tell(calls.lstatSync(to, STATS));
        return true;
      }
      copy = calls.openSync(to, DIRECTORY);
      yield* copyMembers(collection, entries, from, `${descriptors}/${copy}`, levels);
      tell(calls.fstatSync(copy, STATS));
      return true;
    } catch {
      // Whoever makes it one by one tells why.
      if (made && copy === undefined) attempt(() => calls.rmdirSync(to));
      return copy !== undefined;
    } finally {
      for (const fd of [source, copy]) if (fd !== undefined) attempt(() => calls.closeSync(fd));
    }
  }

  function* readEach(place: string): Generator<undefined, fs.Dirent[], undefined> {
    const entries: fs.Dirent[] = [];
    const directory = calls.opendirSync(place, ENTRIES);
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
        entries.push(entry);
        if (isOver()) yield;
      }
    } finally {
      directory.closeSync();
    }
    return entries;
  }

  function* copyMembers(
    collection: string,
    entries: readonly fs.Dirent[],
    from: string,
    to: string,
    levels: number,
  ): Generator<undefined, void, undefined> {
    const names: string[] = [];
    const collections: string[] = [];
    let unnamed = 0;
    for (const entry of entries) {
      const name = textOf(entry.name);
      if (name === undefined) unnamed++;
      else if (!isReserved(name)) {
        if (entry.isDirectory()) collections.push(name);
        else if (!working || !entry.isFile() || !attempt(() => copyFile(`${from}/${name}`, `${to}/${name}`))) names.push(name);
      }
      if (isOver()) yield;
    }
    for (const name of collections) {
      if (!(yield* copyTree(`${collection}/${name}`, `${from}/${name}`, `${to}/${name}`, levels - 1))) names.push(name);
      if (isOver()) yield;
    }
    if (names.length > 0 || unnamed > 0) left.push({ collection, names, unnamed });
  }

  /** Gives whether it is done. */
  function copyFile(place: string, to: string): boolean {
    const mode = read(place);
    if (mode === undefined) return false;
    tell(write(to, mode));
    return true;
  }

  function tell({ dev, ino, ctimeNs }: fs.BigIntStats): void {
    numbers[3 * done] = dev;
    numbers[3 * done + 1] = ino;
    numbers[3 * done + 2] = ctimeNs;
    done++;
  }

  function isOver(): boolean {
    return clock() > until || done === MANY;
  }

  function attempt(call: () => unknown): boolean {
    try {
      return call() !== false;
    } catch {
      return false;
    }
  }

  return (growing, handled) => {
    const { number } = growing;
    until = clock() + part;
    working = handled;
    finished = 0;
    done = 0;
    left = [];
    const work = works.get(number) ?? grow(growing);
    works.set(number, work);
    const over = work.next().done === true;
    if (over) works.delete(number);
    return { finished, done, left, changed: numbers.slice(0, 3 * done), over };
  };
}
