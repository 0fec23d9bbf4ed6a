// What a test file makes and must leave nothing of: servers, folders, drives, programs. Each is registered when it is made, and undone
// after the tests, however far they came.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, type afterEach } from '@jest/globals';
import { type RunningServer, type ServerOptions, startServer } from './dav207.ts';
import { mountedBelow } from './drive.ts';

export interface Undone {
  /** A new folder in the system's folder for temporary files; `name` is part of its name. Stays if something is still mounted in it. */
  folder(name: string): Promise<string>;
  server(options?: ServerOptions): Promise<RunningServer>;
  /** What else is to be undone. */
  after(undo: () => unknown): void;
}

/**
 * To be called where hooks may be, with the hook that is to undo. The last comes first, each is tried whatever became of the others,
 * and what went wrong is shown when all are done.
 */
export function undone(hook: typeof afterAll | typeof afterEach = afterAll): Undone {
  const undoing: (() => unknown)[] = [];
  const after = (undo: () => unknown) => void undoing.push(undo);
  hook(() => undoAll(undoing));
  return {
    after,
    async folder(name) {
      const folder = await mkdtemp(join(tmpdir(), `dav207-${name}-`));
      after(async () => {
        const mounts = await mountedBelow(folder); // Removing what is mounted would remove what is served.
        if (mounts.length > 0) throw new Error(`still mounted: ${mounts.join(', ')}`);
        await rm(folder, { recursive: true, force: true });
      });
      return folder;
    },
    async server(options) {
      const server = await startServer(options);
      after(() => server.stop());
      return server;
    },
  };
}

/** Empties the list. What is registered in the meantime is undone too. */
async function undoAll(undoing: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) {
    try {
      await undo();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new Error(errors.map((error) => (error instanceof Error ? error.stack : String(error))).join('\n\n'));
}
