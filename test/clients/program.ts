// Runs the clients: any program, in a home of its own, so that no configuration of the machine is read or written.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LONG = 300_000; // ms

export interface ProgramOptions {
  /** All of standard input. Without it standard input is empty. */
  readonly input?: string | Buffer;
  /** Working folder; the fresh home when absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the program is killed and the run fails; 300,000 when absent. */
  readonly timeout?: number;
}

export interface Outcome {
  /** Exit code; null after a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it came. */
  readonly bytes: Buffer;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
}

/** Debian's package of each program. */
const PACKAGES: Readonly<Record<string, string>> = {
  git: 'git',
  litmus: 'litmus',
  cadaver: 'cadaver',
  rclone: 'rclone',
  curl: 'curl',
  openssl: 'openssl',
  gio: 'libglib2.0-bin',
  fusermount3: 'fuse3',
  'dbus-run-session': 'dbus-daemon',
  setsid: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  cmp: 'diffutils',
  diff: 'diffutils',
  'mount.davfs': 'davfs2',
  '/usr/bin/python3': 'python3-uno',
  npm: 'npm',
  npx: 'npm',
};

/** Resolves when the program has ended, with whatever exit code. Rejects when it is missing or takes too long. */
export async function run(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const { done, child } = await start(program, args, options);
  child.stdin?.end(options.input ?? '');
  return done;
}

/** Like `run`, but the caller has the child's standard input, and may kill it. */
export async function start(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Running> {
  const home = await mkdtemp(join(tmpdir(), 'dav207-home-'));
  const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: home, ...options.env };
  const child = spawn(program, args, { cwd: options.cwd ?? home, env, stdio: 'pipe' });
  child.stdin.on('error', () => {}); // A program may end before it has read everything.
  const done = finish(program, args, child, options).finally(() => rm(home, { recursive: true, force: true }));
  done.catch(() => {}); // Whoever awaits `done` meets the failure.
  return { child, done };
}

async function finish(
  program: string,
  args: readonly string[],
  child: ChildProcess,
  { cwd, timeout = LONG }: ProgramOptions,
): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeout);
  const [status] = (await once(child, 'close')
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      if (cwd !== undefined && !existsSync(cwd)) throw new Error(`${program} was to run in ${cwd}, which is not there.`);
      const known = PACKAGES[program];
      throw new Error(`${program} is not installed.${known === undefined ? '' : ` Install it with: apt-get install ${known}`}`);
    })
    .finally(() => clearTimeout(timer))) as [number | null];
  const bytes = Buffer.concat(out);
  const outcome = { status, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
  if (late) throw new Error(`${program} ${args.join(' ')} did not end within ${timeout} ms.\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

/** Looks until the condition holds. Rejects, naming what was waited for, after a minute: machines are slow at times. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await delay(20);
  }
}
