// PUT: many small files, large ones, and a real program that brings folders up and down.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './asks.ts';
import type { Contender } from './contender.ts';
import { filesIn } from './files-in.ts';
import { putLarge } from './large-file.ts';
import { Cut, type Group, type Scaled, type Scene, Wrong } from './scene.ts';
import { ran, SMALL } from './stock.ts';

const SMALL_FILES = 2000;
// Files that each rclone copies. It leaves ten milliseconds between two requests, whoever answers them: one alone measures only that.
const FOLDERS = [20, 100, 500];
const RCLONES = 20;
const PATIENT = 4; // Its own waiting is most of the time, whoever the server is.

export const put: Group = {
  name: 'put',
  scenes: (scaled) => [
    small(scaled, 'new'),
    small(scaled, 'over'),
    ...putLarge(scaled),
    ...[...new Set(FOLDERS.map(scaled.size))].map((each) => copies(scaled, each)),
  ],
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

/** There and back, each rclone with collections of its own. */
function copies({ stock }: Scaled, each: number): Scene {
  const figure = {
    name: `rclone copies small files there, ${RCLONES} of it at once`,
    size: each * RCLONES,
    unit: 's',
    better: 'less',
  } as const;
  const all = Array.from({ length: RCLONES }, (_, at) => `${each}-${at}`);
  return {
    figures: [figure, { ...figure, name: 'and back', below: figure.name }],
    repeats: 1,
    async physical() {
      const to = join(stock.folder, 'copied');
      await mkdir(to);
      const script = 'from="$1"; shift; for to in "$@"; do cp -r "$from" "$to"; done';
      const { seconds } = await ran('sh', ['-c', script, 'sh', stock.tree(each), ...all.map((name) => join(to, name))]);
      await rm(to, { recursive: true });
      return [seconds];
    },
    async run(at) {
      const here = join(at.running.folder, 'tmp', 'brought');
      const remote = (name: string) => `:webdav,url="${at.url('/')}":copied/${name}`;
      await at.asker.ask('DELETE', at.url('/copied/'));
      await ask(at, 'MKCOL', '/copied/', [201]);
      const there = await together(all, (name) => rclone(at, stock.tree(each), remote(name)));
      const came = await filesIn(join(at.served, 'copied'));
      if (came !== each * RCLONES) throw new Wrong(`${came} files of ${each * RCLONES} came`);
      const back = await together(all, (name) => rclone(at, remote(name), join(here, name)));
      const brought = await filesIn(here);
      await rm(here, { recursive: true, force: true });
      if (brought !== each * RCLONES) throw new Wrong(`${brought} files of ${each * RCLONES} came back`);
      return [there, back];
    },
  };
}

/** Seconds until the last of them has ended; what fails is thrown then, and not while others are at it. */
async function together(names: readonly string[], start: (name: string) => Promise<void>): Promise<number> {
  const begun = performance.now();
  const ends = await Promise.allSettled(names.map(start));
  const seconds = (performance.now() - begun) / 1000;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return seconds;
}

async function rclone(at: Contender, from: string, to: string): Promise<void> {
  try {
    await ran('rclone', ['--config', '/dev/null', '--retries', '1', '--transfers', '4', 'copy', from, to], at.patience * PATIENT);
  } catch (failure) {
    if (failure instanceof Error && /took more than/.test(failure.message)) throw new Cut(failure.message);
    throw new Wrong(`rclone fails: ${failure instanceof Error ? failure.message.slice(-120) : ''}`);
  }
}
