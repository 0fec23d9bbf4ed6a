// What a server costs before anything is asked of it: the time to its first answer, its memory, its place on the disk.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPeer } from '../conformance/peer.ts';
import type { Contender } from './contender.ts';
import { memoryOf } from './memory.ts';
import { Cannot, type Group, type Scene, Wrong } from './scene.ts';
import { ran } from './stock.ts';

const ROOT = join(import.meta.dirname, '../..');

export const start: Group = { name: 'start', scenes: () => [first(), place()] };

function first(): Scene {
  return {
    figures: [
      { name: 'from the command to the first answer', unit: 'ms', better: 'less' },
      { name: 'memory when idle', unit: 'MiB', better: 'less' },
    ],
    repeats: 5,
    async run({ peer }) {
      const running = await startPeer(peer);
      try {
        const { status } = await fetch(running.url, { method: 'OPTIONS' });
        const milliseconds = performance.now() - running.begun;
        if (status !== 200 && status !== 204) throw new Wrong(`${status} to OPTIONS`);
        return [milliseconds, memoryOf(running.pid, 'VmRSS')];
      } finally {
        await running.stop();
      }
    },
  };
}

/** Packages of Debian without what they need besides; from npm with all of it, and without Node. */
function place(): Scene {
  return {
    figures: [{ name: 'installed', unit: 'MiB', better: 'less' }],
    repeats: 1,
    run: async ({ peer }) => [peer.packages.length > 0 ? debianSize(peer.packages) : await npmSize(peer)],
  };
}

function debianSize(packages: readonly string[]): number {
  const { stdout } = spawnSync('dpkg-query', ['--show', `--showformat=$\{Installed-Size}\\n`, ...packages], { encoding: 'utf8' });
  return stdout.split('\n').reduce((sum, kibibytes) => sum + Number(kibibytes), 0) / 1024;
}

async function npmSize({ name, version }: Contender['peer']): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'dav207-installed-'));
  try {
    const packed =
      name === 'dav207'
        ? `./${(await ran('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ROOT])).printed.trim()}`
        : `${name}@${version}`;
    await ran('sh', ['-c', 'cd "$1" && npm install --silent --no-audit --no-fund --omit=dev "$2"', 'sh', folder, packed]);
    const { printed } = await ran('du', ['-sk', join(folder, 'node_modules')]);
    return Number(printed.split('\t')[0]) / 1024;
  } catch (failure) {
    throw new Cannot(`not installed: ${failure instanceof Error ? failure.message.slice(-100) : ''}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
