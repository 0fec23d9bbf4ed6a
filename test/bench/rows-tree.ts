// COPY, MOVE and DELETE of whole trees: free, with one locked member, and while there are many locks elsewhere.
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, connectionsFor, LOCK_BODY, LOCK_HEADERS, lock, transfer, unlock } from './asks.ts';
import type { Contender } from './contender.ts';
import { forgetMost, memoryOf } from './memory.ts';
import { type Figure, type Group, Refused, type Scaled, type Scene, Wrong } from './scene.ts';
import { ran } from './stock.ts';

const SIZES = [5000, 100_000];
const LOCKS = 10_000;
const MEMBER = 'c0000000/f0000003';
const OTHER = 'c0000000/f0000004';

export const tree: Group = {
  name: 'tree',
  async fill(served, { stock, size }) {
    for (const count of SIZES.map(size)) await ran('cp', ['-al', stock.tree(count), join(served, `tree-${count}`)]);
    await ran('cp', ['-al', stock.flat(size(LOCKS)), join(served, 'elsewhere')]);
  },
  scenes(scaled) {
    const sizes = SIZES.map(scaled.size);
    return [
      ...sizes.map((count) => free(scaled, count, '')),
      ...sizes.map((count) => locked(count)),
      { ...free(scaled, sizes[0] ?? 10, ', many locks elsewhere'), check: (at) => lockElsewhere(at, scaled.size(LOCKS)) },
    ];
  },
};

function figuresOf(size: number, with_: string): Figure[] {
  return ['COPY', 'MOVE', 'DELETE'].map((method) => ({ name: `${method} of a tree${with_}`, size, unit: 's', better: 'less' }));
}

function free({ stock }: Scaled, count: number, with_: string): Scene {
  return {
    figures: [...figuresOf(count, with_), { name: '… most memory', unit: 'MiB', better: 'less' }],
    repeats: count > 10_000 ? 1 : 3,
    family: `free${with_}`,
    async physical() {
      const [copied, moved] = [join(stock.folder, 'copied'), join(stock.folder, 'moved')];
      const copying = (await ran('cp', ['-r', stock.tree(count), copied])).seconds;
      const begun = performance.now();
      await rename(copied, moved);
      const moving = (performance.now() - begun) / 1000;
      return [copying, moving, (await ran('rm', ['-rf', moved])).seconds];
    },
    async run(at) {
      const from = `/tree-${count}/`;
      forgetMost(at.running.pid);
      const copying = await seconds(() => transfer(at, 'COPY', from, '/copied/'));
      await holds(at, 'copied', count);
      const moving = await seconds(() => transfer(at, 'MOVE', '/copied/', '/moved/'));
      await holds(at, 'moved', count);
      const deleting = await seconds(() => ask(at, 'DELETE', '/moved/', [200, 204]));
      if (existsSync(join(at.served, 'moved'))) throw new Wrong('what is deleted is still there');
      return [copying, moving, deleting, memoryOf(at.running.pid, 'VmHWM')];
    },
  };
}

/** The locked member stays where it is, and the answer says so; who refuses the whole is not timed. */
function locked(count: number): Scene {
  return {
    figures: ['MOVE', 'DELETE'].map((method) => ({
      name: `${method} of a tree with a locked member`,
      size: count,
      unit: 's',
      better: 'less',
    })),
    repeats: count > 10_000 ? 1 : 3,
    family: 'locked',
    async run(at) {
      const times: number[] = [];
      for (const method of ['MOVE', 'DELETE'] as const) {
        await transfer(at, 'COPY', `/tree-${count}/`, '/held/');
        const token = await lock(at, `/held/${MEMBER}`);
        const headers: Record<string, string> = method === 'MOVE' ? { Destination: at.url('/away/') } : {};
        times.push(await seconds(() => ask(at, method, '/held/', [207, 423, 424], { headers })));
        if (!existsSync(join(at.served, 'held', MEMBER))) throw new Wrong(`${method} takes a locked member`);
        const refused = existsSync(join(at.served, 'held', OTHER));
        await unlock(at, `/held/${MEMBER}`, token);
        for (const path of ['/held/', '/away/']) await at.asker.ask('DELETE', at.url(path));
        for (const name of ['held', 'away']) await rm(join(at.served, name), { recursive: true, force: true });
        if (refused) throw new Refused(`the whole ${method} is refused`);
      }
      return times;
    },
  };
}

async function lockElsewhere(at: Contender, count: number): Promise<void> {
  await lock(at, '/elsewhere/f0000000');
  const steps = [{ text: at.text('LOCK', '/elsewhere/f{n}', LOCK_HEADERS, LOCK_BODY), expect: [200] }];
  await at.exchange({ connections: connectionsFor(at), count: count - 1, first: 1, steps });
}

async function seconds(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return (performance.now() - begun) / 1000;
}

async function holds(at: Contender, name: string, count: number): Promise<void> {
  const found = await readdir(join(at.served, name), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('/.')).length;
  if (files !== count) throw new Wrong(`${files} files of ${count} in ${name}`);
}
