// dav207 as its users get it: packed from a copy of the project, installed by npm into an empty folder.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Outcome, run } from '../program.ts';

const ROOT = join(import.meta.dirname, '../../..');

export interface Installed {
  readonly tarball: string;
  /** Paths in the tarball, sorted. */
  readonly files: readonly string[];
  /** The folder with `node_modules` in it, ES modules by its package.json. */
  readonly folder: string;
  /** An empty folder to use and leave behind. */
  fresh(): Promise<string>;
  /** What makes npm and npx work in the fresh home that `run` gives them. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * What somebody's project has beside dav207: Express as we have it, as another copy, and of the major version before. Exact
 * versions, and our own dependencies as our lock file has them: what somebody else releases today is no news about this program.
 */
const BESIDE = [
  'express-other@npm:express@5.1.0',
  'express-4@npm:express@4.22.3',
  'compression@1.8.2',
  'cookie-parser@1.4.7',
  'morgan@1.12.1',
  'typescript@7.0.2',
  'typescript-5@npm:typescript@5.9.3',
  '@types/express@5.0.6',
  '@types/node@20.19.43',
];

/** No install script is run, and our `overrides` do not count for those who install us: nobody should need either. */
export async function install(): Promise<Installed> {
  const home = await mkdtemp(join(tmpdir(), 'dav207-package-'));
  try {
    const env = npmEnvironment(home);
    const { tarball, files } = await pack(home, env);
    const folder = join(home, 'app');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await succeed('npm', ['install', ...quietly, tarball, ...BESIDE, ...(await locked())], folder, env);
    return {
      tarball,
      files,
      folder,
      env,
      fresh: () => mkdtemp(join(home, 'fresh-')),
      remove: () => rm(home, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** Our dependencies, Express among them, in the versions of package-lock.json. */
async function locked(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly dependencies?: Readonly<Record<string, string>> }>>;
  };
  const names = Object.keys(packages['']?.dependencies ?? {});
  return names.map((name) => `${name}@${packages[`node_modules/${name}`]?.version}`);
}

/** As a person packs it, scripts and all, with a `dist` of old in the way. */
async function pack(home: string, env: Installed['env']): Promise<Pick<Installed, 'tarball' | 'files'>> {
  const copy = join(home, 'copy');
  await cp(ROOT, copy, { recursive: true, filter: (path) => !/^(node_modules|dist|\.git)$/.test(relative(ROOT, path)) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'dist/long-gone'), { recursive: true });
  await writeFile(join(copy, 'dist/long-gone/stale.js'), '');
  await writeFile(join(copy, 'dist/index.js'), 'stale');
  const { stdout } = await succeed('npm', ['pack', '--json', '--pack-destination', home], copy, env);
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];
  return { tarball: join(home, packed.filename), files: packed.files.map(({ path }) => path).sort() };
}

const CONFIGURATION =
  /^(npm_config_(registry|userconfig|globalconfig|cafile|proxy|https?_proxy|noproxy)|(https?|no)_proxy|node_extra_ca_certs)$/i;

/** The registry, the certificates and the proxy that this machine has for npm, wherever they are set; its cache is left alone. */
function npmEnvironment(home: string): Record<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => CONFIGURATION.test(entry[0]));
  const env = {
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(set),
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '5',
  };
  return { ...env, npm_config_cache: join(home, 'cache') };
}

/** Rejects with what the program said when its exit code is not 0. */
export async function succeed(program: string, args: readonly string[], cwd: string, env: Installed['env'] = {}): Promise<Outcome> {
  const outcome = await run(program, args, { cwd, env, timeout: 800_000 });
  if (outcome.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${outcome.status}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}
