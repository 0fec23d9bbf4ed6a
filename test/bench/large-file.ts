// GET and PUT of one large file, at three sizes: how fast the bytes go, and whether the memory for them grows.
import { link, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './asks.ts';
import type { Contender } from './contender.ts';
import type { Told } from './jobs.ts';
import { forgetMost, memoryOf, mostMemory } from './memory.ts';
import { type Scaled, type Scene, Wrong } from './scene.ts';
import { ran } from './stock.ts';

const MEBIBYTE = 1 << 20;
const LARGE = [64 * MEBIBYTE, 256 * MEBIBYTE, 1024 * MEBIBYTE];

export async function fillLarge(served: string, { stock, size }: Scaled): Promise<void> {
  for (const bytes of new Set(LARGE.map(size))) await link(stock.large(bytes), join(served, `large-${bytes}`));
}

export function getLarge({ stock, size }: Scaled): Scene[] {
  return LARGE.map(size).map((bytes) =>
    moved(
      'GET',
      bytes,
      () => copied(stock.large(bytes), '/dev/null'),
      async (at) => {
        const told = await at.download({ text: at.text('GET', `/large-${bytes}`) });
        if (told.status !== 200 || told.bytes !== bytes) throw new Wrong(`${told.status} with ${told.bytes} bytes`);
        return told;
      },
    ),
  );
}

export function putLarge({ stock, size }: Scaled): Scene[] {
  return LARGE.map(size).map((bytes) =>
    moved(
      'PUT',
      bytes,
      () => copied(stock.large(bytes), join(stock.folder, 'written')),
      async (at) => {
        const told = await at.upload({ text: at.text('PUT', '/large', { 'Content-Length': String(bytes) }), bytes });
        const { size: stored } = await stat(join(at.served, 'large')).catch(() => ({ size: 0 }));
        if (![200, 201, 204].includes(told.status) || stored !== bytes) throw new Wrong(`${told.status}, and ${stored} bytes are stored`);
        return told;
      },
    ),
  );
}

async function copied(from: string, to: string): Promise<number> {
  const { seconds } = await ran('dd', [`if=${from}`, `of=${to}`, 'bs=1M']);
  if (to !== '/dev/null') await rm(to);
  return seconds;
}

function moved(method: 'GET' | 'PUT', bytes: number, physical: () => Promise<number>, move: (at: Contender) => Promise<Told>): Scene {
  const mebibytes = bytes / MEBIBYTE;
  const figure = {
    name: `${method} of one file of so many MiB`,
    size: Math.max(1, Math.round(mebibytes)),
    unit: 'MiB/s',
    better: 'more',
  } as const;
  return {
    figures: [figure, mostMemory(figure)],
    repeats: 3,
    family: figure.name,
    physical: async () => [mebibytes / (await physical())],
    async run(at) {
      forgetMost(at.running.pid);
      const { milliseconds } = await move(at);
      const memory = memoryOf(at.running.pid, 'VmHWM');
      if (method === 'PUT') await ask(at, 'DELETE', '/large', [200, 204]);
      return [(mebibytes / milliseconds) * 1000, memory];
    },
  };
}
