// What a siege costs the server: the memory it keeps and reaches, and the requests that took the most of its time. Told, not judged by the clock.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const SLOWEST = 3;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that are in use once the garbage is gone. */
export function memory(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export class Sight {
  readonly #before = memory();
  readonly #slowest: { readonly ms: number; readonly bytes: string }[] = [];
  #highest = 0;

  /** Gives what is called when the case is over, with what shows it. */
  begin(): (shown: () => string) => void {
    const started = process.cpuUsage();
    return (shown) => {
      const { user, system } = process.cpuUsage(started);
      const ms = (user + system) / 1000;
      this.#highest = Math.max(this.#highest, process.memoryUsage.rss());
      if (this.#slowest.length === SLOWEST && ms <= (this.#slowest.at(-1)?.ms ?? 0)) return;
      this.#slowest.push({ ms, bytes: shown().slice(0, 300) });
      this.#slowest.sort((a, b) => b.ms - a.ms);
      this.#slowest.length = Math.min(this.#slowest.length, SLOWEST);
    };
  }

  /** Bytes in use that were not before. */
  kept(): number {
    return memory() - this.#before;
  }

  report(cases: number, seed: number): string {
    const slow = this.#slowest.map(({ ms, bytes }) => `${Math.round(ms)} ms of CPU: ${JSON.stringify(bytes)}`);
    const megabytes = Math.round(this.#highest / 1024 / 1024);
    return `${cases} cases, seed ${seed}; at most ${megabytes} MB resident (server and client); slowest:\n${slow.join('\n')}\n`;
  }
}
