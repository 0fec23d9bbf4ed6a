// GET and HEAD: many small answers, parts and answers without a body, and one large file.
import { spawnSync } from 'node:child_process';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './asks.ts';
import type { Contender } from './contender.ts';
import { forgetMost, memoryOf } from './memory.ts';
import { Cannot, type Group, type Scene, Wrong } from './scene.ts';
import { ran, SMALL } from './stock.ts';

const CONNECTIONS = 32;
const SECONDS = 2;
const LARGE = 1 << 30;
const etags = new WeakMap<Contender, string>();

export const get: Group = {
  name: 'get',
  async fill(served, { stock, size }) {
    await link(join(stock.flat(10), 'f0000000'), join(served, 'small'));
    await link(stock.large(size(LARGE)), join(served, 'large'));
  },
  scenes: ({ stock, size }) => [
    small(
      'GET of 1 KiB, 32 connections',
      () => ({}),
      async (at) => {
        if ((await ask(at, 'GET', '/small', [200])).text !== SMALL.toString()) throw new Wrong('another content');
      },
    ),
    head(),
    small(
      'GET of 100 bytes of it (Range)',
      () => ({ Range: 'bytes=100-199' }),
      async (at) => {
        const { text } = await ask(at, 'GET', '/small', [206], { headers: { Range: 'bytes=100-199' } });
        if (text !== SMALL.subarray(100, 200).toString()) throw new Wrong('another part');
      },
    ),
    small(
      'GET that is not modified (If-None-Match)',
      (at) => ({ 'If-None-Match': etags.get(at) ?? '' }),
      async (at) => {
        const { etag } = (await ask(at, 'GET', '/small', [200])).headers;
        if (etag === undefined) throw new Cannot('no ETag');
        etags.set(at, etag);
        await ask(at, 'GET', '/small', [304], { headers: { 'If-None-Match': etag } });
      },
    ),
    large(size(LARGE), stock.large(size(LARGE))),
  ],
};

/** By wrk where there is one, which costs less than a generator in JavaScript; else by that. */
function small(name: string, headersOf: (at: Contender) => Record<string, string>, check: (at: Contender) => Promise<void>): Scene {
  return {
    figures: [{ name, unit: 'a second', better: 'more' }],
    repeats: 3,
    check,
    async run(at) {
      const headers = headersOf(at);
      if (!hasWrk()) return [await perSecond(at, at.text('GET', '/small', headers))];
      const flags = Object.entries(headers).flatMap(([field, value]) => ['-H', `${field}: ${value}`]);
      const { printed } = await ran('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, ...flags, at.url('/small')]);
      if (/Non-2xx|Socket errors/.test(printed)) throw new Wrong(/(Non-2xx.*|Socket errors.*)/.exec(printed)?.[1] ?? '');
      return [Number(/Requests\/sec: +([\d.]+)/.exec(printed)?.[1])];
    },
  };
}

/** wrk waits for the body that the answer to a HEAD does not have. */
function head(): Scene {
  return {
    figures: [{ name: 'HEAD, 32 connections', unit: 'a second', better: 'more' }],
    repeats: 3,
    async check(at) {
      const { headers } = await ask(at, 'HEAD', '/small', [200]);
      if ((headers['content-length'] ?? String(SMALL.length)) !== String(SMALL.length)) throw new Wrong('another length');
    },
    run: async (at) => [await perSecond(at, at.text('HEAD', '/small'))],
  };
}

/** As long as wrk takes. */
export async function perSecond(at: Contender, text: string, connections = CONNECTIONS): Promise<number> {
  const job = { connections, steps: [{ text, expect: [200, 206, 207, 304] }] };
  const { turns, milliseconds } = await at.during(job, () => delay(SECONDS * 1000));
  return (turns.length / milliseconds) * 1000;
}

function large(bytes: number, path: string): Scene {
  const mebibytes = bytes / (1 << 20);
  return {
    figures: [
      { name: 'GET of 1 GiB', unit: 'MiB/s', better: 'more' },
      { name: '… most memory', unit: 'MiB', better: 'less' },
    ],
    repeats: 3,
    async physical() {
      const { seconds } = await ran('dd', [`if=${path}`, 'of=/dev/null', 'bs=1M']);
      return [mebibytes / seconds];
    },
    async run(at) {
      forgetMost(at.running.pid);
      const told = await at.download({ text: at.text('GET', '/large') });
      if (told.status !== 200 || told.bytes !== bytes) throw new Wrong(`${told.status} with ${told.bytes} bytes`);
      return [(mebibytes / told.milliseconds) * 1000, memoryOf(at.running.pid, 'VmHWM')];
    },
  };
}

export function hasWrk(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined;
}
