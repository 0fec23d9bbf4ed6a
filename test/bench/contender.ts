// A server that takes part: running, with its contents, and all that a row asks of it.
import { join } from 'node:path';
import { type Asker, makeAsker } from '../conformance/asking.ts';
import { type RunningPeer, startPeer } from '../conformance/peer.ts';
import type { BuiltPeer } from './built-peers.ts';
import type { Generator } from './generator.ts';
import type { Download, Exchanges, Job, Told, Upload } from './jobs.ts';
import { Cut, Wrong } from './scene.ts';

export interface Loads {
  /** Takes the small requests. */
  readonly light: Generator;
  /** Takes what runs beside them. */
  readonly heavy: Generator;
  /** Milliseconds that anything may take. */
  readonly patience: number;
}

type Portless<T> = Omit<T, 'port' | 'kind'>;

export interface Contender {
  readonly peer: BuiltPeer;
  readonly running: RunningPeer;
  readonly served: string;
  readonly patience: number;
  readonly asker: Asker;
  url(path: string): string;
  /** The whole of a request. */
  text(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string): string;
  exchange(job: Portless<Exchanges>): Promise<Told>;
  download(job: Portless<Download>, loads?: 'heavy'): Promise<Told>;
  upload(job: Portless<Upload>): Promise<Told>;
  /** Sends small requests until what is done is done, and tells of them. */
  during(job: Portless<Exchanges>, work: () => Promise<void>): Promise<Told>;
  stop(): Promise<void>;
}

export async function enter(peer: BuiltPeer, loads: Loads, place: string, fill: (served: string) => Promise<void>): Promise<Contender> {
  const running = await startPeer(peer, fill, place);
  const port = Number(new URL(running.url).port);
  const { patience } = loads;
  return {
    peer,
    running,
    patience,
    served: join(running.folder, 'served'),
    asker: makeAsker(undefined, { patience, requests: Number.POSITIVE_INFINITY }),
    url: (path) => new URL(path, running.url).href,
    text(method, path, headers = {}, body = '') {
      const length = body === '' && method !== 'PUT' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
      const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...length, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
      return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
    },
    exchange: async (job) => right(await loads.light.run({ ...job, kind: 'exchanges', port, patience }), patience),
    download: async (job, which) => right(await loads[which ?? 'light'].run({ ...job, kind: 'download', port, patience }), patience),
    upload: async (job) => right(await loads.light.run({ ...job, kind: 'upload', port, patience }), patience),
    async during(job, work) {
      const endless: Job = { ...job, kind: 'exchanges', port, patience: patience * 2 };
      const small = loads.light.begin(endless);
      try {
        await work();
      } finally {
        await small.stop();
      }
      return right(await small.stop(), patience);
    },
    stop: () => running.stop(),
  };
}

function right(told: Told, patience: number): Told {
  if (told.cut) throw new Cut(`more than ${patience / 1000} s`);
  if (told.wrong !== undefined) throw new Wrong(told.wrong);
  return told;
}
