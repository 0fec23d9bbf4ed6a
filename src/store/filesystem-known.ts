// Directories that were seen a moment ago, by their real paths. Each is asked for anew before it is relied on.

/** Real paths that are remembered: some hundred bytes each. */
const REMEMBERED = 16_384;
const BELIEVED = 250; // milliseconds

export interface Known {
  has(real: string): boolean;
  /** A directory with this real path was seen just now. */
  seen(real: string): void;
  clear(): void;
}

/** `folder` is always known. */
export function knownDirectories(folder: string): Known {
  const seen = new Map<string, number>();
  return {
    has: (real) => real === folder || performance.now() - (seen.get(real) ?? Number.NEGATIVE_INFINITY) < BELIEVED,
    seen(real) {
      if (seen.size >= REMEMBERED) seen.clear();
      seen.set(real, performance.now());
    },
    clear: () => seen.clear(),
  };
}
