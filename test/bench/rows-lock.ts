// LOCK and UNLOCK: pairs of them, with an upload between while many locks are held, and what litmus needs for all of it.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, closing, connectionsFor, LOCK_BODY, LOCK_HEADERS, lock, propfindBody, unlock, XML } from './asks.ts';
import type { Contender } from './contender.ts';
import { confirmationOf } from './disk.ts';
import { Cannot, Cut, type Group, type Scene, Wrong } from './scene.ts';
import { medianOf } from './statistics.ts';
import { Ended, ran, SMALL } from './stock.ts';

const PAIRS = 1000; // The first hundreds meet code that is not compiled yet; and a disk under load confirms a hundred in a second.
const HELD = [100, 1000, 10_000];

export const locks: Group = {
  name: 'lock',
  onDisk: true,
  async fill(served, { stock, size }) {
    // What is written to is not shared: some servers write into the file that is there.
    await ran('cp', ['-r', '--preserve', stock.flat(size(PAIRS)), join(served, 'free')]);
    await ran('cp', ['-al', stock.flat(Math.max(...HELD.map(size))), join(served, 'held')]);
  },
  scenes({ stock, size }) {
    const held = [...new Set(HELD.map(size))];
    return [
      ...[1, 20].map((connections) => pairs(stock.folder, size(PAIRS), connections)),
      ...held.map((count, at) => guarded(held[at - 1] ?? 0, count)),
      litmus(),
    ];
  },
};

function pairs(disk: string, count: number, connections: number): Scene {
  return {
    figures: [
      {
        name: `LOCK and UNLOCK, ${connections === 1 ? 'one connection' : `${connections} connections`}`,
        unit: 'pairs a second',
        better: 'more',
      },
    ],
    repeats: 3,
    durable: true,
    check: protects,
    // Twice a block that is on the disk before the next is written: who waits once for several pairs is faster.
    physical: async () => [1000 / (2 * confirmationOf(disk))],
    async run(at) {
      const { milliseconds } = await at.exchange({
        connections,
        count,
        steps: [
          { text: at.text('LOCK', '/free/f{n}', LOCK_HEADERS, LOCK_BODY), expect: [200] },
          { text: at.text('UNLOCK', '/free/f{n}', { 'Lock-Token': '<{token}>' }), expect: [204] },
        ],
      });
      const text = at.text('PROPFIND', '/free/', { ...XML, Depth: '1' }, propfindBody('lockdiscovery'));
      const left = (await at.download({ text, count: [closing('activelock')] })).counts[0];
      if (left !== 0) throw new Wrong(`${left} locks are left that were given up`);
      return [(count / milliseconds) * 1000];
    },
  };
}

async function protects(at: Contender): Promise<void> {
  const token = await lock(at, '/free/f0000001');
  await ask(at, 'PUT', '/free/f0000001', [423], { body: 'a stranger' });
  await unlock(at, '/free/f0000001', token);
  await ask(at, 'PUT', '/free/f0000001', [200, 201, 204], { body: SMALL.toString() });
}

/** Each adds to the locks that are held for the one before it. */
function guarded(before: number, held: number): Scene {
  const name = 'LOCK, PUT, UNLOCK while so many locks are held';
  return {
    figures: [{ name, size: held, unit: 'ms', better: 'less' }],
    repeats: 3,
    family: name,
    durable: true,
    async check(at) {
      if (before === 0) await protects(at);
      await hold(at, '/held/f{n}', before, held - before);
    },
    run: async (at) => [await guardedPut(at)],
  };
}

async function hold(at: Contender, path: string, first: number, count: number): Promise<void> {
  const steps = [{ text: at.text('LOCK', path, LOCK_HEADERS, LOCK_BODY), expect: [200, 201] }];
  await at.exchange({ connections: connectionsFor(at), first, count, steps });
}

/** Milliseconds of all three together. */
async function guardedPut(at: Contender): Promise<number> {
  const path = '/free/f{n}';
  const body = { If: `<${at.url('/free/f0000000').replace('f0000000', 'f{n}')}> (<{token}>)`, 'Content-Length': String(SMALL.length) };
  const { turns } = await at.exchange({
    connections: 1,
    count: 100,
    steps: [
      { text: at.text('LOCK', path, LOCK_HEADERS, LOCK_BODY), expect: [200, 201] },
      { text: at.text('PUT', path, body, SMALL.toString()), expect: [200, 201, 204] },
      { text: at.text('UNLOCK', path, { 'Lock-Token': '<{token}>' }), expect: [204] },
    ],
  });
  return medianOf(turns);
}

function litmus(): Scene {
  return {
    figures: [{ name: 'all of litmus', unit: 's', better: 'less' }],
    repeats: 3,
    async run(at) {
      // It writes its log where it stands.
      const place = await mkdtemp(join(at.running.folder, 'litmus-'));
      const script = 'cd "$1" && exec litmus -k "$2"';
      const { seconds, printed } = await ran('sh', ['-c', script, 'sh', place, at.url('/')], at.patience).catch((failure: unknown) => {
        if (!(failure instanceof Ended)) throw failure;
        if (/took more than/.test(failure.message)) throw new Cut(failure.message);
        throw /not found/.test(failure.printed)
          ? new Cannot('litmus is not installed: apt-get install litmus')
          : new Wrong(scoresIn(failure.printed));
      });
      if (/tests run: (\d+) passed, (?!0 failed)/.test(printed)) throw new Wrong(scoresIn(printed));
      return [seconds];
    },
  };
}

function scoresIn(printed: string): string {
  return [...printed.matchAll(/summary for `(\w+)': of (\d+) tests run: (\d+) passed/g)]
    .map(([, suite, run, passed]) => `${suite} ${passed}/${run}`)
    .join(', ');
}
