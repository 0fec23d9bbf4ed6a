// Starts the built server, and kills it: under load after a while, and while it starts and replays what the last crash left.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BINARY, type RunningServer, startServer } from '../clients/dav207.ts';
import type { Random } from './random.ts';

export function start(folder: string, args: readonly string[]): Promise<RunningServer> {
  return startServer({ folder, args: ['--log-format', 'none', ...args] });
}

/** Kill within the first milliseconds after the server has taken the state, which is when it replays. Gives whether it lived that long. */
export async function killAtStart(folder: string, args: readonly string[], random: Random): Promise<void> {
  const own = join(folder, '.dav207');
  const child = spawn(process.execPath, [BINARY, folder, '--port', '0', '--log-format', 'none', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const watcher = watch(own);
  // Its record is renamed into place when the database is open; where the folder tells nothing, the first line comes too late.
  const taken = new Promise<void>((resolve) => {
    watcher.on('change', (_, name) => {
      if (name === 'owner') resolve();
    });
    child.stdout.once('data', () => resolve());
  });
  await Promise.race([taken, ended]);
  watcher.close();
  const span = random.int(LONGEST_REPLAY);
  if (span > 0) await delay(span);
  child.kill('SIGKILL');
  await ended;
}

/** Milliseconds; a replay of what a few clients left takes about as long. */
const LONGEST_REPLAY = 12;
