// How long a small request waits while the same server is at a large one.
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, propfindBody, transfer, XML } from './asks.ts';
import type { Contender } from './contender.ts';
import { Cannot, type Group, type Scene, Wrong } from './scene.ts';
import { percentileOf } from './statistics.ts';
import { ran } from './stock.ts';

const MEMBERS = 100_000;
const CONNECTIONS = 4;

export const fairness: Group = {
  name: 'fairness',
  async fill(served, { stock, size }) {
    await link(join(stock.flat(10), 'f0000000'), join(served, 'small'));
    await ran('cp', ['-al', stock.flat(size(MEMBERS)), join(served, 'flat')]);
    await ran('cp', ['-al', stock.tree(size(MEMBERS)), join(served, 'tree')]);
  },
  scenes: ({ size }) => [
    beside('nothing else', size(MEMBERS), async (at) => {
      for (let turn = 0; turn < 100; turn += 1) await ask(at, 'GET', '/small', [200]);
    }),
    beside('a PROPFIND Depth 1', size(MEMBERS), async (at) => {
      const text = at.text('PROPFIND', '/flat/', { ...XML, Depth: '1' }, propfindBody());
      const { status } = await at.download({ text }, 'heavy');
      if (status !== 207) throw new Wrong(`${status} instead of a listing`);
    }),
    beside('a COPY', size(MEMBERS), async (at) => void (await transfer(at, 'COPY', '/tree/', '/copied/'))),
    beside('a DELETE', size(MEMBERS), async (at) => void (await ask(at, 'DELETE', '/copied/', [200, 204]))),
  ],
};

function beside(what: string, size: number, work: (at: Contender) => Promise<void>): Scene {
  const name = `GET of 1 KiB beside ${what}`;
  return {
    figures: [
      { name: `${name}, half of them within`, size, unit: 'ms', better: 'less' },
      { name: '… 99 % within', unit: 'ms', better: 'less' },
      { name: '… the longest', unit: 'ms', better: 'less' },
    ],
    repeats: 1,
    async run(at) {
      const steps = [{ text: at.text('GET', '/small'), expect: [200] }];
      const { turns } = await at.during({ connections: CONNECTIONS, steps }, () => work(at));
      if (turns.length < CONNECTIONS) throw new Cannot('it was over before the small requests were answered');
      return [percentileOf(turns, 0.5), percentileOf(turns, 0.99), percentileOf(turns, 1)];
    },
  };
}
