// The Express application and the HTTP server around it, as fast as Express can be made to go.
import { createServer as createHttpServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import express from 'express';
import { reasonOf } from '../protocol/status.ts';
import type { Webdav } from './dav.ts';
import { waiting } from './incoming.ts';

export interface ServerOptions {
  /** Where the folder is mounted: `/` or `/dav`. */
  readonly base?: string;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
}

/** Milliseconds of silence after which a connection is given up. Transfers may take hours as long as something moves. */
const IDLE = 5 * 60_000;

export function createApp(dav: Webdav, { base = '/', tls }: ServerOptions): Server {
  const app = express();
  app.disable('x-powered-by');
  app.use(base, dav);

  // Express swaps the prototypes of every request and response it gets, which costs most of its time. Made with the
  // right ones from the start, the swap changes nothing.
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse<AppRequest> {}
  Object.setPrototypeOf(AppRequest.prototype, express.request);
  Object.setPrototypeOf(AppResponse.prototype, express.response);
  app.request = Object.assign(AppRequest.prototype, { app }) as unknown as typeof app.request;
  app.response = Object.assign(AppResponse.prototype, { app }) as unknown as typeof app.response;

  const classes = { IncomingMessage: AppRequest, ServerResponse: AppResponse };
  const server = tls ? createHttpsServer({ ...classes, ...tls }, app) : createHttpServer(classes, app);
  // Node cuts every request off after five minutes unless told otherwise: an upload may take hours.
  server.requestTimeout = 0;
  const answering = endSilence(server);
  server.prependListener('request', answering);
  server.on('checkContinue', (request, response) => {
    waiting.add(request);
    app(request as never, response as never);
  });
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { 'Content-Length': '0' }).end();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const status = CLIENT_ERRORS[error.code ?? ''] ?? 400;
    socket.end(
      `HTTP/1.1 ${status} ${reasonOf(status)}\r\nDate: ${new Date().toUTCString()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  });
  return server;
}

/** Give up connections on which nothing moves, but for a client that waits while the server works on its answer. */
function endSilence(server: Server): (request: IncomingMessage, response: ServerResponse) => void {
  const answers = new WeakMap<object, ServerResponse>();
  server.setTimeout(IDLE, (socket) => {
    const response = answers.get(socket);
    const working = response?.req.complete && !response.headersSent;
    if (!working) socket.destroy();
  });
  return (request, response) => void answers.set(request.socket, response);
}

/** What Node's parser refuses before any request exists. A method it does not know is 501 (RFC 9110 §15.6.2). */
const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  HPE_INVALID_METHOD: 501,
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
