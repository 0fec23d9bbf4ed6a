// The command, out of the tarball by npx, and as it stands in somebody's node_modules.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { curl } from '../curl.ts';
import { type Running, start } from '../program.ts';
import { type Installed, succeed } from './installed.ts';

export function commandTests(installed: () => Installed): void {
  const npx = () => ['--yes', '--prefer-offline', '--package', installed().tarball, 'dav207'];

  test('npx prints the version of the package', async () => {
    const { folder, env, fresh } = installed();
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/dav207/package.json'), 'utf8')) as { version: string };
    expect((await succeed('npx', [...npx(), '--version'], await fresh(), env)).stdout).toBe(`${version}\n`);
  });

  test('npx serves a folder until Ctrl-C', async () => {
    const { env, fresh } = installed();
    const served = await fresh();
    // A terminal sends the signal to npx, its shell and the server alike: setsid makes them a group of their own.
    const running = await start('setsid', ['npx', ...npx(), served, '--port', '0'], { cwd: await fresh(), env });
    try {
      const url = await urlOf(running);
      expect((await curl(['-T', '-', `${url}a.txt`], { input: 'by npx' })).status).toBe(201);
      expect(existsSync(join(served, '.dav207/owner'))).toBe(true);
    } finally {
      if (running.child.exitCode === null && running.child.pid !== undefined) process.kill(-running.child.pid, 'SIGINT');
    }
    // `done` waits for the server too. How npx itself ends says nothing: its shell is interrupted as well.
    await running.done;
    expect(existsSync(join(served, '.dav207/owner'))).toBe(false);
    expect(readFileSync(join(served, 'a.txt'), 'utf8')).toBe('by npx');
  });

  test('in node_modules/.bin, it ends with 0 at Ctrl-C', async () => {
    const { folder, fresh } = installed();
    const running = await start(join(folder, 'node_modules/.bin/dav207'), [await fresh(), '--port', '0']);
    try {
      expect((await curl(['-X', 'MKCOL', `${await urlOf(running)}new`])).status).toBe(201);
    } finally {
      running.child.kill('SIGINT');
    }
    expect((await running.done).status).toBe(0);
  });
}

async function urlOf({ child, done }: Running): Promise<string> {
  const ended = done.then(({ status, stderr }) => Promise.reject(new Error(`it ended with ${status}:\n${stderr}`)));
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout ?? Readable.from([]) }), 'line'), ended])) as [string];
  return /http:\S+/.exec(line)?.[0] ?? line;
}
