// The connections of one server: whose turn it is on each, which are silent, and how they end.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { hearOut, leave, skip } from './leaving.ts';

export interface ConnectionLimits {
  /** Seconds of silence after which a connection is given up, be it within a request or between two; 300 when absent. Transfers may take hours as long as something moves. */
  readonly idleTimeout?: number | undefined;
  /** Connections that are served at once; 10,000 when absent. One more takes the place of one that is silent between two requests. */
  readonly maxConnections?: number | undefined;
}

/** Seconds. */
export const IDLE = 300;

const RESTED = 1_000; // milliseconds

/** So many requests may wait for their turn on one connection. */
const QUEUE = 100;

interface Connection {
  running?: ServerResponse | undefined;
  readonly waiting: (() => void)[];
  /** The answer to the request that came last: it runs, or waits as the last. */
  last?: ServerResponse;
}

export class Connections {
  readonly #open = new Map<Socket, Connection>();
  /** Since when those are silent that are between two requests, in milliseconds; the one that has been so longest first. */
  readonly #resting = new Map<Socket, number>();
  readonly #patience: number;
  #ending = false;

  /** `tooMany` answers on a connection that is one too many, before anything is read from it. */
  constructor(server: Server, tooMany = '', { idleTimeout = IDLE, maxConnections = 10_000 }: ConnectionLimits = {}) {
    // Those that are not even told, such as have not said enough for TLS: their descriptors count as well.
    server.maxConnections = 2 * maxConnections;
    this.#patience = idleTimeout * 1000;
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      if (this.#open.size >= maxConnections) this.#giveUpRest();
      if (this.#open.size >= maxConnections) {
        // It is not among the open ones, so that what it asks is not taken either.
        socket.on('error', () => {});
        socket.write(tooMany);
        leave(socket, LINGER);
        return;
      }
      const connection: Connection = { waiting: [] };
      this.#open.set(socket, connection);
      socket.on('close', () => this.#forget(socket));
      hearOut(socket, () => {
        const body = connection.running?.req;
        leave(socket, body?.complete === false ? this.#patience : LINGER, body);
      });
      if (this.#ending) socket.destroy();
    });
    server.setTimeout(this.#patience, (socket) => {
      // A client that waits while the server works on its answer is silent with reason.
      const running = this.#open.get(socket)?.running;
      if (!running?.req.complete || running.headersSent) socket.destroy();
    });
  }

  /** Whether a request is being answered. */
  get busy(): boolean {
    return [...this.#open.values()].some(({ running }) => running !== undefined);
  }

  /**
   * Call `start` when the answers before this one are out. Node hands pipelined requests over all at once; but one may
   * read what the one before it writes, and only safe ones may run side by side (RFC 9112 §9.3.2).
   */
  take(response: ServerResponse, start: () => void): void {
    const { socket } = response.req;
    const connection = this.#open.get(socket);
    if (!connection || !socket.writable) return;
    connection.last = response;
    this.#resting.delete(socket);
    const run = () => {
      connection.running = response;
      response.on('close', () => this.#done(connection, response.req));
      start();
    };
    if (connection.running) queue(socket, connection, run);
    else run();
  }

  /** Call `answer`, which is the last on the connection, in place of the answer that is due: not in the midst of another one. */
  refuse(socket: Socket, answer: () => void): void {
    const refuse = () => {
      answer();
      leave(socket, LINGER);
    };
    const connection = this.#open.get(socket);
    const running = connection?.running;
    // A request that waits and turned out bad in the middle of its body has no turn: its body would never end.
    if (connection && connection.last !== running && connection.last?.req.complete === false) connection.waiting.pop();
    if (connection && running?.req.complete) queue(socket, connection, refuse);
    else if (running?.headersSent) socket.destroy();
    else if (socket.writable) refuse();
  }

  /** End each connection when the request that runs on it is answered, at the latest after `grace` milliseconds. */
  async end(grace: number): Promise<void> {
    this.#ending = true;
    const closed: Promise<unknown>[] = [];
    for (const [socket, { running }] of this.#open) {
      closed.push(new Promise((resolve) => socket.once('close', resolve)));
      if (!running) socket.destroy();
      else if (!running.headersSent) running.setHeader('Connection', 'close');
    }
    const deadline = setTimeout(() => {
      for (const socket of this.#open.keys()) socket.destroy();
    }, grace);
    await Promise.all(closed);
    clearTimeout(deadline);
  }

  #done(connection: Connection, request: IncomingMessage): void {
    const { socket } = request;
    if (this.#ending && socket.writable) socket.destroySoon();
    connection.running = undefined;
    if (!socket.writable) return;
    if (!request.complete) {
      skip(request, this.#patience);
      request.on('end', () => this.#rest(connection, socket));
    }
    const next = connection.waiting.shift();
    if (next) next();
    else if (request.complete) this.#rest(connection, socket);
  }

  #rest({ running }: Connection, socket: Socket): void {
    if (!running && this.#open.has(socket)) this.#resting.set(socket, performance.now());
  }

  /** RFC 9112 §9.5: a client must expect that between two requests. Who comes new could not be served else. */
  #giveUpRest(): void {
    const [longest] = this.#resting;
    // Who has just been answered is about to ask again, and not everybody asks a second time when that is cut off.
    if (!longest || performance.now() - longest[1] < RESTED) return;
    this.#forget(longest[0]);
    longest[0].destroy();
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#resting.delete(socket);
  }
}

/** Milliseconds for a client of which nothing is due to read why the connection ends. */
const LINGER = 2_000;

function queue(socket: Socket, { waiting }: Connection, act: () => void): void {
  if (waiting.length < QUEUE) waiting.push(act);
  else socket.destroy();
}
