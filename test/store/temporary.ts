// A folder for one test.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function temporaryFolder(): string {
  return realpathSync.native(mkdtempSync(join(tmpdir(), 'dav207-store-')));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
