// GET and HEAD: many small answers, parts and answers without a body, and large files.
import { spawnSync } from 'node:child_process';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './asks.ts';
import type { Contender } from './contender.ts';
import { fillLarge, getLarge } from './large-file.ts';
import { Cannot, type Group, type Scene, Wrong } from './scene.ts';
import { ran, SMALL } from './stock.ts';

const CONNECTIONS = 32;
const SECONDS = 2;
const etags = new WeakMap<Contender, string>();

export const get: Group = {
  name: 'get',
  async fill(served, scaled) {
    await link(join(scaled.stock.flat(10), 'f0000000'), join(served, 'small'));
    await fillLarge(served, scaled);
  },
  scenes: (scaled) => [
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
    ...getLarge(scaled),
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

export function hasWrk(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined;
}
