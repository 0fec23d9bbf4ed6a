// How long a small request waits while the same server is at a large one.
import { once } from 'node:events';
import { link } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { ask, propfindBody, transfer, XML } from './asks.ts';
import type { Contender } from './contender.ts';
import { filesIn } from './files-in.ts';
import { forgetMost, memoryOf, mostMemory } from './memory.ts';
import { Cannot, type Figure, type Group, type Scene, Wrong } from './scene.ts';
import { percentileOf } from './statistics.ts';
import { ran } from './stock.ts';

const MEMBERS = 100_000;
const CONNECTIONS = 4;
const MONITOR = join(import.meta.dirname, 'event-loop.js');

export const fairness: Group = {
  name: 'fairness',
  as(peer) {
    if (peer.name !== 'dav207') return peer;
    return { ...peer, args: (at) => ['--import', MONITOR, ...peer.args(at)] };
  },
  async fill(served, { stock, size }) {
    await link(join(stock.flat(10), 'f0000000'), join(served, 'small'));
    await ran('cp', ['-al', stock.flat(size(MEMBERS)), join(served, 'flat')]);
    await ran('cp', ['-al', stock.tree(size(MEMBERS)), join(served, 'tree')]);
  },
  scenes: ({ size }) => [
    beside(size(MEMBERS), 'nothing else', {
      'nothing else': async (at) => {
        for (let turn = 0; turn < 500; turn += 1) await ask(at, 'GET', '/small', [200]);
      },
    }),
    beside(size(MEMBERS), 'PROPFIND Depth 1, allprop', {
      'a PROPFIND Depth 1': async (at) => {
        const text = at.text('PROPFIND', '/flat/', { ...XML, Depth: '1' }, propfindBody());
        const { status } = await at.download({ text }, 'heavy');
        if (status !== 207) throw new Wrong(`${status} instead of a listing`);
      },
    }),
    beside(size(MEMBERS), 'COPY of a tree', {
      'a COPY': async (at) => {
        await transfer(at, 'COPY', '/tree/', '/copied/');
        const files = await filesIn(join(at.served, 'copied'));
        if (files !== size(MEMBERS)) throw new Wrong(`${files} files are copied`);
      },
      'a DELETE': async (at) => void (await ask(at, 'DELETE', '/copied/', [200, 204])),
    }),
  ],
};

type Work = (at: Contender) => Promise<void>;

function beside(size: number, family: string, works: Readonly<Record<string, Work>>): Scene {
  return {
    figures: Object.keys(works).flatMap((what) => figuresOf(`GET of 1 KiB beside ${what}`, size)),
    repeats: 3,
    family,
    async run(at) {
      const figures: (number | undefined)[] = [];
      for (const work of Object.values(works)) figures.push(...(await measured(at, work)));
      return figures;
    },
  };
}

function figuresOf(name: string, size: number): Figure[] {
  const half: Figure = { name: `${name}, half of them within`, size, unit: 'ms', better: 'less' };
  const below = ['99 % within', 'the longest', 'the longest hold of the event loop (dav207 is asked)'];
  return [half, ...below.map((more): Figure => ({ ...half, name: more, below: name })), mostMemory(half)];
}

async function measured(at: Contender, work: Work): Promise<(number | undefined)[]> {
  await heldMost(at);
  forgetMost(at.running.pid);
  const steps = [{ text: at.text('GET', '/small'), expect: [200] }];
  const { turns } = await at.during({ connections: CONNECTIONS, steps }, () => work(at));
  if (turns.length < CONNECTIONS) throw new Cannot('it was over before the small requests were answered');
  return [...[0.5, 0.99, 1].map((part) => percentileOf(turns, part)), await heldMost(at), memoryOf(at.running.pid, 'VmHWM')];
}

/** Milliseconds since it was asked the last time; undefined: it does not tell. */
async function heldMost({ peer, running }: Contender): Promise<number | undefined> {
  if (peer.name !== 'dav207') return undefined;
  const socket = connect(join(running.folder, 'event-loop'));
  await once(socket, 'connect');
  return Number(await textOf(socket));
}
