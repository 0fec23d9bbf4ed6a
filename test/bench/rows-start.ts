// What a server costs before anything is asked of it: the time to its first answer, its memory, its place on the disk.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAsker } from '../conformance/asking.ts';
import { type Peer, startPeer } from '../conformance/peer.ts';
import type { Contender } from './contender.ts';
import { memoryOf } from './memory.ts';
import { Cannot, type Group, type Scene, Wrong } from './scene.ts';
import { ran } from './stock.ts';

const ROOT = join(import.meta.dirname, '../..');

export const start: Group = { name: 'start', scenes: () => [first(), place()] };

/** No program of Node is there sooner, or takes less. */
const NODE: Peer = {
  name: 'Node',
  packages: [],
  program: process.execPath,
  args: ({ port }) => ['-e', `require('node:http').createServer((_, response) => response.end()).listen(${port}, '127.0.0.1')`],
};

function first(): Scene {
  return {
    figures: [
      { name: 'from the command to the first answer', unit: 'ms', better: 'less' },
      { name: 'memory when idle', unit: 'MiB', better: 'less' },
    ],
    repeats: 5,
    physical: () => started(NODE),
    run: ({ peer }) => started(peer),
  };
}

async function started(peer: Peer): Promise<readonly number[]> {
  const running = await startPeer(peer);
  try {
    const { status } = await makeAsker(undefined).ask('OPTIONS', running.url);
    const milliseconds = performance.now() - running.begun;
    if (status !== 200 && status !== 204) throw new Wrong(`${status} to OPTIONS`);
    return [milliseconds, memoryOf(running.pid, 'VmRSS')];
  } finally {
    await running.stop();
  }
}

/** From Debian what is built of the same source, from npm all that it needs but Node, and of x/net the program. */
function place(): Scene {
  return {
    figures: [{ name: 'installed', unit: 'MiB', better: 'less' }],
    repeats: 1,
    async run({ peer }) {
      if (peer.name === 'x/net') return [(await stat(peer.program)).size / (1 << 20)];
      return [peer.packages.length > 0 ? debianSize(peer.packages) : await npmSize(peer)];
    },
  };
}

interface Installed {
  readonly source: string;
  readonly kibibytes: number;
  readonly needs: readonly string[];
}

/** Apache's program, say, is in another package than its name. */
function debianSize(packages: readonly string[]): number {
  const format = '--showformat=$' + '{Package}\\t$' + '{source:Package}\\t$' + '{Installed-Size}\\t$' + '{Depends}\\n';
  const { stdout } = spawnSync('dpkg-query', ['--show', format], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const all = new Map<string, Installed>();
  for (const line of stdout.split('\n')) {
    const [name = '', source = '', size = '', needs = ''] = line.split('\t');
    all.set(name, { source, kibibytes: Number(size), needs: needs.split(/[,|]/).map((need) => need.trim().split(/[ :(]/)[0] ?? '') });
  }
  const taken = new Set(packages);
  for (const name of taken) {
    const { source, needs = [] } = all.get(name) ?? {};
    for (const need of needs) if (all.get(need)?.source === source) taken.add(need);
  }
  return [...taken].reduce((sum, name) => sum + (all.get(name)?.kibibytes ?? 0), 0) / 1024;
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
