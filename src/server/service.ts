// Opens what one served folder needs: its store, its state, and what a crash left to finish.
import { resolve } from 'node:path';
import { limitLocks } from '../locks/lock-limit.ts';
import { type Context, DEFAULTS } from '../operations/context.ts';
import { Digests } from '../operations/digests.ts';
import { Gate } from '../operations/gate.ts';
import { replay } from '../operations/replay.ts';
import { filesystemStore } from '../store/filesystem.ts';
import { toDisk } from '../store/filesystem-flush.ts';
import { folderProblem } from '../store/filesystem-folder.ts';
import { holdInProcess } from './in-process.ts';
import { Mistake } from './mistake.ts';
import { type OpenState, openState } from './open-state.ts';
import { optionsProblem, type WebdavOptions } from './options.ts';
import { unnamedWarning } from './unnamed.ts';

export interface Service extends Pick<OpenState, 'listensAt' | 'close'> {
  readonly context: Context;
}

/** Far more than any program takes, and few enough for one to be found among them at once. */
const MAX_LOCKS = 10_000;

/** Rejects with a Mistake when the folder cannot be served, or is served already, here or by another process. */
export async function openService(options: WebdavOptions): Promise<Service> {
  const mistaken = optionsProblem(options);
  if (mistaken !== undefined) throw new Mistake(mistaken);
  const {
    folder,
    state: place,
    log,
    readOnly = false,
    followSymlinks = false,
    depthInfinity = false,
    setModified = false,
    runScripts = false,
    handling = 'lenient',
    rows = 'all',
    maxBody = DEFAULTS.bodyLimit,
    maxXml = DEFAULTS.xmlLimit,
    maxLocks = MAX_LOCKS,
    maxLockTimeout = DEFAULTS.lockTimeout.most,
    maxDepth = DEFAULTS.depthLimit,
    sync = false,
  } = options;
  const root = resolve(folder);
  const problem = folderProblem(root, { readOnly });
  if (problem) throw new Mistake(`${root} ${problem}`);
  const warn = (sentence: string, cause?: unknown) => log?.error(sentence, cause);
  const release = holdInProcess(root, { readOnly });
  const opened = await openState({ root, place, readOnly, warn }).catch((error: unknown) => {
    release();
    throw error;
  });
  const { listensAt } = opened;
  const state = limitLocks(opened.state, maxLocks);
  const close = () => opened.close().finally(release);
  try {
    const context: Context = {
      store: filesystemStore({
        folder: root,
        readOnly,
        followSymlinks,
        closed: place,
        sync: sync ? toDisk : undefined,
        unnamed: unnamedWarning(warn),
      }),
      state,
      gate: new Gate(),
      digests: new Digests(),
      options: {
        ...{ readOnly, depthInfinity, setModified, runScripts, handling, rows },
        lockTimeout: { ...DEFAULTS.lockTimeout, most: maxLockTimeout },
        depthLimit: maxDepth,
        bodyLimit: maxBody,
        xmlLimit: maxXml,
      },
      now: Date.now,
      warn,
    };
    if (!readOnly) await replay(context);
    return { context, listensAt, close };
  } catch (error) {
    await close();
    throw error;
  }
}
