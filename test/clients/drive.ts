// A network drive put to work: shell scripts that a person could have typed (fixtures/drive, fixtures/bisync) run there
// and in a folder of the local disk, and what they leave must be equal.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RunningServer } from './dav207.ts';
import { run } from './program.ts';
import { read, untimed } from './trees.ts';

const SCRIPTS = join(import.meta.dirname, '../../fixtures');
const TYPING = 600_000; // ms; thousands of files through a client that takes its time
const PATIENCE = 60_000; // ms without anything under way; only a drive that has lost something needs it

/** Runs fixtures/SCRIPT.sh in `folder`, which is made. Rejects with all that was printed unless every command ended with 0. */
export async function work(script: string, folder: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { status, stdout, stderr } = await run('sh', ['-eu', join(SCRIPTS, `${script}.sh`)], { cwd: folder, env, timeout: TYPING });
  if (status !== 0) throw new Error(`${script}.sh ended with ${status} in ${folder}:\n${stdout}${stderr}`);
}

/**
 * The tree at `folder`, without times, as soon as it equals the one at `reference`: a drive may upload after a program
 * has closed its file. `idle` says that the drive itself has nothing left to upload. What is there in the end, equal
 * or not, is for the caller to compare.
 */
export async function settled(folder: string, reference: string, idle: () => Promise<boolean>): Promise<Record<string, string>> {
  const wanted = untimed(await read(reference));
  for (let deadline = Date.now() + PATIENCE; ; await delay(50)) {
    if (!(await idle())) {
      deadline = Date.now() + PATIENCE;
      continue;
    }
    const late = Date.now() > deadline;
    // A file that is listed may be renamed before it is read.
    const found = await read(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || late) throw error;
      return {};
    });
    const tree = untimed(found);
    if (late || isDeepStrictEqual(tree, wanted)) return tree;
  }
}

/** Whether something is mounted at `point`. */
export async function mounted(point: string): Promise<boolean> {
  return (await mountPoints()).includes(point);
}

/** Where something is mounted at `folder` and below it. */
export async function mountedBelow(folder: string): Promise<string[]> {
  return (await mountPoints()).filter((point) => `${point}/`.startsWith(`${folder}/`));
}

async function mountPoints(): Promise<string[]> {
  // The folder's own `stat` would ask the drive, which may not answer any more.
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.map((point) => point.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8))));
}

/** The lines of a server's log, started with `--log-format json`, that tell of an answer of 500 or above. */
export function serverErrors(server: RunningServer): string[] {
  return server
    .stderr()
    .split('\n')
    .filter((line) => /"status":5\d\d\b/.test(line));
}
