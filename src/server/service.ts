// Opens what one served folder needs: its store, its state, and what a crash left to finish.
import { join, resolve } from 'node:path';
import type { User } from '../accounts/users.ts';
import { type Context, DEFAULTS, type Options } from '../operations/context.ts';
import { Gate } from '../operations/gate.ts';
import { replay } from '../operations/replay.ts';
import { lmdbState } from '../state/lmdb.ts';
import type { State } from '../state/state.ts';
import { StateInUse } from '../state/state-owner.ts';
import { filesystemStore } from '../store/filesystem.ts';
import { folderProblem, isServed } from '../store/filesystem-folder.ts';
import { claim, servedHere } from './claim.ts';
import type { Log } from './log.ts';
import { Mistake } from './mistake.ts';

export interface WebdavOptions extends Partial<Pick<Options, 'readOnly' | 'depthInfinity'>> {
  /** The folder to serve. */
  readonly folder: string;
  /** Where locks and dead properties live; `FOLDER/.dav207` when absent. */
  readonly state?: string;
  /** Without users everybody is the one anonymous principal. */
  readonly users?: readonly User[];
  /** Told of every request and of what goes wrong; what goes wrong is printed on standard error when absent. */
  readonly log?: Log;
}

export interface Service {
  readonly context: Context;
  close(): Promise<void>;
}

/** Rejects with a Mistake when the folder cannot be served, or is served already, here or by another process. */
export async function openService({ folder, state, log, readOnly = false, depthInfinity = false }: WebdavOptions): Promise<Service> {
  const root = resolve(folder);
  const problem = folderProblem(root, { readOnly });
  if (problem) throw new Mistake(`${root} ${problem}`);
  const own = join(root, '.dav207');
  const place = state === undefined ? own : resolve(state);
  if (isServed(place, root)) throw new Mistake(`--state ${place} lies in the folder that is served, where every client could read it.`);
  const release = claim(root, { readOnly });
  try {
    const opened = await openState(place, root, { readOnly, also: own });
    const context: Context = {
      store: filesystemStore({ folder: root, readOnly }),
      state: opened,
      gate: new Gate(),
      options: { ...DEFAULTS, readOnly, depthInfinity },
      now: Date.now,
      warn: (sentence, cause) => log?.error(sentence, cause),
    };
    if (!readOnly) await replay(context);
    return { context, close: () => opened.close().then(release) };
  } catch (error) {
    release();
    throw error;
  }
}

async function openState(
  folder: string,
  served: string,
  { readOnly, also }: { readonly readOnly: boolean; readonly also: string },
): Promise<State> {
  try {
    return await lmdbState(folder, { readOnly, ...(also !== folder && { also }) });
  } catch (error) {
    if (error instanceof StateInUse)
      throw error.pid === process.pid
        ? servedHere(served)
        : new Mistake(`${served} is served by process ${error.pid} already: stop that one first.`);
    throw new Mistake(`the state of locks and properties in ${folder} cannot be opened: keep it elsewhere with --state DIR.`, {
      cause: error,
    });
  }
}
