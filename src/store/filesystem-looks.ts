// Looks at many names, as a thread tells of them: written there in few pieces, which are soon handed over, and read here.
import type { hash } from 'node:crypto';
import type fs from 'node:fs';
import type { Stamp, tagger } from './etag.ts';
import type { Look } from './filesystem-look.ts';

export interface Looks {
  /** Of each name five big numbers, those of a `Stamp`; after them all, of each name four others. */
  readonly buffer: ArrayBuffer;
  /** Of each name, between slashes; empty where nothing bears it, or that could not be told. */
  readonly identities: string;
  /** Likewise; empty where one is left to the reader. */
  readonly tags: string;
}

const BIG = 5;
const OTHERS = 4;

/** Looks at each name in the directory at `place`. The thread runs the text of this function, so it names nothing but what it is handed. */
export function lookingAt(
  lstat: typeof fs.lstatSync,
  makeTags: typeof tagger,
  sha1: typeof hash,
  moment: number,
): (place: string, names: readonly string[], tagged?: boolean) => Looks {
  const QUIET = { bigint: true, throwIfNoEntry: false } as const;
  const tagOf = makeTags(sha1);
  return (place, names, tagged = true) => {
    // A tag that is told within a moment of the last change is remembered, and so left to the reader.
    const old = Date.now() - moment;
    const buffer = new ArrayBuffer(names.length * 9 * 8);
    const big = new BigInt64Array(buffer, 0, names.length * 5);
    const others = new Float64Array(buffer, names.length * 5 * 8);
    const identities: string[] = [];
    const tags: string[] = [];
    names.forEach((name, index) => {
      let identity = '';
      let tag = '';
      try {
        const stats = lstat(`${place}/${name}`, QUIET);
        if (stats) {
          const at = index * 5;
          big[at] = stats.dev;
          big[at + 1] = stats.ino;
          big[at + 2] = stats.size;
          big[at + 3] = stats.mtimeNs;
          big[at + 4] = stats.ctimeNs;
          const from = index * 4;
          others[from] = Number(stats.mode);
          others[from + 1] = Number(stats.size);
          others[from + 2] = Number(stats.mtimeMs);
          others[from + 3] = Number(stats.birthtimeMs);
          identity = `${stats.dev}:${stats.ino}`;
          if (tagged && Number(stats.ctimeMs) < old) tag = tagOf(stats, stats.ctimeNs, 0n);
        }
      } catch {
        // It stays without an identity.
      }
      identities.push(identity);
      tags.push(tag);
    });
    return { buffer, identities: identities.join('/'), tags: tags.join('/') };
  };
}

/** Of each name; undefined where nothing bears it, or that could not be told. */
export function looksIn({ buffer, identities, tags }: Looks): (Look | undefined)[] {
  const count = buffer.byteLength / (BIG + OTHERS) / 8;
  if (count === 0) return [];
  const big = new BigInt64Array(buffer, 0, count * BIG);
  const others = new Float64Array(buffer, count * BIG * 8);
  const all = tags.split('/');
  return identities
    .split('/')
    .map((identity, index) => (identity === '' ? undefined : new Told(big, others, index, identity, all[index] || undefined)));
}

/** The big numbers are hardly ever asked for, and each would be made anew. */
class Told implements Look {
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
  readonly identity: string;
  readonly tag: string | undefined;
  readonly #big: BigInt64Array;
  readonly #index: number;

  constructor(big: BigInt64Array, others: Float64Array, index: number, identity: string, tag: string | undefined) {
    const at = index * OTHERS;
    this.mode = others[at] as number;
    this.size = others[at + 1] as number;
    this.mtimeMs = others[at + 2] as number;
    this.birthtimeMs = others[at + 3] as number;
    this.identity = identity;
    this.tag = tag;
    this.#big = big;
    this.#index = index;
  }

  get stamp(): Stamp {
    const at = this.#index * BIG;
    const of = (number: number) => this.#big[at + number] as bigint;
    return { dev: of(0), ino: of(1), size: of(2), mtimeNs: of(3), ctimeNs: of(4) };
  }
}
