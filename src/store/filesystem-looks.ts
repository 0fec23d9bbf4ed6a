// Looks at many names, as a thread tells of them: written there in one piece, which is soon handed over, and read here.
import type fs from 'node:fs';
import { HASHED, identityOf, stampOf } from './etag.ts';
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
  const looks: (Look | undefined)[] = [];
  for (let index = 0; index < count; index++) looks.push(others[index * OTHERS] === 0 ? undefined : lookIn(buffer, others, index));
  return looks;
}

function lookIn(buffer: ArrayBuffer, others: Float64Array, index: number): Look {
  const at = index * OTHERS;
  const numbers = new Uint8Array(buffer, index * HASHED * 8, HASHED * 8);
  const dev = others[at + 5] as number;
  const ino = others[at + 6] as number;
  // Some file systems give numbers of more than 53 bits.
  const identity = Number.isSafeInteger(dev) && Number.isSafeInteger(ino) ? `${dev}:${ino}` : identityOf(stampOf(numbers));
  return {
    mode: others[at] as number,
    size: others[at + 1] as number,
    mtimeMs: others[at + 2] as number,
    ctimeMs: others[at + 3] as number,
    birthtimeMs: others[at + 4] as number,
    identity,
    numbers,
  };
}
