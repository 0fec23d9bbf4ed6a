// Strong entity-tags from what a file system knows about a resource, and the count that tells equal numbers apart.
import { hash } from 'node:crypto';

/** The numbers of a stat that change whenever content may have; times in nanoseconds. A `BigIntStats` is one. */
export interface Stamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Those by which one content is told from the next that has the same inode. */
export type Numbers = Pick<Stamp, 'dev' | 'ino' | 'ctimeNs'>;

export interface Etags {
  /** The strong entity-tag, with its quotes, of a resource with these numbers (RFC 9110 §8.8.3), to tell a client. `identity` is that of the stamp, where it is at hand. */
  tag(stamp: Stamp, identity?: string): string;
  /** The same by its numbers as they are hashed (`HASHED`), with a count of 0; undefined where `tag` has to be asked. `ctimeMs`: those of its ctime. */
  tagBy(hashed: Uint8Array, identity: string, ctimeMs: number): string | undefined;
  /** This process has just written new content: to be told once, when the last byte is there. */
  written(stamp: Numbers): void;
  /** The same content has new times, or is about to go and leave its inode to another. */
  touched(stamp: Numbers): void;
  /** The same content has a new mode and nothing else, which RFC 4918 §8.6 wants no new tag for: the one of `before` stays. */
  kept(before: Stamp, after: Stamp): void;
}

interface Writing {
  readonly ctimeNs: bigint;
  /** The ctime in the tag: an earlier one where only the mode has changed since. */
  readonly taggedNs: bigint;
  readonly count: number;
}

const COARSEST_TICK = 10_000_000n; // nanoseconds: a kernel at 100 Hz
const MOMENT = 1000; // milliseconds: far more than a tick of any clock
const LENGTH = 22; // 132 bits of base64url

/**
 * Tags that never repeat for other content, although clocks move in ticks and inodes are reused (RFC 4918 §8.8).
 *
 * Two contents can only share all numbers when they share the inode and were written within one tick. So the writes
 * of this process are counted by inode: one that lands within a tick of the one before gets the next count, which is
 * part of the tag for as long as the ctime stays what it was. All others have count 0, which is left out, so that a
 * tag outlives this process. (After a change of mode it does not: clients see a new tag for old content, once.) Counting by inode and not by path also holds where a collection is moved: its members
 * bring their numbers, and so their counts, to another URL.
 *
 * What others have written is counted as well from when its tag is told, if that is within a moment of its last change: it need not
 * be looked at when it goes. What is written later than a moment after has another ctime.
 *
 * @param limit how many inodes are remembered at most; far more than can be written, or told, within a tick
 */
export function makeEtags(limit = 16_384, now = Date.now): Etags {
  const writings = new Map<string, Writing>();

  function record(stamp: Numbers, fresh: boolean): void {
    const key = identityOf(stamp);
    const before = writings.get(key);
    const close = before !== undefined && stamp.ctimeNs - before.ctimeNs < COARSEST_TICK;
    const count = close ? before.count + (fresh ? 1 : 0) : 0;
    remember(key, { ctimeNs: stamp.ctimeNs, taggedNs: stamp.ctimeNs, count });
  }

  function remember(key: string, writing: Writing): void {
    writings.delete(key); // so that it goes to the end: the oldest is forgotten first
    writings.set(key, writing);
    if (writings.size > limit) forgetOldest();
  }

  /**
   * Many at once: each look for the oldest passes over all that were forgotten before. An iterator that is kept would keep them all.
   * Those without a count go first, but for the newest, within whose tick others may come: with its count, a file loses what tells it
   * from what was there before.
   */
  function forgetOldest(): void {
    const many = Math.ceil(limit / 8);
    let left = many;
    function forget(among: number, goes: (writing: Writing) => boolean): void {
      let passed = 0;
      for (const [key, writing] of writings) {
        if (left === 0 || passed++ === among) break;
        if (goes(writing) && writings.delete(key)) left--;
      }
    }
    forget(writings.size - many, ({ count }) => count === 0);
    forget(many, () => true);
  }

  /** What is told of a resource with these numbers. */
  function writingOf(stamp: Stamp): Writing {
    const last = writings.get(identityOf(stamp));
    return last?.ctimeNs === stamp.ctimeNs ? last : { ctimeNs: stamp.ctimeNs, taggedNs: stamp.ctimeNs, count: 0 };
  }

  return {
    tag(stamp, identity = identityOf(stamp)) {
      const { ctimeNs } = stamp;
      const last = writings.get(identity);
      if (last?.ctimeNs === ctimeNs) return tagOf(stamp, last.taggedNs, last.count);
      const isLatest = last === undefined || last.ctimeNs < ctimeNs; // it may have been written since it was looked at
      if (isLatest && Number(ctimeNs) / 1e6 > now() - MOMENT) remember(identity, { ctimeNs, taggedNs: ctimeNs, count: 0 });
      return tagOf(stamp, ctimeNs, 0);
    },
    tagBy: (hashed, identity, ctimeMs) => (writings.has(identity) || ctimeMs > now() - MOMENT ? undefined : hashOf(hashed)),
    written: (stamp) => record(stamp, true),
    touched: (stamp) => record(stamp, false),
    kept: (before, after) => remember(identityOf(after), { ...writingOf(before), ctimeNs: after.ctimeNs }),
  };
}

/** Same device and inode, same resource. */
export function identityOf(stamp: Pick<Stamp, 'dev' | 'ino'>): string {
  return `${stamp.dev}:${stamp.ino}`;
}

/** A tag is that of six numbers of 64 bits: those of a stamp, in the order that it names them, and a count. */
export const HASHED = 6;

// Hashed as they are: to write five big numbers in figures would take longer than the hash.
const numbers = new BigInt64Array(HASHED);
const bytes = new Uint8Array(numbers.buffer);

function tagOf({ dev, ino, size, mtimeNs }: Stamp, ctimeNs: bigint, count: number): string {
  numbers[0] = dev;
  numbers[1] = ino;
  numbers[2] = size;
  numbers[3] = mtimeNs;
  numbers[4] = ctimeNs;
  numbers[5] = BigInt(count);
  return hashOf(bytes);
}

/** The stamp of what is hashed, or is one. */
export function stampOf(numbers: Stamp | Uint8Array): Stamp {
  if (!(numbers instanceof Uint8Array)) return numbers;
  const [dev = 0n, ino = 0n, size = 0n, mtimeNs = 0n, ctimeNs = 0n] = new BigInt64Array(numbers.buffer, numbers.byteOffset, HASHED);
  return { dev, ino, size, mtimeNs, ctimeNs };
}

function hashOf(hashed: Uint8Array): string {
  return `"${hash('sha1', hashed, 'base64url').slice(0, LENGTH)}"`;
}
