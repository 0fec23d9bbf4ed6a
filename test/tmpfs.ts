// A disk of a test's own, small enough to be filled to its last byte: a tmpfs, which only root may mount.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disk {
  readonly folder: string;
  /** Not a byte is left: all is in one file, which is given back by `empty`. */
  fill(): void;
  empty(): void;
  /** As `mount -o remount,ro` does; refused by the system while a file is open for writing. */
  readOnly(on: boolean): void;
  /** Unmount it, whoever has something open there. */
  end(): void;
}

/** Where nothing can be mounted, throws what mount(8) says. */
export function mountDisk(size: string): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'dav207-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'dav207-test', folder]);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const filling = join(folder, '.fill');
  return {
    folder,
    fill() {
      const file = openSync(filling, 'a');
      for (let bytes = 65_536; bytes >= 1; bytes /= 2) while (takes(file, bytes));
      closeSync(file);
    },
    empty: () => truncateSync(filling, 0),
    readOnly: (on) => void execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, folder]),
    end() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function takes(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) > 0;
  } catch {
    return false;
  }
}
