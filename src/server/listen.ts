// Starts and stops a server: one URL to tell, and running requests finish before it ends.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { App } from './app.ts';
import type { Webdav } from './dav.ts';

/** Resolves to the port, once it is open. Rejects with the errno of `listen(2)`. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const GRACE = 10_000; // milliseconds

/** Take no new request, let running ones finish for ten seconds at most, then release the state. */
export async function shutDown({ server, connections }: App, dav: Webdav): Promise<void> {
  // The server's own `close()` also destroys connections whose answer is complete, but not yet sent.
  NetServer.prototype.close.call(server);
  await connections.end(GRACE);
  server.close();
  await dav.close();
}
