// A client that does not behave: bytes as it likes, no reading unless it wants to; and what a server must have back when it is gone.
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { eventually } from '../clients/program.ts';
import type { Served } from './serve.ts';

export interface BadClient {
  readonly socket: Socket;
  received(): string;
  /** Whoever ended it, and however. */
  readonly closed: Promise<void>;
}

/** Connected, with its first bytes sent. It never ends by itself, even if the server does. */
export async function badClient(port: number, bytes: string): Promise<BadClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  socket.on('data', (chunk) => {
    received += String(chunk);
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise((resolve) => socket.on('connect', resolve).on('close', resolve));
  await new Promise((resolve) => socket.write(bytes, resolve));
  return { socket, received: () => received, closed };
}

/** Of this process, in which the server is, as the clients are. */
function held() {
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { descriptors: readdirSync('/proc/self/fd').length, timers };
}

/**
 * What the server holds once it has served somebody. Gives what waits until it holds no more than that again, nothing is staged,
 * and the next client is served.
 */
export async function remembered(served: Served): Promise<() => Promise<void>> {
  await served.lock('/first');
  expect((await served.ask('DELETE', '/first')).status).toBe(423);
  // A directory is held for the turn that it is asked for in, and the answer may be here before that is over.
  await setImmediate();
  await setImmediate();
  const before = held();
  const staging = join(served.folder, '.dav207/tmp');
  return async () => {
    let now = held();
    const isBack = () => {
      now = held();
      const staged = existsSync(staging) ? readdirSync(staging).length : 0;
      return staged === 0 && now.descriptors <= before.descriptors && now.timers <= before.timers;
    };
    await eventually('all is given back', isBack);
    expect((await served.ask('PROPFIND', '/', { headers: { Depth: '1' } })).status).toBe(207);
  };
}
