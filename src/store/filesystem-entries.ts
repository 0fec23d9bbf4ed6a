// What is in a directory, in batches, whether or not the disk tells with a name what bears it.
import fs, { type BigIntStats, type Dir, type Dirent } from 'node:fs';
import * as pool from 'node:fs/promises';
import { codeOf } from './filesystem-errors.ts';
import { lookNow } from './filesystem-look.ts';
import type { Pace } from './filesystem-pace.ts';

export interface Entry {
  /** Every byte of it, as latin1: UTF-8 or not. */
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

export type Entries = (place: string) => AsyncIterable<Entry[]>;

const BATCH = 256; // all that is held of a large directory at once
/** Bytes. One of no more is read whole: some hundreds of names, and a `Dir` takes Node longer to make than to read so many. */
export const SMALL_DIRECTORY = 16_384;
const TOGETHER = 32; // calls in one: far from a slice
const LATIN1 = { encoding: 'latin1' } as const;
const DIRECTORY = { ...LATIN1, bufferSize: BATCH } as const;

export function makeEntries(pace: Pace): Entries {
  return async function* entries(place) {
    // NFS tells of some names what bears them, and of others not.
    const given: string[] = [];
    // As bytes: Node would ask about a name of unknown type in the wrong encoding, on the event loop, and fail should it be gone; so it refuses.
    const bytes = Buffer.from(place);
    const all = await pace(
      () => smallNow(bytes),
      async () => undefined,
    );
    if (all === 'untyped') return yield* untyped(place, new Set());
    for (let from = 0; all && from < all.length; from += BATCH) yield all.slice(from, from + BATCH);
    if (all) return;
    const directory = await pace(
      () => fs.opendirSync(bytes as unknown as string, DIRECTORY),
      () => pool.opendir(bytes as unknown as string, DIRECTORY),
    );
    try {
      for (;;) {
        const batch = await pace(
          () => batchNow(directory),
          () => batchLater(directory, given),
        );
        if (batch.length > 0) yield batch;
        if (batch.length < BATCH) return;
      }
    } catch (error) {
      if (codeOf(error) !== 'ERR_INVALID_ARG_TYPE') throw error;
    } finally {
      await pace(
        () => directory.closeSync(),
        () => directory.close(),
      );
    }
    yield* untyped(place, new Set(given));
  };

  /** Names without types, which only come all at once; each is asked for. */
  async function* untyped(place: string, given: ReadonlySet<string>): AsyncGenerator<Entry[]> {
    const all = await pace(
      () => fs.readdirSync(place, LATIN1),
      () => pool.readdir(place, LATIN1),
    );
    const names = given.size > 0 ? all.filter((name) => !given.has(name)) : all;
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH);
      const stats = await lookEach(
        pace,
        some.map((name) => Buffer.concat([Buffer.from(`${place}/`), Buffer.from(name, 'latin1')])),
      );
      yield some.map((name, index) => ({
        name,
        isFile: () => stats[index]?.isFile() ?? false,
        isDirectory: () => stats[index]?.isDirectory() ?? false,
      }));
    }
  }
}

/** Of each; undefined where it fails. */
async function lookEach(pace: Pace, places: readonly Buffer[]): Promise<(BigIntStats | undefined)[]> {
  const stats: (BigIntStats | undefined)[] = [];
  for (let from = 0; from < places.length; from += TOGETHER) {
    const some = places.slice(from, from + TOGETHER);
    stats.push(
      ...(await pace(
        () => some.map(lookNow),
        () => Promise.all(some.map((place) => pool.lstat(place, { bigint: true }).catch(() => undefined))),
      )),
    );
  }
  return stats;
}

/** What is in a small directory; undefined for a large one. */
function smallNow(place: Buffer): Dirent[] | 'untyped' | undefined {
  if (fs.statSync(place).size > SMALL_DIRECTORY) return undefined;
  try {
    return fs.readdirSync(place as unknown as string, { ...LATIN1, withFileTypes: true });
  } catch (error) {
    if (codeOf(error) !== 'ERR_INVALID_ARG_TYPE') throw error;
    return 'untyped';
  }
}

function batchNow(directory: Dir): Entry[] {
  const batch: Entry[] = [];
  for (let entry = directory.readSync(); entry; entry = batch.length < BATCH ? directory.readSync() : null) batch.push(entry);
  return batch;
}

async function batchLater(directory: Dir, given: string[]): Promise<Entry[]> {
  const batch: Entry[] = [];
  for (let entry = await directory.read(); entry; entry = batch.length < BATCH ? await directory.read() : null) batch.push(entry);
  for (const { name } of batch) given.push(name);
  return batch;
}
