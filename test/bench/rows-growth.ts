// How a request's cost grows with what is in the way: dead properties that are stored or sent, and lists in an If header.
import { join } from 'node:path';
import { keepsProperties, lock, unlock, XML } from './asks.ts';
import type { Contender } from './contender.ts';
import { Cannot, type Group, type Scene } from './scene.ts';
import { medianOf } from './statistics.ts';
import { nameOf, ran } from './stock.ts';

const SIZES = [100, 1000, 10_000, 100_000];
const AT_ONCE = 1000; // Properties of one PROPPATCH.
const LISTS = [4, 32, 256]; // More is more than several servers take in one header.
const MEMBERS = Math.max(...LISTS);

export const growing: Group = {
  name: 'growth',
  onDisk: true,
  async fill(served, { stock }) {
    // Not shared: some servers write into the file that is there.
    for (const name of ['free', 'many']) await ran('cp', ['-r', '--preserve', stock.flat(MEMBERS), join(served, name)]);
  },
  scenes({ size }) {
    const sizes = [...new Set(SIZES.map(size))];
    return [
      ...sizes.map((count, at) => whileStored(Math.floor((sizes[at - 1] ?? 0) / AT_ONCE), count)),
      ...sizes.slice(0, 3).map(together),
      ...LISTS.map(lists),
    ];
  },
};

function whileStored(before: number, count: number): Scene {
  return {
    figures: [{ name: 'PROPPATCH while dead properties are stored', size: count, unit: 'ms', better: 'less' }],
    repeats: 3,
    family: 'PROPPATCH while dead properties are stored',
    async check(at) {
      await keepsProperties(at, '/free/f0000000');
      const body = updateOf(Math.min(AT_ONCE, count));
      // On members that nobody has locked above: the collection `free` and what is in it.
      const steps = [{ text: at.text('PROPPATCH', '/free/f{n}', XML, body), expect: [204, 207] }];
      const members = Math.max(1, Math.floor(count / AT_ONCE)) - before;
      if (members > 0) await at.exchange({ connections: 4, first: 1 + before, count: members, steps });
    },
    run: async (at) => [await patch(at, updateOf(1), 100)],
  };
}

function together(count: number): Scene {
  return {
    figures: [{ name: 'PROPPATCH of many properties at once', size: count, unit: 'ms', better: 'less' }],
    repeats: 3,
    family: 'PROPPATCH of many properties at once',
    check: (at) => keepsProperties(at, '/free/f0000000'),
    run: async (at) => [await patch(at, updateOf(count), 3)],
  };
}

async function patch(at: Contender, body: string, count: number): Promise<number> {
  const steps = [{ text: at.text('PROPPATCH', '/free/f0000199', XML, body), expect: [204, 207] }];
  return medianOf((await at.exchange({ connections: 1, count, steps })).turns);
}

function updateOf(count: number): string {
  const properties = Array.from({ length: count }, (_, at) => `<B:${nameOf('p', at)}>a value</B:${nameOf('p', at)}>`).join('');
  return `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:" xmlns:B="urn:bench"><D:set><D:prop>${properties}</D:prop></D:set></D:propertyupdate>`;
}

/** Only the last list of them holds, and has the token that the lock asks for; the others tag other members (RFC 4918 §10.4.2). */
function lists(count: number): Scene {
  const path = '/free/f0000150';
  const header = (at: Contender, token: string) => {
    const others = Array.from({ length: count - 1 }, (_, other) => `</many/${nameOf('f', other)}>(<urn:x>)`);
    return [...others, `<${at.url(path)}>(<${token}>)`].join(' ');
  };
  return {
    figures: [{ name: 'PUT with tagged lists in If', size: count, unit: 'ms', better: 'less' }],
    repeats: 3,
    family: 'PUT with tagged lists in If',
    async run(at) {
      const token = await lock(at, path);
      try {
        const headers = { If: header(at, token) };
        const { status } = await at.asker.ask('PUT', at.url(path), { headers, body: 'new' });
        if ([0, 400, 413, 414, 431, 500].includes(status)) throw new Cannot(`a header so long: ${status || 'cut'}`);
        const steps = [{ text: at.text('PUT', path, headers, 'new'), expect: [200, 201, 204] }];
        return [medianOf((await at.exchange({ connections: 1, count: 100, steps })).turns)];
      } finally {
        await unlock(at, path, token);
      }
    },
  };
}
