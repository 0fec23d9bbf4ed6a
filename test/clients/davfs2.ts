// Mounts a server as a drive with davfs2, the way the README tells people to, and leaves no mount behind.
import { chmod, mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mounted } from './drive.ts';
import { eventually, run } from './program.ts';
import { readmeCommand } from './readme.ts';
import type { Undone } from './undone.ts';

export interface MountOptions {
  /** Lines of davfs2.conf(5), over the ones below. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** NAME:PASSWORD, which goes into a secrets file. */
  readonly user?: string;
  /** That of an earlier drive, to mount with its cache; a fresh one when absent. */
  readonly place?: Place;
}

/** A folder with all that one drive needs: mount point, cache, davfs2.conf and secrets. */
export interface Place {
  readonly folder: string;
  readonly point: string;
}

export interface Drive {
  readonly place: Place;
  /** A path on the drive. */
  at(...names: string[]): string;
  /** close(2) does not wait for the upload. davfs2 does one thing after the other, so this waits for all of them. */
  uploaded(): Promise<void>;
  /** What a person types: `umount`, which waits until everything is uploaded. Rejects unless the drive is gone then. */
  unmount(): Promise<void>;
  /** SIGKILL: nothing more is uploaded and no lock given back. */
  crash(): Promise<void>;
}

const SETTINGS = {
  ask_auth: 0,
  use_locks: 1,
  // Upload when a file is closed, so that the disk of the server can be looked at.
  delay_upload: 0,
  // See what others changed after one second, the least there is.
  dir_refresh: 1,
  // With the default of 16 KiB davfs2 before 1.7.2 answers `Invalid argument` to every listing since Linux 6.16, which
  // asks for more at a time, whatever the server.
  buf_size: 64,
};
const RUNNING = '/run/mount.davfs';
const CACHES = '/var/cache/davfs2';

/** Resolves when the drive is there. Rejects with what mount said. Whatever comes, `made` takes it away again. */
export async function mount(made: Undone, url: string, { settings = {}, user, place }: MountOptions = {}): Promise<Drive> {
  const at = place ?? (await newPlace(made));
  const conf = join(at.folder, 'davfs2.conf');
  const secrets = join(at.folder, 'secrets');
  const [name, password] = user?.split(':') ?? [];
  await writeFile(secrets, user === undefined ? '' : `${at.point} ${name} "${password}"\n`, { mode: 0o600 });
  const lines = Object.entries({ ...SETTINGS, cache_dir: join(at.folder, 'cache'), secrets, ...settings });
  await writeFile(conf, lines.map(([key, value]) => `${key} "${value}"\n`).join(''));
  return mountBy(made, `${readmeCommand('mount -t davfs', { url, point: at.point })} -o conf=${conf}`, at);
}

/** Runs a mount command as it is. davfs2 may ask for a name and a password: Enter twice says that there are none. */
export async function mountBy(made: Undone, command: string, place: Place, answers = '\n\n'): Promise<Drive> {
  await run('mount.davfs', ['--version']); // Fails, and says what to install, where there is no davfs2.
  made.after(() => forget(place.point));
  let alive: number | undefined;
  made.after(() => release(place.point, alive));
  const { status, stdout, stderr } = await run('sh', ['-c', command], { input: answers });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
  const pid = await daemon(place.point);
  alive = pid;
  return {
    place,
    at: (...names) => join(place.point, ...names),
    async uploaded() {
      await statfs(place.point);
    },
    async unmount() {
      const outcome = await run('umount', [place.point]);
      if (outcome.status !== 0 || (await mounted(place.point)) || (await isAlive(pid)))
        throw new Error(`umount ended with ${outcome.status}:\n${outcome.stdout}${outcome.stderr}`);
      alive = undefined;
    },
    async crash() {
      process.kill(pid, 'SIGKILL');
      await release(place.point, pid);
      alive = undefined;
    },
  };
}

export async function newPlace(made: Undone): Promise<Place> {
  const folder = await made.folder('davfs2');
  const place = { folder, point: join(folder, 'drive') };
  await mkdir(place.point);
  await mkdir(join(folder, 'cache'));
  await chmod(folder, 0o755);
  await chmod(join(folder, 'cache'), 0o777); // The daemon is another user's: davfs2.
  return place;
}

/** Politely first, which uploads what waits, then for certain: a mount without its daemon hangs whoever looks at it. */
async function release(point: string, pid: number | undefined): Promise<void> {
  if (await mounted(point)) await run('umount', ['-i', point]).catch(() => {});
  if (await mounted(point)) await run('umount', ['-i', '-l', point]);
  if (pid !== undefined)
    await eventually(`davfs2 ended (${pid})`, async () => !(await isAlive(pid))).catch(() => process.kill(pid, 'SIGKILL'));
  await rm(pidFile(point), { force: true });
}

/** The cache of davfs2's own choice, where the command names none: host, path, mount point and user. */
async function forget(point: string): Promise<void> {
  const caches = await readdir(CACHES).catch(() => []);
  for (const name of caches) if (name.endsWith(`+${dashed(point)}+root`)) await rm(join(CACHES, name), { recursive: true });
}

/** mount.davfs comes back before its daemon has written down who it is, and umount needs to know. */
async function daemon(point: string): Promise<number> {
  let pid = 0;
  await eventually(`${pidFile(point)} is there`, async () => {
    pid = Number(await readFile(pidFile(point), 'utf8').catch(() => ''));
    return pid > 0;
  });
  return pid;
}

const dashed = (point: string) => point.slice(1).replaceAll('/', '-');
const pidFile = (point: string) => join(RUNNING, `${dashed(point)}.pid`);

/** A zombie is as good as gone. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}
