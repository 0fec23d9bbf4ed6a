// One large answer or one large upload over a connection of its own: when its first byte came, and when its last.
import { connect, type Socket } from 'node:net';
import type { Download, Told, Upload } from './jobs.ts';
import { makeReader } from './reader.ts';

const LONGEST = 64; // Characters of what is counted.
const PIECE = Buffer.alloc(1 << 18, 'dav207 ');

export function download({ port, text, count = [] }: Download, stopped: AbortSignal): Promise<Told> {
  const counters = count.map(counterOf);
  return transfer(
    port,
    stopped,
    (socket) => socket.write(text, 'latin1'),
    (bytes) => {
      for (const counter of counters) counter.look(bytes);
    },
    () => counters.map(({ found }) => found()),
  );
}

export function upload({ port, text, bytes }: Upload, stopped: AbortSignal): Promise<Told> {
  const send = (socket: Socket) => {
    let left = bytes;
    const more = () => {
      while (left > 0) {
        const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
        left -= piece.length;
        if (!socket.write(piece)) return socket.once('drain', more);
      }
      return socket;
    };
    socket.write(text, 'latin1');
    more();
  };
  return transfer(port, stopped, send);
}

function transfer(
  port: number,
  stopped: AbortSignal,
  send: (socket: Socket) => void,
  look: (bytes: Buffer) => void = () => {},
  counts: () => readonly number[] = () => [],
): Promise<Told> {
  return new Promise((resolve) => {
    let [bytes, firstByte] = [0, 0];
    const buffer = Buffer.allocUnsafe(1 << 20);
    const begun = performance.now();
    const tell = (status: number, wrong?: string) => {
      socket.destroy();
      resolve({ milliseconds: performance.now() - begun, wrong, turns: [], status, firstByte, bytes, counts: counts() });
    };
    const reader = makeReader({
      answered: (status) => tell(status),
      part(piece) {
        bytes += piece.length;
        look(piece);
      },
    });
    const callback = (size: number) => {
      if (firstByte === 0) firstByte = performance.now() - begun;
      reader.feed(buffer.subarray(0, size));
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    stopped.addEventListener('abort', () => tell(0, 'its time was over'));
    socket.on('error', () => {});
    socket.once('connect', () => send(socket));
    socket.once('end', () => reader.ended());
    socket.once('close', () => tell(0, 'the connection was cut'));
  });
}

/** Counts what matches in pieces of a text, across two pieces too. */
function counterOf(pattern: string): { look(bytes: Buffer): void; found(): number } {
  const wanted = new RegExp(pattern, 'g');
  let before = '';
  let found = 0;
  return {
    found: () => found,
    look(bytes) {
      const text = before + bytes.toString('latin1');
      let end = 0;
      for (const match of text.matchAll(wanted)) {
        found += 1;
        end = match.index + match[0].length;
      }
      before = text.slice(Math.max(end, text.length - LONGEST));
    },
  };
}
