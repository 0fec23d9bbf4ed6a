// The Express router: one folder served over WebDAV, wherever it is mounted.
import type { ServerResponse } from 'node:http';
import { basicCredentials } from '../accounts/basic.ts';
import { verify } from '../accounts/users.ts';
import { dispatch, METHOD_NAMES } from '../methods/index.ts';
import { asFailure, DavError } from '../protocol/error.ts';
import { ROOT } from '../protocol/path.ts';
import { arrive } from '../store/filesystem-arrivals.ts';
import type { Store } from '../store/store.ts';
import { allowOrigin } from './cors.ts';
import { announcesBody, type MountedRequest, readRequest } from './incoming.ts';
import type { Log } from './log.ts';
import { logOf, type WebdavOptions } from './options.ts';
import { failureResponse, respond } from './respond.ts';
import { openService, type Service } from './service.ts';

/** A request handler for `app.use()` of Express 4 and 5. It answers every request: what stands after it is never asked. */
export interface Webdav {
  (request: MountedRequest, response: ServerResponse, next?: unknown): void;
  /** Resolves once the folder can be served; rejects when it cannot. Requests wait for it by themselves. */
  readonly ready: Promise<void>;
  /** Release the state, once the requests that still run are done or two seconds are over. Call it after the last request. */
  close(): Promise<void>;
}

export type Serving = Pick<WebdavOptions, 'users' | 'log' | 'cors'>;

/** `app.use('/dav', webdav({ folder }))` */
export function webdav(options: WebdavOptions): Webdav {
  const log = logOf(options);
  const service = openService(typeof options === 'object' && options?.log === undefined ? { ...options, log } : options);
  service.catch((error: Error) => log.error(error.message));
  const dav = router(service, { ...options, log });
  const handler = (request: MountedRequest, response: ServerResponse) => {
    arrive();
    dav(request, response);
  };
  return Object.assign(handler, { ready: dav.ready, close: dav.close });
}

/** The same of a service whose failure to open the caller tells the operator, for who says itself that a request has come (`arrive`). */
export function router(service: Promise<Service>, options: Serving): Webdav {
  const ready = service.then(() => {});
  // Whoever waits for `ready`, and each request, meets the rejection; a host app that does neither must not die of it.
  ready.catch(() => {});
  // Counted: a list of them would cost each request a few promises more.
  let running = 0;
  let tellOver = () => {};
  const over = () => {
    running--;
    if (running === 0) tellOver();
  };
  const handler = (request: MountedRequest, response: ServerResponse) => {
    running++;
    void serve(request, response, service, options).finally(over);
  };
  return Object.assign(handler, {
    ready,
    close: async () => {
      const opened = await service.catch(() => undefined);
      // A client that is gone leaves its handler with something to put away: what it had sent of a file, a lock, a journal entry.
      if (running > 0) {
        await within(
          PATIENCE,
          new Promise<void>((resolve) => {
            tellOver = resolve;
          }),
        );
      }
      await opened?.close();
    },
  });
}

const PATIENCE = 2_000; // milliseconds

async function within(limit: number, end: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([end, late]);
  clearTimeout(timer);
}

// What a body parser took is gone, and a PUT would store an empty file.
const EATEN = 'A body parser read the request before dav207 did. Mount webdav() before express.json() and its like.';
const SET_UP_WRONG = new DavError(500, 'The server is set up wrong: something else has read the body of this request.');

/** Logged for a client that left before it had an answer, as nginx does. */
const BROKEN_OFF = 499;

async function serve(request: MountedRequest, response: ServerResponse, service: Promise<Service>, options: Serving): Promise<void> {
  const { users, cors = [], log } = options;
  const started = performance.now();
  let store: Store | undefined;
  try {
    if (cors.length > 0 && allowOrigin(request, response, cors, METHOD_NAMES)) return await respond({ status: 204, headers: {} }, response);
    const { context } = await service;
    store = context.store;
    // RFC 4918 §8.1: who asks is settled before anything else. OPTIONS tells nothing that needs a password.
    const principal =
      users !== undefined && request.method !== 'OPTIONS' ? verify(users, basicCredentials(request.headers.authorization)) : '';
    if (request.url === '*' && request.method === 'OPTIONS') return await respond({ status: 200, headers: {} }, response);
    if (announcesBody(request) && request.readableDidRead) {
      log?.error(EATEN);
      return await respond(failureResponse(SET_UP_WRONG, request.baseUrl), response);
    }
    await respond(await dispatch(readRequest(request, response, principal), context), response);
  } catch (error) {
    await fail(await inTruth(error, store), request, response, log);
  } finally {
    const status = response.headersSent ? response.statusCode : BROKEN_OFF;
    log?.request(request.method ?? '', request.originalUrl, status, performance.now() - started);
    // What a method left unread of a body must not stand before the next request on the connection.
    if (!request.complete) request.resume();
  }
}

/** What is not there may be so because nothing is: a disk that was taken away must not look like a deletion of all there was. */
async function inTruth(error: unknown, store: Store | undefined): Promise<unknown> {
  // Not of who has not said who it is.
  if (!(error instanceof DavError) || error.status >= 500 || error.status === 401 || !store) return error;
  return store.stat(ROOT).then(
    () => error,
    (truth: unknown) => truth,
  );
}

/** A method that is not known (501) is the client's own affair. */
const OUR_FAULT = new Set([500, 503, 507]);

/** RFC 4918 §9.8.5: often the fault of a proxy that says neither Host nor X-Forwarded-Host as the client did. */
const FOREIGN_DESTINATION = 502;

async function fail(error: unknown, request: MountedRequest, response: ServerResponse, log: Log | undefined): Promise<void> {
  const failure = asFailure(error);
  if (!response.destroyed) {
    const sentence = `${request.method}: ${failure.message}`;
    if (OUR_FAULT.has(failure.status)) log?.error(sentence, failure.cause);
    if (failure.status === FOREIGN_DESTINATION) log?.warn?.(sentence);
  }
  // Half an answer cannot become another one: the client must see that it is cut off.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  await respond(failureResponse(failure, request.baseUrl), response).catch(() => response.destroy());
}
