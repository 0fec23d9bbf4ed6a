// The few system calls that copy a small file: run on the event loop, and in a thread beside it.
import type fs from 'node:fs';

/** The content is kept from `read` to `write`: nobody comes in between. */
export interface SmallCopies {
  /** Reads the file at `place`, and gives its permissions; undefined for what is no regular file or has more than so many bytes. */
  read(place: string): number | undefined;
  /** Writes what was read to a new file, and gives what it is then. Nothing is there when it throws. */
  write(to: string, mode: number): fs.BigIntStats;
}

/** Throws what the system says. The other thread runs the text of this function, so it names nothing but what it is handed. */
export function smallCopies({ constants, ...calls }: typeof fs, large: number): SmallCopies {
  const STATS = { bigint: true } as const;
  // O_NONBLOCK: should a pipe have come in its place, it is not waited for.
  const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const COPY = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  let bytes = Buffer.alloc(0);
  let length = 0;

  return {
    read(place) {
      const source = calls.openSync(place, SOURCE);
      try {
        const stats = calls.fstatSync(source);
        if (!stats.isFile() || stats.size > large) return undefined;
        if (bytes.length < stats.size) bytes = Buffer.allocUnsafeSlow(Math.max(stats.size, 8192));
        length = 0;
        // It may have become shorter meanwhile.
        for (let more = -1; more !== 0 && length < stats.size; length += more)
          more = calls.readSync(source, bytes, length, stats.size - length, null);
        return stats.mode & 0o777;
      } finally {
        calls.closeSync(source);
      }
    },
    write(to, mode) {
      const copy = calls.openSync(to, COPY, mode);
      try {
        for (let at = 0; at < length; ) at += calls.writeSync(copy, bytes, at, length - at, null);
        const stats = calls.fstatSync(copy, STATS);
        if (Number(stats.mode & 0o777n) === mode) return stats;
        calls.fchmodSync(copy, mode); // the umask has taken its share
        return calls.fstatSync(copy, STATS);
      } catch (error) {
        calls.unlinkSync(to);
        throw error;
      } finally {
        calls.closeSync(copy);
      }
    },
  };
}
