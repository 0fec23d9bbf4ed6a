// Starts the built server as an operator does: a child process, a free port, a folder of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Outcome, run } from './program.ts';

export const BINARY = join(import.meta.dirname, '../../bin/dav207.js');

export interface ServerOptions {
  /** After FOLDER and `--port 0`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder to serve, which stays; a fresh one, removed by `stop`, when absent. */
  readonly folder?: string;
}

export interface RunningServer {
  /** As the first line of standard output says it, with a slash at its end. */
  readonly url: string;
  readonly folder: string;
  readonly firstLine: string;
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** What the server has written to standard output so far. */
  stdout(): string;
  /** What the server has written to standard error so far. */
  stderr(): string;
  /** Sends the signal and resolves to the exit code, null when the signal itself ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** SIGTERM, unless it has ended already; then the folder is removed. Rejects when the exit code was not 0. */
  stop(): Promise<void>;
}

/** Resolves once the server listens. Rejects with its standard error when it ends instead. */
export async function startServer({ args = [], env = {}, folder }: ServerOptions = {}): Promise<RunningServer> {
  if (!existsSync(join(import.meta.dirname, '../../dist/cli.cjs'))) throw new Error('dav207 is not built. Build it with: npm run build');
  const served = folder ?? (await mkdtemp(join(tmpdir(), 'dav207-served-')));
  const process = spawnServer([served, '--port', '0', ...args], env);
  const errors: Buffer[] = [];
  process.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const stderr = () => Buffer.concat(errors).toString();
  const printed: Buffer[] = [];
  process.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  const ended = once(process, 'close').then(([code]) => code as number | null);
  const remove = async () => {
    if (folder === undefined) await rm(served, { recursive: true, force: true });
  };
  const line = await Promise.race([
    once(createInterface(process.stdout), 'line').then(([text]) => text as string),
    ended.then((code) => Promise.reject(new Error(`dav207 ended with ${code} before it listened:\n${stderr()}`))),
  ]).catch(async (error) => {
    await remove();
    throw error;
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    process.kill(signal);
    return ended;
  };
  return {
    url: (/https?:\/\/\S+/.exec(line)?.[0] ?? '').replace(/\/?$/, '/'),
    folder: served,
    firstLine: line,
    process,
    stdout: () => Buffer.concat(printed).toString(),
    stderr,
    end,
    async stop() {
      const running = process.exitCode === null && process.signalCode === null;
      const code = running ? await end() : 0;
      await remove();
      if (code !== 0) throw new Error(`dav207 ended with ${code}:\n${stderr()}`);
    },
  };
}

/** Runs the command line to its end, for what does not serve: help, mistakes. */
export function dav207(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return run(globalThis.process.execPath, [BINARY, ...args], { env });
}

function spawnServer(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcessByStdio<null, Readable, Readable> {
  const path = { PATH: globalThis.process.env.PATH ?? '' };
  return spawn(globalThis.process.execPath, [BINARY, ...args], { env: { ...path, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}
