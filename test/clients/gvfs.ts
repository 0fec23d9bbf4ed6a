// GNOME's virtual file system, which Files and every other GNOME program goes through: a session bus of its own, the daemons
// that start on it, `gio` on its command line, and its drives as folders (gvfs-fuse).
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { mountedBelow } from './drive.ts';
import { eventually, type Outcome, type Running, run, start } from './program.ts';
import { readmeCommand } from './readme.ts';
import type { Undone } from './undone.ts';

const INSTALL = 'Install it with: apt-get install gvfs-backends gvfs-fuse dbus-daemon libglib2.0-bin';

export interface Session {
  /** The command of the README. `answers` is what the person types: a name, a password. */
  mount(url: string, answers?: string): Promise<Outcome>;
  /** Another command that mounts. */
  mountBy(command: string, answers?: string): Promise<Outcome>;
  /** Standard output. Rejects, with all that was said, unless it ends with 0. */
  gio(args: readonly string[], input?: string): Promise<string>;
  /** What became of it, for what is to fail. */
  tryGio(args: readonly string[], input?: string): Promise<Outcome>;
  /** The folder as which gvfs-fuse shows what is mounted. Only other programs should touch it: a stuck one would be stuck with us. */
  pointOf(url: string): Promise<string>;
  /** Ends the bus and with it every daemon, unless that is done. Rejects when one of them stayed. */
  end(): Promise<void>;
}

/** A path below a server's URL, as gvfs spells it: `dav://…` or `davs://…`. */
export function uriOf(url: string, path = ''): string {
  return url.replace(/^http/, 'dav') + path.split('/').map(encodeURIComponent).join('/');
}

/** Ends with what `made` undoes, if not before. */
export async function startSession(made: Undone): Promise<Session> {
  const runtime = await made.folder('gvfs'); // mode 0700, as gvfs and D-Bus require
  const home = await made.folder('gvfs-home');
  const bare = { XDG_RUNTIME_DIR: runtime, HOME: home, GVFS_REMOTE_VOLUME_MONITOR_IGNORE: '1' };
  const bus = await start('dbus-run-session', ['--', 'sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    env: bare,
    timeout: 3_600_000,
  });
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= endSession(bus, runtime);
    return ending;
  };
  made.after(end);
  const address = once(createInterface(bus.child.stdout ?? Readable.from([])), 'line').then(([line]) => line as string);
  const ended = bus.done.then(({ stderr }) => Promise.reject(new Error(`no session bus: ${stderr}`)));
  ended.catch(() => {}); // It does end, with the session.
  const env = { ...bare, DBUS_SESSION_BUS_ADDRESS: await Promise.race([address, ended]) };

  async function mountBy(command: string, answers = ''): Promise<Outcome> {
    await run('gio', ['version'], { env }); // Fails, and says what to install, where there is no gio.
    const outcome = await run('sh', ['-c', command], { env, input: answers });
    if (/implement mount|not supported/.test(outcome.stderr)) throw new Error(`gvfs cannot mount a drive. ${INSTALL}\n${outcome.stderr}`);
    return outcome;
  }
  const tryGio = (args: readonly string[], input = '') => run('gio', args, { env, input });
  return {
    tryGio,
    async gio(args, input) {
      const { status, stdout, stderr } = await tryGio(args, input);
      if (status !== 0) throw new Error(`gio ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
      return stdout;
    },
    mount: (url, answers) => mountBy(readmeCommand('gio mount', { url }), answers),
    mountBy,
    async pointOf(url) {
      // gvfsd starts gvfs-fuse beside what else it does, and the drive may be there first.
      let info: Outcome | undefined;
      const point = () => /^local path: (.*)$/m.exec(info?.stdout ?? '')?.[1];
      const shown = eventually('a folder', async () => {
        info = await tryGio(['info', uriOf(url)]);
        return point() !== undefined;
      });
      const cause = await shown.catch((error: unknown) => error);
      const folder = point();
      const said = `${info?.stdout}${info?.stderr}`;
      if (folder === undefined) throw new Error(`gvfs-fuse shows no folder; it needs /dev/fuse. ${INSTALL}\n${said}`, { cause });
      return folder;
    },
    end,
  };
}

async function endSession(bus: Running, runtime: string): Promise<void> {
  const users = () => processesWith(`XDG_RUNTIME_DIR=${runtime}`);
  try {
    bus.child.stdin?.end();
    // A bus that never was has nothing to end; why has been said.
    await bus.done.catch(() => {});
    await eventually(`the end of what uses ${runtime}`, () => users().length === 0);
    await eventually(`the end of the mount in ${runtime}`, async () => (await mountedBelow(runtime)).length === 0);
  } finally {
    for (const pid of users()) process.kill(pid, 'SIGKILL');
    for (const point of await mountedBelow(runtime)) await run('umount', ['--lazy', point]);
  }
}

/** The processes that live, zombies do not, and were given this environment variable. */
function processesWith(variable: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(variable))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  const file = `/proc/${pid}/environ`;
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split('\0') : [];
  } catch {
    return []; // Another person's, or it ended just now.
  }
}
