// COPY, MOVE and DELETE of whole trees: free, with one locked member, and while there are many locks elsewhere.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ask, connectionsFor, LOCK_BODY, LOCK_HEADERS, lock, transfer, unlock } from './asks.ts';
import type { Contender } from './contender.ts';
import { filesIn } from './files-in.ts';
import { forgetMost, memoryOf, mostMemory } from './memory.ts';
import { type Figure, type Group, Refused, type Scaled, type Scene, Wrong } from './scene.ts';
import { ran, type Stock } from './stock.ts';

const SIZES = [5000, 20_000, 100_000];
const LOCKS = 10_000;
const MEMBER = 'c0000000/f0000003';
const OTHER = 'c0000000/f0000004';

export const tree: Group = {
  name: 'tree',
  async fill(served, { stock, size }) {
    for (const count of new Set(SIZES.map(size))) await ran('cp', ['-al', stock.tree(count), join(served, `tree-${count}`)]);
    await ran('cp', ['-al', stock.flat(size(LOCKS)), join(served, 'elsewhere')]);
  },
  scenes(scaled) {
    const sizes = [...new Set(SIZES.map(scaled.size))];
    const elsewhere = `, ${scaled.size(LOCKS).toLocaleString('en')} locks elsewhere`;
    return [
      ...sizes.map((count) => free(scaled, count, '')),
      ...sizes.map((count) => copyOfLocked(count)),
      ...REFUSED.flatMap((refused) => sizes.map((count) => locked(scaled, refused, count))),
      ...sizes.map((count, at) => ({
        ...free(scaled, count, elsewhere),
        ...(at === 0 && { check: (contender: Contender) => lockElsewhere(contender, scaled.size(LOCKS)) }),
      })),
    ];
  },
};

function free({ stock }: Scaled, count: number, with_: string): Scene {
  const figures = ['COPY', 'MOVE', 'DELETE'].map((method): Figure => figureOf(`${method} of a tree${with_}`, count));
  return {
    figures: [...figures, mostMemory(figureOf(`COPY, MOVE and DELETE of a tree${with_}`, count))],
    repeats: 3,
    family: `COPY of a tree${with_}`,
    // The same again says nothing new.
    ...(with_ === '' && { physical: () => physical(stock, count) }),
    async run(at) {
      forgetMost(at.running.pid);
      const copying = await seconds(() => transfer(at, 'COPY', `/tree-${count}/`, '/copied/'));
      await holds(at, 'copied', count);
      const moving = await seconds(() => transfer(at, 'MOVE', '/copied/', '/moved/'));
      await holds(at, 'moved', count);
      const deleting = await seconds(() => ask(at, 'DELETE', '/moved/', [200, 204]));
      if (existsSync(join(at.served, 'moved'))) throw new Wrong('what is deleted is still there');
      return [copying, moving, deleting, memoryOf(at.running.pid, 'VmHWM')];
    },
  };
}

async function physical(stock: Stock, count: number): Promise<number[]> {
  const [copied, moved] = [join(stock.folder, 'copied'), join(stock.folder, 'moved')];
  const copying = (await ran('cp', ['-r', stock.tree(count), copied])).seconds;
  const moving = (await ran('mv', [copied, moved])).seconds;
  return [copying, moving, (await ran('rm', ['-rf', moved])).seconds];
}

function figureOf(name: string, size: number): Figure {
  return { name, size, unit: 's', better: 'less' };
}

/** A lock on what is only read is in nobody's way (RFC 4918 §7). */
function copyOfLocked(count: number): Scene {
  const figure = figureOf('COPY of a tree with a locked member', count);
  return {
    figures: [figure],
    repeats: 3,
    family: figure.name,
    async run(at) {
      const member = `/tree-${count}/${MEMBER}`;
      const token = await lock(at, member);
      try {
        const copying = await seconds(() => transfer(at, 'COPY', `/tree-${count}/`, '/copied/'));
        await holds(at, 'copied', count);
        await clear(at, 'copied');
        return [copying];
      } finally {
        await unlock(at, member, token);
      }
    },
  };
}

interface Refusable {
  readonly name: string;
  readonly method: 'COPY' | 'MOVE' | 'DELETE';
  readonly from?: string;
  readonly to?: string;
}

/** A member of `/held/` is locked. */
const REFUSED: readonly Refusable[] = [
  { name: 'MOVE of a tree with a locked member', method: 'MOVE', to: '/away/' },
  { name: 'DELETE of a tree with a locked member', method: 'DELETE' },
  { name: 'COPY of a tree onto one with a locked member', method: 'COPY', from: '/tree-{n}/', to: '/held/' },
];

/** The locked member stays as it is, and the answer says so; who refuses the whole is not timed. */
function locked({ stock }: Scaled, { name, method, from = '/held/', to }: Refusable, count: number): Scene {
  const figure = figureOf(name, count);
  return {
    figures: [figure],
    repeats: 3,
    family: name,
    async run(at) {
      await put(at, stock.tree(count), count);
      const [member, other] = [MEMBER, OTHER].map((path) => join(at.served, 'held', path)) as [string, string];
      const before = { member: traceOf(member), other: traceOf(other) };
      const token = await lock(at, `/held/${MEMBER}`);
      const headers = to === undefined ? {} : { Destination: at.url(to), Overwrite: 'T' };
      const needed = await seconds(() => ask(at, method, from.replace('{n}', `${count}`), [207, 423, 424], { headers }));
      if (traceOf(member) !== before.member) throw new Wrong(`${method} takes a locked member`);
      const refused = traceOf(other) === before.other;
      await unlock(at, `/held/${MEMBER}`, token);
      for (const name of ['held', 'away']) await clear(at, name);
      if (refused) throw new Refused(`the whole ${method} is refused`);
      return [needed];
    },
  };
}

/** What is made ready or cleared away is not timed: rclone remembers what it has seen, and has to do it itself. */
async function put(at: Contender, from: string, count: number): Promise<void> {
  if (at.peer.name === 'rclone') await transfer(at, 'COPY', `/tree-${count}/`, '/held/');
  else await ran('cp', ['-al', from, join(at.served, 'held')]);
}

async function clear(at: Contender, name: string): Promise<void> {
  if (at.peer.name === 'rclone') await at.asker.ask('DELETE', at.url(`/${name}/`));
  await ran('rm', ['-rf', join(at.served, name)]);
}

/** What changes when a file is replaced, written to or taken away. */
function traceOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.ino} ${found.mtimeNs}`;
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
  const files = await filesIn(join(at.served, name));
  if (files !== count) throw new Wrong(`${files} files of ${count} in ${name}`);
}
