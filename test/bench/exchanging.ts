// Many small requests over a few connections that stay open, each written whole and answered before the next.
import { connect, type Socket } from 'node:net';
import type { Exchanges, Told } from './jobs.ts';
import { makeReader } from './reader.ts';

const NOTHING = { status: 0, firstByte: 0, bytes: 0, counts: [] };

export function exchange(job: Exchanges, stopped: AbortSignal): Promise<Told> {
  return new Promise((resolve) => {
    const count = job.count ?? Number.POSITIVE_INFINITY;
    const connections = Math.min(job.connections, count);
    const state = { next: 0, running: connections };
    const turns: number[] = [];
    const closers: (() => void)[] = [];
    let wrong: string | undefined;
    const begun = performance.now();
    const more = () => wrong === undefined && !stopped.aborted && state.next < count;
    const over = () => {
      state.running -= 1;
      if (state.running > 0) return;
      resolve({ ...NOTHING, milliseconds: performance.now() - begun, wrong, turns });
    };
    const worker: Turns = {
      more,
      take: () => (job.first ?? 0) + state.next++,
      turned: (milliseconds) => turns.push(milliseconds),
      refuse: (what) => {
        wrong ??= what;
      },
      over,
    };
    for (let at = 0; at < connections; at += 1) closers.push(converse(job, worker));
    stopped.addEventListener('abort', () => {
      for (const close of closers) close();
    });
  });
}

interface Turns {
  more(): boolean;
  take(): number;
  turned(milliseconds: number): void;
  refuse(what: string): void;
  over(): void;
}

/** One connection; when the server ends it between two answers, another takes its place. */
function converse({ port, steps }: Exchanges, turns: Turns): () => void {
  const writers = steps.map(({ text }) => writerOf(text));
  const buffer = Buffer.allocUnsafe(65536);
  let socket: Socket;
  let [number, step, token, begun] = [0, 0, '', 0];
  let [waiting, ended, failures] = [false, false, 0];

  const finish = () => {
    if (ended) return;
    ended = true;
    socket.destroy();
    turns.over();
  };
  const send = () => {
    waiting = true;
    reader.asked(steps[step]?.text.startsWith('HEAD ') ?? false);
    socket.write(writers[step]?.(number, token) ?? '', 'latin1');
  };
  const turn = () => {
    if (!turns.more()) return finish();
    [number, step, token, begun] = [turns.take(), 0, '', performance.now()];
    send();
  };
  const reader = makeReader({
    answered(status, head) {
      [waiting, failures] = [false, 0];
      const { expect = [], text = '' } = steps[step] ?? {};
      if (!expect.includes(status)) {
        turns.refuse(`${status} to ${text.slice(0, text.indexOf(' '))}`);
        return finish();
      }
      token = /\r\nlock-token: *<([^>]*)>/i.exec(head)?.[1] ?? token;
      const closing = /\r\nconnection: *close/i.test(head);
      step += 1;
      if (step === steps.length) turns.turned(performance.now() - begun);
      // The next is written after the reader has returned, and on a new connection if this one is given up.
      const next = step === steps.length ? turn : send;
      if (closing) open(next);
      else next();
    },
  });
  const open = (then: () => void) => {
    socket?.removeAllListeners('close').destroy();
    const callback = (size: number) => {
      reader.feed(buffer.subarray(0, size));
      return true;
    };
    const own = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    socket = own;
    own.on('error', () => {});
    own.once('connect', then);
    own.once('close', () => {
      if (ended || own !== socket) return;
      failures += 1;
      if (waiting && reader.ended() && failures < 3) return open(send);
      turns.refuse('the connection was cut');
      finish();
    });
  };
  open(turn);
  return finish;
}

/** The text with its holes filled; what has none is made ready once. */
function writerOf(text: string): (number: number, token: string) => string {
  const parts = text.split(/(\{n\}|\{token\})/);
  if (parts.length === 1) return () => text;
  return (number, token) => {
    let written = '';
    for (const part of parts) written += part === '{n}' ? String(number).padStart(7, '0') : part === '{token}' ? token : part;
    return written;
  };
}
