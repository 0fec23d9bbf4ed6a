// A load generator in a process of its own, so that what it costs is the same for every server and none of the benchmark's.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromGenerator, Job, ToGenerator, Told } from './jobs.ts';

export interface Generator {
  run(job: Job): Promise<Told>;
  /** For a job without an end. */
  begin(job: Job): { stop(): Promise<Told> };
  close(): void;
}

export function startGenerator(): Generator {
  const loader = join(import.meta.dirname, '../conformance/typescript.js');
  const child = fork(join(import.meta.dirname, 'generator-process.ts'), [], { execArgv: ['--import', loader], serialization: 'advanced' });
  const waiting = new Map<number, (told: Told) => void>();
  let last = 0;
  child.on('message', ({ id, told }: FromGenerator) => {
    waiting.get(id)?.(told);
    waiting.delete(id);
  });
  child.once('exit', () => {
    for (const tell of waiting.values())
      tell({ milliseconds: 0, wrong: 'the load generator ended', turns: [], status: 0, firstByte: 0, bytes: 0, counts: [] });
  });
  const send = (message: ToGenerator) => child.send(message);
  const begin = (job: Job) => {
    last += 1;
    const id = last;
    const told = new Promise<Told>((resolve) => waiting.set(id, resolve));
    send({ id, job });
    return {
      told,
      stop() {
        send({ id, stop: true });
        return told;
      },
    };
  };
  return { begin, run: (job) => begin(job).told, close: () => child.disconnect() };
}
