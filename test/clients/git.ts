// git as somebody with a name and no configuration types it, and what a repository is looked at for.
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, run } from './program.ts';

export const GIT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'init.defaultBranch',
  GIT_CONFIG_VALUE_0: 'main',
};

/** Resolves with however it ended. */
export const attempt = (cwd: string, ...args: string[]): Promise<Outcome> => run('git', args, { cwd, env: GIT });

/** Standard output. Rejects when git fails. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await attempt(cwd, ...args);
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** An empty bare repository, made ready to be read over plain HTTP. */
export async function bare(folder: string): Promise<void> {
  await mkdir(folder);
  await git(folder, 'init', '--quiet', '--bare');
  await git(folder, 'update-server-info');
}

/** Adds a line to a file and commits everything. */
export async function commit(folder: string, line: string, file = 'lines.txt'): Promise<string> {
  await appendFile(join(folder, file), `${line}\n`);
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', line);
  return git(folder, 'rev-parse', 'HEAD');
}

/** What the folder's remote says of its refs: name by name, the commit. */
export async function refs(folder: string): Promise<Record<string, string>> {
  const lines = (await git(folder, 'ls-remote', '--refs', '--heads', '--tags', 'origin')).split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split('\t').reverse() as [string, string]));
}

/** What git finds wrong with a repository; what no ref leads to any more is not wrong. */
export async function fsck(folder: string): Promise<string> {
  const { status, stdout, stderr } = await attempt(folder, 'fsck', '--full', '--strict', '--no-dangling');
  return `${stdout}${stderr}`.replace(/^notice: .*\n/gm, '') + (status === 0 ? '' : `exit code ${status}`);
}
