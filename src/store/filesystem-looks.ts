// Looks at many names, as a thread tells of them: written there in one piece, which is soon handed over, and read here.
import type fs from 'node:fs';
import { HASHED, identityOf, type Stamp } from './etag.ts';
import type { Look } from './filesystem-look.ts';

export interface Looks {
  /** Of each name six big numbers, as they are hashed for its entity-tag; after them all, of each name seven others. All are 0 where nothing bears it, or that could not be told. */
  readonly buffer: ArrayBuffer;
}

const OTHERS = 7;

/** Looks at each name in the directory at `place`. The thread runs the text of this function, so it names nothing but what it is handed. */
export function lookingAt(lstat: typeof fs.lstatSync): (place: string, names: readonly string[]) => Looks {
  const QUIET = { bigint: true, throwIfNoEntry: false } as const;
  return (place, names) => {
    const buffer = new ArrayBuffer(names.length * 13 * 8);
    const big = new BigInt64Array(buffer, 0, names.length * 6);
    const others = new Float64Array(buffer, names.length * 6 * 8);
    names.forEach((name, index) => {
      try {
        const stats = lstat(`${place}/${name}`, QUIET);
        if (!stats) return;
        const at = index * 6;
        big[at] = stats.dev;
        big[at + 1] = stats.ino;
        big[at + 2] = stats.size;
        big[at + 3] = stats.mtimeNs;
        big[at + 4] = stats.ctimeNs;
        const from = index * 7;
        others[from] = Number(stats.mode);
        others[from + 1] = Number(stats.size);
        others[from + 2] = Number(stats.mtimeMs);
        others[from + 3] = Number(stats.ctimeMs);
        others[from + 4] = Number(stats.birthtimeMs);
        others[from + 5] = Number(stats.dev);
        others[from + 6] = Number(stats.ino);
      } catch {
        // It stays without a mode.
      }
    });
    return { buffer };
  };
}

/** Of each name; undefined where nothing bears it, or that could not be told. */
export function looksIn({ buffer }: Looks): (Look | undefined)[] {
  const count = buffer.byteLength / (HASHED + OTHERS) / 8;
  const others = new Float64Array(buffer, count * HASHED * 8);
  return Array.from({ length: count }, (_, index) => (others[index * OTHERS] === 0 ? undefined : new Told(buffer, others, index)));
}

/** The big numbers are hardly ever asked for, and each would be made anew. */
class Told implements Look {
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly identity: string;
  readonly #buffer: ArrayBuffer;
  readonly #at: number;

  constructor(buffer: ArrayBuffer, others: Float64Array, index: number) {
    this.#buffer = buffer;
    this.#at = index * HASHED * 8;
    const of = (number: number) => others[index * OTHERS + number] as number;
    this.mode = of(0);
    this.size = of(1);
    this.mtimeMs = of(2);
    this.ctimeMs = of(3);
    this.birthtimeMs = of(4);
    const [dev, ino] = [of(5), of(6)];
    // Some file systems give numbers of more than 53 bits.
    this.identity = Number.isSafeInteger(dev) && Number.isSafeInteger(ino) ? `${dev}:${ino}` : identityOf(this.stamp);
  }

  get hashed(): Uint8Array {
    return new Uint8Array(this.#buffer, this.#at, HASHED * 8);
  }

  get stamp(): Stamp {
    const [dev = 0n, ino = 0n, size = 0n, mtimeNs = 0n, ctimeNs = 0n] = new BigInt64Array(this.#buffer, this.#at, HASHED);
    return { dev, ino, size, mtimeNs, ctimeNs };
  }
}
