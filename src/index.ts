// The public surface: a router for somebody's own Express app, and a whole server.
// The reference is for the declarations: a tsconfig that names no `types` would otherwise make `any` of what is Node's.
/// <reference types="node" preserve="true" />
import type { Server } from 'node:http';
import { createApp, type ServerOptions } from './server/app.ts';
import { parseBase } from './server/base.ts';
import { type Webdav, webdav } from './server/dav.ts';
import { checkLimit } from './server/limits.ts';
import { shutDown } from './server/listen.ts';
import { errorLog } from './server/log.ts';
import type { WebdavOptions } from './server/options.ts';
import { checkTls } from './server/tls.ts';

export type { User } from './accounts/users.ts';
export type { ServerOptions } from './server/app.ts';
export type { Webdav } from './server/dav.ts';
export type { MountedRequest } from './server/incoming.ts';
export type { Log } from './server/log.ts';
export type { WebdavOptions } from './server/options.ts';
export { webdav };

/** A whole server. `server.listen(8080)` opens it. */
export interface DavServer {
  readonly server: Server;
  readonly dav: Webdav;
  /** Take no new request, let running ones finish for ten seconds at most, then release the state. */
  close(): Promise<void>;
}

/** A server that is not listening yet. Throws for a `base`, `tls` or limit of connections that cannot work; for all else `dav.ready` rejects. */
export function createServer(options: WebdavOptions & ServerOptions): DavServer {
  const { base = '/', tls, idleTimeout, maxConnections, ...rest } = options ?? {};
  const checked = parseBase(base, 'base');
  checkTls(tls);
  checkLimit('idleTimeout', idleTimeout);
  checkLimit('maxConnections', maxConnections);
  const logged = { ...rest, log: rest.log ?? errorLog() } as WebdavOptions;
  const dav = webdav(logged);
  const app = createApp(dav, { ...logged, base: checked, tls, idleTimeout, maxConnections });
  return { server: app.server, dav, close: () => shutDown(app, dav) };
}
