// Stands between a client and a server and writes down what they say to each other.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  /** Percent-encoded, as it was sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly status: number;
  readonly answered: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Tee {
  /** The server's, but for host and port. */
  readonly url: string;
  /** In the order the answers began. */
  readonly exchanges: Exchange[];
  close(): Promise<void>;
}

/** Passes every request on, headers and bodies as they are, on a free port. */
export async function tee(server: string): Promise<Tee> {
  const exchanges: Exchange[] = [];
  const { hostname, port } = new URL(server);
  const listener = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers, rawHeaders } = incoming;
    const onward = request({ hostname, port, method, path, headers: rawHeaders, setHost: false }, (answer) => {
      const status = answer.statusCode ?? 0;
      exchanges.push({ method, path, headers, status, answered: answer.headers });
      outgoing.writeHead(status, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(server);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    exchanges,
    async close() {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
}
