// The bytes of a request's body as they arrive. Node's own iterator costs more than the whole of a short request.
import type { IncomingMessage } from 'node:http';

/** Bytes that wait for a reader who is busy with those before, such as a disk; then the client waits. */
const AHEAD = 512 * 1024;

/**
 * One pass. Rejects when the connection goes before the end. Whoever stops early leaves the rest to those who part with the
 * client: it must not take the connection, and so its answer, down.
 */
export function bodyBytes(request: IncomingMessage): AsyncIterableIterator<Uint8Array> {
  const arrived: Uint8Array[] = [];
  let size = 0;
  let over = request.readableEnded;
  let brokenOff = request.destroyed;
  let tell = () => {};

  const take = (chunk: Uint8Array) => {
    arrived.push(chunk);
    size += chunk.length;
    if (size >= AHEAD) request.pause();
    tell();
  };
  request.on('data', take);
  request.on('end', () => {
    over = true;
    tell();
  });
  // Without a listener for what has gone wrong, the process would end with it.
  for (const event of ['error', 'close']) {
    request.on(event, () => {
      brokenOff = true;
      tell();
    });
  }

  const finish = async () => {
    request.off('data', take);
    if (!over) request.pause();
    over = true;
    arrived.length = 0;
    return { done: true as const, value: undefined };
  };
  return {
    async next() {
      while (arrived.length === 0 && !over && !brokenOff) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      const value = arrived.shift();
      if (!value && !over) throw new Error('The connection ended before the body did.');
      if (!value) return finish();
      size -= value.length;
      if (size < AHEAD && request.isPaused()) request.resume();
      return { done: false, value };
    },
    return: finish,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
