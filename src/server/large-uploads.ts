// Lets V8 leave more garbage lying around a small heap while a large upload comes in, in a process that is this server's own.
import type { IncomingMessage, Server } from 'node:http';
import * as v8 from 'node:v8';

const LARGE = 1024 * 1024; // bytes: of fewer, hardly any garbage comes
/**
 * Node makes a buffer of each 64 KiB that arrives. Of these V8 lets go at once, without a look at the rest of the heap, when there are 32 MB; but
 * around a heap as small as this server's it looks through all of it for less, again and again: a fifth to a third of the processor's time.
 */
const GARBAGE = 48 * 1024 * 1024; // bytes
const AGAIN = 250; // milliseconds: the heap may have grown since, for others

/** What is asked of V8, which decides at the end of each collection when the next one is. */
export interface Heap {
  setFlagsFromString(flag: string): void;
  getHeapStatistics(): { readonly used_heap_size: number };
}

/** For the command line alone: a flag of V8 is the whole process's. */
export function spareLargeUploads(server: Server, heap: Heap = v8): void {
  const arriving = new Set<IncomingMessage>();
  let watching: NodeJS.Timeout | undefined;
  const look = () => {
    // The answers of some, which wait behind others on a connection, are told nothing when it ends.
    for (const request of arriving) if (request.complete || request.socket.destroyed) arriving.delete(request);
    if (arriving.size === 0) {
      clearInterval(watching);
      watching = undefined;
    } else watching ??= setInterval(look, AGAIN).unref();
    const { used_heap_size: used } = heap.getHeapStatistics();
    // 0: as V8 sees fit, which is as much around a large one.
    heap.setFlagsFromString(`--heap-growing-percent=${arriving.size > 0 && used < GARBAGE ? Math.ceil((100 * GARBAGE) / used) : 0}`);
  };
  const take = (request: IncomingMessage) => {
    if (request.method !== 'PUT') return;
    const { headers } = request;
    // How large a chunked one becomes is not known before its end.
    const isLarge = Number(headers['content-length']) > LARGE || headers['transfer-encoding'] !== undefined;
    if (!isLarge) return;
    arriving.add(request);
    look();
  };
  server.on('request', take);
  server.on('checkContinue', take);
}
