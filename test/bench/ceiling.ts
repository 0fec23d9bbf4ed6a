// What the load generator can do at most: against a server that answers from memory without looking at what it is asked.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Generator } from './generator.ts';
import { hasWrk } from './rows-get.ts';
import { ran, SMALL } from './stock.ts';

/** A request of these is never cut in two: each piece that comes is one. */
const TRIVIAL = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const answer = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\\r\\nContent-Length: 1024\\r\\n\\r\\n'), workerData]);
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(answer));
  socket.on('error', () => {});
}).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

export async function ceilingOf(generator: Generator): Promise<string> {
  const worker = new Worker(TRIVIAL, { eval: true, workerData: SMALL });
  const [port] = (await once(worker, 'message')) as [number];
  try {
    const steps = [{ text: `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, expect: [200] }];
    const job = { kind: 'exchanges', port, connections: 32, count: 40_000, patience: 60_000, steps } as const;
    await generator.run(job);
    const { milliseconds } = await generator.run(job);
    const own = Math.round((job.count / milliseconds) * 1000).toLocaleString('en');
    if (!hasWrk()) return `Ceiling: ${own} a second (wrk is not installed: apt-get install wrk).`;
    const { printed } = await ran('wrk', ['-t1', '-c32', '-d2s', `http://127.0.0.1:${port}/`]);
    const wrk = Math.round(Number(/Requests\/sec: +([\d.]+)/.exec(printed)?.[1])).toLocaleString('en');
    return `Ceiling, on a server that answers from memory: the generator ${own} a second, wrk ${wrk}.`;
  } finally {
    await worker.terminate();
  }
}
