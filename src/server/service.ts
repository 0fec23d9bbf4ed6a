// Opens what one served folder needs: its store, its state, and what a crash left to finish.
import { join, resolve } from 'node:path';
import type { User } from '../accounts/users.ts';
import { type Context, DEFAULTS, type Options } from '../operations/context.ts';
import { Gate } from '../operations/gate.ts';
import { replay } from '../operations/replay.ts';
import { lmdbState } from '../state/lmdb.ts';
import { filesystemStore } from '../store/filesystem.ts';
import type { Log } from './log.ts';

export interface WebdavOptions extends Partial<Pick<Options, 'readOnly' | 'depthInfinity'>> {
  /** The folder to serve. */
  readonly folder: string;
  /** Where locks and dead properties live; `FOLDER/.dav207` when absent. */
  readonly state?: string;
  /** Without users everybody is the one anonymous principal. */
  readonly users?: readonly User[];
  readonly log?: Log;
}

export interface Service {
  readonly context: Context;
  close(): Promise<void>;
}

/** Rejects when the folder is not one, cannot be read, or is served by another process. */
export async function openService({ folder, state, log, ...chosen }: WebdavOptions): Promise<Service> {
  const root = resolve(folder);
  const options = { ...DEFAULTS, ...defined(chosen) };
  const store = filesystemStore({ folder: root, readOnly: options.readOnly });
  const opened = await lmdbState(state === undefined ? join(root, '.dav207') : resolve(state), { readOnly: options.readOnly });
  const context: Context = {
    store,
    state: opened,
    gate: new Gate(),
    options,
    now: Date.now,
    warn: (sentence, cause) => log?.error(sentence, cause),
  };
  if (!options.readOnly) await replay(context);
  return { context, close: () => opened.close() };
}

function defined({ readOnly, depthInfinity }: Pick<WebdavOptions, 'readOnly' | 'depthInfinity'>) {
  return { ...(readOnly !== undefined && { readOnly }), ...(depthInfinity !== undefined && { depthInfinity }) };
}
