// A server of somebody else, started on loopback in a folder of its own as nobody in particular, and ended again.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Peer {
  readonly name: string;
  /** Debian's packages; the version of the first of them is the peer's. */
  readonly packages: readonly string[];
  readonly program: string;
  /** Files, by name, that the configuration consists of; `served`, `state` and `tmp` are folders beside them. */
  files?(at: Site): Readonly<Record<string, string>>;
  args(at: Site): readonly string[];
}

export interface Site {
  readonly folder: string;
  readonly port: number;
}

export interface RunningPeer {
  readonly url: string;
  /** Where `served`, `state` and `tmp` are. */
  readonly folder: string;
  /** Of the first process, and of the group of all. */
  readonly pid: number;
  /** When its command was given, by `performance.now()`. */
  readonly begun: number;
  stop(): Promise<void>;
}

const NOBODY = 65534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** undefined: it is not installed. */
export function versionOf({ packages: [first = ''] }: Peer): string | undefined {
  const { status, stdout } = spawnSync('dpkg-query', ['--show', `--showformat=$\{Version}`, first], { encoding: 'utf8' });
  return status === 0 && stdout ? stdout.replace(/^\d+:/, '') : undefined;
}

/** `fill` puts into the folder that is served what is there from the start; all of its folders are in `place`. */
export async function startPeer(peer: Peer, fill?: (served: string) => Promise<void>, place = tmpdir()): Promise<RunningPeer> {
  const folder = await mkdtemp(join(place, 'dav207-peer-'));
  const at = { folder, port: await freePort() };
  const own = async (path: string) => (asNobody.uid === undefined ? undefined : chown(path, NOBODY, NOBODY));
  await own(folder);
  for (const name of ['served', 'state', 'tmp']) {
    await mkdir(join(folder, name));
    await own(join(folder, name));
  }
  for (const [name, text] of Object.entries(peer.files?.(at) ?? {})) await writeFile(join(folder, name), text);
  await fill?.(join(folder, 'served')).catch(async (failure: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw failure;
  });
  const log = join(folder, 'printed');
  const begun = performance.now();
  // A group of its own: what the server has started ends with it.
  const child = spawn('sh', ['-c', 'exec "$@" >printed 2>&1', 'sh', peer.program, ...peer.args(at)], {
    ...asNobody,
    cwd: folder,
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, HOME: folder, TMPDIR: join(folder, 'tmp'), LANG: 'C.UTF-8' },
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(child, 'exit');
  // Whatever ends this program ends the server too.
  const abandon = () => {
    end(child, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', abandon);
  const stop = async () => {
    end(child, 'SIGTERM');
    const patience = new AbortController();
    const impatient = delay(5000, undefined, { signal: patience.signal }).then(
      () => end(child, 'SIGKILL'),
      () => {},
    );
    await ended;
    patience.abort();
    await impatient;
    process.off('exit', abandon);
    await rm(folder, { recursive: true, force: true });
  };
  if (await answers(at.port, child)) return { url: `http://127.0.0.1:${at.port}/`, folder, pid: child.pid ?? 0, begun, stop };
  const printed = await readFile(log, 'utf8').catch(() => '');
  await stop();
  throw new Error(`${peer.name} does not start: ${printed.trim()}`);
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Whether it listens, before it ends or half a minute is over. */
async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return true;
    await delay(2);
  }
  return false;
}
