// A proxy between a client and the server that stops uploads for as long as a test wants to look around.
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Road {
  /** Its own URL, for a client that takes an HTTP proxy. */
  readonly url: string;
  /** Resolves when the first upload has arrived. */
  readonly held: Promise<void>;
  letGo(): void;
  close(): void;
}

/** A proxy that holds uploads back until it is told to let go. */
export async function slowRoad(): Promise<Road> {
  let arrived = () => {};
  const held = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let letGo = () => {};
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const proxy = createServer(async (request, response) => {
    request.on('error', () => {});
    if (request.method === 'PUT') {
      arrived();
      await free;
    }
    const { method, headers } = request;
    const onward = forward(request.url ?? '', { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    held,
    letGo,
    close() {
      letGo();
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
