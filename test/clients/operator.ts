// What the tests of the command line share: a folder each, servers that end after the test, and what a mistake looks like.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { RunningServer, ServerOptions } from './dav207.ts';
import { eventually, type Outcome } from './program.ts';
import { undone } from './undone.ts';

export interface Operator {
  /** Fresh for each test. */
  readonly folder: string;
  /** A server on the test's folder, ended after the test. */
  serve(options?: ServerOptions): Promise<RunningServer>;
  /** A new folder in the test's. */
  sub(name: string): Promise<string>;
  /** Called after the test, when what came later has been undone. */
  after(undo: () => unknown): void;
}

/** Call it once a file, at the top: it sets up and clears away around each test. */
export function operator(): Operator {
  const made = undone(afterEach);
  let folder = '';
  beforeEach(async () => {
    folder = await made.folder('cli');
  });
  return {
    get folder() {
      return folder;
    },
    serve: (options = {}) => made.server({ folder, ...options }),
    async sub(name) {
      await mkdir(join(folder, name));
      return join(folder, name);
    },
    after: made.after,
  };
}

/** One line that names the culprit and says what to do; nothing on standard output; exit code 2. */
export function expectMistake({ status, stdout, stderr }: Outcome, ...says: readonly (string | RegExp)[]): void {
  expect({ status, stdout, lines: stderr.trimEnd().split('\n').length, stderr }).toEqual({ status: 2, stdout: '', lines: 1, stderr });
  expect(stderr).toMatch(/^dav207: .+\.\n$/);
  for (const words of says) expect(stderr).toMatch(words);
}

/** Names of what is staged in a served folder; none when nothing ever was. */
export function staged(folder: string): Promise<string[]> {
  return readdir(join(folder, '.dav207/tmp')).catch(() => []);
}

export function noneStaged(folder: string): Promise<void> {
  return eventually('what was staged is gone', async () => (await staged(folder)).length === 0);
}

/** The environment of a server whose system answers otherwise than this one: `code` is run before the first of its own. */
export function inOtherSystem(code: string): { readonly env: Readonly<Record<string, string>> } {
  return { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } };
}
