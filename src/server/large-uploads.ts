// How often V8 looks for garbage while a large upload comes in: as often as there is some, in a process that is this server's own.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';

const LARGE = 1024 * 1024; // bytes
/**
 * Node makes a buffer of each 64 KiB that arrives. 32 MB of them are let go at once, without a look at the rest of the heap, but V8 looks
 * through all of it for each 12 MB around a heap as small as this server's: a quarter of the processor's time. Not so when a heap may become
 * five times as large before that; V8 itself allows four while it finds much garbage.
 */
const GROWING = 400; // percent

/** For as long as any is under way: a listing that needs much memory for itself is not to have five times that. */
export function spareLargeUploads(server: Server): void {
  let arriving = 0;
  const take = ({ headers }: IncomingMessage, response: ServerResponse) => {
    if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > LARGE)) return;
    if (arriving++ === 0) setFlagsFromString(`--heap-growing-percent=${GROWING}`);
    response.once('close', () => {
      if (--arriving === 0) setFlagsFromString('--heap-growing-percent=0');
    });
  };
  server.on('request', take);
  server.on('checkContinue', take);
}
