// PUT: many small files, one large one, and a real program that brings a folder up and down.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './asks.ts';
import type { Contender } from './contender.ts';
import { forgetMost, memoryOf } from './memory.ts';
import { Cut, type Group, type Scaled, type Scene, Wrong } from './scene.ts';
import { ran, SMALL } from './stock.ts';

const LARGE = 1 << 30;
const SMALL_FILES = 2000;
// Files that rclone copies. It leaves ten milliseconds between two requests, whoever answers them: more would measure only that.
const FOLDER = 500;

export const put: Group = {
  name: 'put',
  scenes: (scaled) => [small(scaled, 'new'), small(scaled, 'over'), large(scaled), up(scaled), down(scaled)],
};

/** `over` replaces what the row before it has put there. */
function small({ stock, size }: Scaled, what: 'new' | 'over'): Scene {
  const count = size(SMALL_FILES);
  let made = 0;
  const send = async (at: Contender, first: number) => {
    const text = at.text('PUT', '/small-{n}', { 'Content-Length': String(SMALL.length) }, SMALL.toString());
    const { milliseconds } = await at.exchange({ connections: 16, count, first, steps: [{ text, expect: [200, 201, 204] }] });
    const last = await readFile(join(at.served, `small-${String(first + count - 1).padStart(7, '0')}`)).catch(() => undefined);
    if (!last?.equals(SMALL)) throw new Wrong('another content');
    return (count / milliseconds) * 1000;
  };
  return {
    figures: [{ name: `PUT of 1 KiB, ${what === 'new' ? 'new names' : 'over'}, 16 connections`, unit: 'a second', better: 'more' }],
    repeats: 3,
    async physical() {
      if (what === 'over') return [];
      const to = join(stock.folder, 'copied');
      const { seconds } = await ran('cp', ['-r', stock.flat(count), to]);
      await rm(to, { recursive: true });
      return [count / seconds];
    },
    check: async (at) => void (await send(at, 0)),
    async run(at) {
      if (what === 'new') made += count;
      return [await send(at, what === 'new' ? made : 0)];
    },
  };
}

function large({ stock, size }: Scaled): Scene {
  const bytes = size(LARGE);
  const mebibytes = bytes / (1 << 20);
  return {
    figures: [
      { name: 'PUT of 1 GiB', unit: 'MiB/s', better: 'more' },
      { name: '… most memory', unit: 'MiB', better: 'less' },
    ],
    repeats: 3,
    async physical() {
      const to = join(stock.folder, 'written');
      const { seconds } = await ran('dd', ['if=/dev/zero', `of=${to}`, 'bs=1M', `count=${Math.ceil(mebibytes)}`]);
      await rm(to);
      return [mebibytes / seconds];
    },
    async run(at) {
      forgetMost(at.running.pid);
      const told = await at.upload({ text: at.text('PUT', '/large', { 'Content-Length': String(bytes) }), bytes });
      const { size: stored } = await stat(join(at.served, 'large')).catch(() => ({ size: 0 }));
      if (![200, 201, 204].includes(told.status) || stored !== bytes) throw new Wrong(`${told.status}, and ${stored} bytes are stored`);
      const memory = memoryOf(at.running.pid, 'VmHWM');
      await ask(at, 'DELETE', '/large', [200, 204]);
      return [(mebibytes / told.milliseconds) * 1000, memory];
    },
  };
}

function up({ stock, size }: Scaled): Scene {
  const count = size(FOLDER);
  return {
    figures: [{ name: 'rclone copy to the server, small files', size: count, unit: 's', better: 'less' }],
    repeats: 1,
    async physical() {
      const to = join(stock.folder, 'copied');
      const { seconds } = await ran('cp', ['-r', stock.tree(count), to]);
      await rm(to, { recursive: true });
      return [seconds];
    },
    async run(at) {
      await at.asker.ask('DELETE', at.url('/folder/'));
      const seconds = await rclone(at, stock.tree(count), `${remote(at)}folder`);
      const there = await filesIn(join(at.served, 'folder'));
      if (there !== count) throw new Wrong(`${there} files of ${count} came`);
      return [seconds];
    },
  };
}

function down({ stock, size }: Scaled): Scene {
  const count = size(FOLDER);
  const to = (at: Contender) => join(at.running.folder, 'tmp', 'brought');
  return {
    figures: [{ name: 'rclone copy from the server, small files', size: count, unit: 's', better: 'less' }],
    repeats: 1,
    async run(at) {
      const seconds = await rclone(at, `${remote(at)}folder`, to(at));
      const there = await filesIn(to(at));
      await rm(to(at), { recursive: true, force: true });
      if (there !== count) throw new Wrong(`${there} files of ${count} came`);
      return [seconds];
    },
    // What the row before it has brought there is all that is needed.
    async check(at) {
      if ((await filesIn(join(at.served, 'folder'))) !== count) await rclone(at, stock.tree(count), `${remote(at)}folder`);
    },
  };
}

const remote = (at: Contender) => `:webdav,url="${at.url('/')}":`;

async function rclone(at: Contender, from: string, to: string): Promise<number> {
  try {
    return (await ran('rclone', ['--config', '/dev/null', '--retries', '1', '--transfers', '8', 'copy', from, to], at.patience)).seconds;
  } catch (failure) {
    if (failure instanceof Error && /took more than/.test(failure.message)) throw new Cut(failure.message);
    throw new Wrong(`rclone fails: ${failure instanceof Error ? failure.message.slice(-120) : ''}`);
  }
}

async function filesIn(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile() && !entry.parentPath.includes('/.')).length;
}
