// The public surface: a router for somebody's own Express app, and a whole server.
import type { Server } from 'node:http';
import { createApp, type ServerOptions } from './server/app.ts';
import { type Webdav, webdav } from './server/dav.ts';
import type { WebdavOptions } from './server/service.ts';

export type { User } from './accounts/users.ts';
export type { ServerOptions } from './server/app.ts';
export type { Webdav } from './server/dav.ts';
export type { Log } from './server/log.ts';
export type { WebdavOptions } from './server/service.ts';
export { webdav };

/** A server that is not listening yet, and the router in it (its `close()` releases the state). */
export function createServer(options: WebdavOptions & ServerOptions): { readonly server: Server; readonly dav: Webdav } {
  const dav = webdav(options);
  return { server: createApp(dav, options).server, dav };
}
