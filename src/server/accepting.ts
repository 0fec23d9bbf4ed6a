// A connection that cannot be taken (too many open files) concerns whoever wanted it: the server goes on, and says so.
import type { Server } from 'node:http';
import type { Log } from './log.ts';

const QUIET = 60_000; // milliseconds: the system says it again with every turn of the loop

/** Until `server` listens, and when it no longer does, its errors are for the one who starts it. */
export function keepAccepting(server: Server, log: Pick<Log, 'error'> | undefined): void {
  let said = Number.NEGATIVE_INFINITY;
  const refused = (error: Error) => {
    if (performance.now() - said < QUIET) return;
    said = performance.now();
    log?.error('A connection could not be taken.', error);
  };
  server.on('listening', () => server.on('error', refused));
  server.on('close', () => server.off('error', refused));
}
