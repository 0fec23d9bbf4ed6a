// PROPFIND: of one resource, of collections of growing size, with locks and dead properties on some members, and of whole trees.
import { rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, closing, connectionsFor, keepsProperties, LOCK_BODY, LOCK_HEADERS, MARK_BODY, propfindBody, XML } from './asks.ts';
import type { Contender } from './contender.ts';
import { forgetMost, memoryOf, mostMemory } from './memory.ts';
import { perSecond } from './rows-get.ts';
import { Cannot, type Figure, type Group, type Scene, Wrong } from './scene.ts';
import { ran } from './stock.ts';

/** What Explorer, the Finder and davfs2 look at. */
const FIVE = ['resourcetype', 'getcontentlength', 'getlastmodified', 'getetag', 'creationdate'];
const MARKED = 'PROPFIND Depth 1, a tenth locked and with a dead property';
const SIZES = [100, 1000, 10_000, 100_000];
const TREES = [20_000, 100_000, 500_000];

export const propfind: Group = {
  name: 'propfind',
  async fill(served, { stock, size }) {
    for (const count of new Set(SIZES.map(size))) {
      await ran('cp', ['-al', stock.flat(count), join(served, `flat-${count}`)]);
    }
  },
  scenes({ stock, size }) {
    const sizes = [...new Set(SIZES.map(size))];
    const plain = (name: string, properties: readonly string[]) =>
      sizes.map((count) => listing(`PROPFIND Depth 1, ${name}`, `/flat-${count}/`, count, () => stock.flat(count), properties));
    const some = sizes.map((count) => marked(`/flat-${count}/`, count));
    return [single(), ...plain('allprop', []), ...plain('five properties', FIVE), ...some];
  },
};

export const infinity: Group = {
  name: 'infinity',
  // One for all, who only read: so many names for each would be more than a file system in memory has by default.
  async fill(served, { stock, size }) {
    for (const count of TREES.map(size)) stock.tree(count);
    await rmdir(served);
    await symlink(stock.folder, served);
  },
  scenes: ({ stock, size }) =>
    [...new Set(TREES.map(size))].map((count) =>
      listing('PROPFIND Depth infinity, five properties', `/tree-${count}/`, count, () => stock.tree(count), FIVE, 'infinity'),
    ),
};

function single(): Scene {
  const body = propfindBody(...FIVE);
  return {
    figures: [{ name: 'PROPFIND Depth 0, 16 connections', unit: 'a second', better: 'more' }],
    repeats: 3,
    async check(at) {
      const { text } = await ask(at, 'PROPFIND', '/', [207], { headers: { ...XML, Depth: '0' }, body });
      if (text.match(new RegExp(closing('response'), 'g'))?.length !== 1) throw new Wrong('not one row');
    },
    async run(at) {
      const text = at.text('PROPFIND', '/', { ...XML, Depth: '0' }, body);
      return [await perSecond(at, text, 16)];
    },
  };
}

function listing(name: string, path: string, count: number, stock: () => string, properties: readonly string[], depth = '1'): Scene {
  const text = (at: Contender) => at.text('PROPFIND', path, { ...XML, Depth: depth }, propfindBody(...properties));
  return {
    figures: figuresOf(name, count),
    repeats: 3,
    family: name,
    async physical() {
      const { seconds } = await ran('sh', ['-c', `find "$1" -printf '%P %s %T@ %i\\n' >/dev/null`, 'sh', stock()]);
      return [seconds * 1000];
    },
    async check(at) {
      await ask(at, 'PROPFIND', '/', [207], { headers: { ...XML, Depth: '0' }, body: propfindBody(...properties) });
      const names = ['response', 'getlastmodified'].map(closing);
      const { status, counts } = await at.download({ text: text(at), count: names });
      const [responses = 0, times = 0] = counts;
      // RFC 4918 §9.1: a server may refuse Depth infinity.
      if (status === 403) throw new Cannot('403 to PROPFIND');
      if (status !== 207) throw new Wrong(`${status} instead of a listing`);
      if (responses < count || times < count) throw new Wrong(`${responses} rows, of ${count} members at least`);
    },
    run: (at) => timed(at, text(at)),
  };
}

function figuresOf(name: string, size: number): Figure[] {
  const figure = { name, size, unit: 'ms', better: 'less' } as const;
  return [figure, { ...figure, name: 'to its first byte', below: name }, mostMemory(figure)];
}

async function timed(at: Contender, text: string): Promise<readonly number[]> {
  forgetMost(at.running.pid);
  const { milliseconds, firstByte, status } = await at.download({ text });
  if (status !== 207) throw new Wrong(`${status} instead of a listing`);
  return [milliseconds, firstByte, memoryOf(at.running.pid, 'VmHWM')];
}

/** A tenth of the members has a dead property and a lock. */
function marked(path: string, count: number): Scene {
  const some = Math.floor(count / 10);
  const body = propfindBody(...FIVE, 'lockdiscovery', 'mark');
  const text = (at: Contender) => at.text('PROPFIND', path, { ...XML, Depth: '1' }, body);
  return {
    figures: figuresOf(MARKED, count),
    repeats: 3,
    family: MARKED,
    async check(at) {
      const member = `${path}f{n}`;
      await keepsProperties(at, `${path}f0000000`);
      for (const [method, headers, of, expect] of [
        ['PROPPATCH', XML, MARK_BODY, [204, 207]],
        ['LOCK', LOCK_HEADERS, LOCK_BODY, [200]],
      ] as const)
        await at.exchange({
          connections: connectionsFor(at),
          count: some,
          steps: [{ text: at.text(method, member, headers, of), expect }],
        });
      const { counts } = await at.download({ text: text(at), count: [closing('response'), 'a mark</', closing('activelock')] });
      const [responses = 0, marks = 0, locks = 0] = counts;
      if (responses < count || marks !== some || locks !== some) throw new Wrong(`${responses} rows, ${marks} properties, ${locks} locks`);
    },
    run: (at) => timed(at, text(at)),
  };
}
