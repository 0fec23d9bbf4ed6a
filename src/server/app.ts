// The Express application and the HTTP server around it, as fast as Express can be made to go.
import { createServer as createHttpServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import express from 'express';
import { reasonOf } from '../protocol/status.ts';
import { arrive } from '../store/filesystem-arrivals.ts';
import { nextTurn } from '../store/filesystem-pace.ts';
import { keepAccepting } from './accepting.ts';
import { spelledAs } from './base.ts';
import { type ConnectionLimits, Connections, IDLE } from './connections.ts';
import { tellCutOff } from './cut-off.ts';
import type { Serving, Webdav } from './dav.ts';
import { announcesBody, waiting } from './incoming.ts';
import { malformed } from './malformed.ts';
import { outside } from './outside.ts';
import { serveParents } from './parents.ts';
import type { Tls } from './tls.ts';
import { together } from './together.ts';
import { statusOf, type Unparsed } from './unparsed.ts';

export interface ServerOptions extends ConnectionLimits {
  /** Where the folder is mounted: `/` or `/dav`. */
  readonly base?: string | undefined;
  readonly tls?: Tls | undefined;
}

export interface App {
  readonly server: Server;
  readonly connections: Connections;
}

/** `serving`: who may look at what is above the mount path, and where that is logged. */
export function createApp(dav: Webdav, { base = '/', tls, idleTimeout = IDLE, maxConnections, ...serving }: ServerOptions & Serving): App {
  const app = express();
  app.disable('x-powered-by');
  // RFC 3986 §6.2.2.1: paths differ by case. Hrefs under `/DAV` would name what is under `/dav`.
  app.enable('case sensitive routing');
  app.use(base, dav);
  serveParents(app, base, serving);
  app.use(outside);

  // Express swaps the prototypes of every request and response it gets, which costs most of its time. Made with the
  // right ones from the start, the swap changes nothing.
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse<AppRequest> {}
  Object.setPrototypeOf(AppRequest.prototype, express.request);
  Object.setPrototypeOf(AppResponse.prototype, express.response);
  app.request = Object.assign(AppRequest.prototype, { app }) as unknown as typeof app.request;
  app.response = Object.assign(AppResponse.prototype, { app }) as unknown as typeof app.response;

  const http = { IncomingMessage: AppRequest, ServerResponse: AppResponse, ...deadlines(idleTimeout) };
  const server = tls ? createHttpsServer({ ...http, ...tls }) : createHttpServer(http);
  // A client that has nothing more to say still hears its answer. (The property is Node's, and not in its types.)
  Object.assign(server, { httpAllowHalfOpen: true });
  keepAccepting(server, serving.log);
  const connections = new Connections(server, rawAnswer(503), { idleTimeout, maxConnections });
  const begin = together(nextTurn);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    arrive();
    tellCutOff(request, server);
    connections.take(response, () => {
      const status = malformed(request);
      if (status !== undefined) {
        response.writeHead(status, { 'Content-Length': '0', Connection: 'close' }).end();
        return;
      }
      request.url = spelledAs(base, request.url ?? '');
      begin(() => app(request as never, response as never));
    });
  };
  server.on('request', answer);
  server.on('checkContinue', (request, response) => {
    waiting.add(request);
    answer(request, response);
  });
  server.on('checkExpectation', (request, response) => {
    // As with a refused 100: an announced body may or may not come, so nothing can follow it on the connection.
    const refusal = { 'Content-Length': '0', ...(announcesBody(request) && { Connection: 'close' }) };
    connections.take(response, () => response.writeHead(417, refusal).end());
  });
  server.on('clientError', (error: Unparsed, socket) => {
    connections.refuse(socket as Socket, () => socket.write(rawAnswer(statusOf(error))));
  });
  // No proxy: RFC 9110 §9.3.6. Node takes its hands off the socket, errors included.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    connections.refuse(socket as Socket, () => socket.write(rawAnswer(501)));
  });
  return { server, connections };
}

const HEADER = 60_000; // milliseconds

/**
 * A header has no reason to come slowly, and one that does so is 408: who sends a byte now and then is never silent. A body has:
 * Node would cut every request off after five minutes, but an upload may take hours.
 */
function deadlines(idleTimeout: number) {
  const headersTimeout = Math.min(HEADER, idleTimeout * 1000);
  // Node's own five seconds between two requests are shorter than a person's pauses: a network drive would connect anew each time,
  // and a request that meets the end of its connection halfway is lost to a client that may not repeat it.
  const keepAliveTimeout = idleTimeout * 1000;
  return { requestTimeout: 0, headersTimeout, keepAliveTimeout, connectionsCheckingInterval: headersTimeout / 2 };
}

function rawAnswer(status: number): string {
  return `HTTP/1.1 ${status} ${reasonOf(status)}\r\nDate: ${new Date().toUTCString()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}
