// How the server parts with a client that may still be sending: a connection that is closed with bytes unread is reset, and the
// answer can be lost with it. So they are read and thrown away, within bounds.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes of a body that nobody wants; a client that sends more has not looked for its answer. */
const BUDGET = 2 ** 28;

/** Those of a server of our own. In somebody else's app Node closes connections as it does. */
const heardOut = new WeakSet<Socket>();

/** Node ends a connection with `destroySoon`, after an answer that says so; in the midst of a body that resets it. `end` does it instead. */
export function hearOut(socket: Socket, end: () => void): void {
  heardOut.add(socket);
  socket.destroySoon = end;
}

/** Whether a client that sends so much after its answer would lose the connection: it can be told at once. */
export function isTooMuch({ complete, headers, socket }: IncomingMessage): boolean {
  return heardOut.has(socket) && !complete && Number(headers['content-length']) > BUDGET;
}

/** RFC 9112 §9.6: say no more, hear what still comes, and close when the client does, at the latest after `milliseconds`. */
export function leave(socket: Socket, milliseconds: number, body?: IncomingMessage): void {
  const deadline = setTimeout(() => socket.destroy(), milliseconds);
  socket.on('close', () => clearTimeout(deadline));
  const rest = () => {
    // What comes now is no request. (To listen oneself takes the socket back from Node's parser.)
    socket.removeAllListeners('data');
    discard(socket, socket);
  };
  if (body?.complete === false) discard(body.on('end', rest), socket);
  else rest();
  socket.end();
}

/** Read on for the next request, which stands behind a body that was refused. */
export function skip(body: IncomingMessage, milliseconds: number): void {
  const { socket } = body;
  const deadline = setTimeout(() => socket.destroy(), milliseconds);
  for (const event of ['end', 'close']) body.on(event, () => clearTimeout(deadline));
  socket.setTimeout(milliseconds); // Node takes it for idle, and has less patience with that.
  discard(body, socket);
}

function discard(from: Socket | IncomingMessage, socket: Socket): void {
  let left = BUDGET;
  from.on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) socket.destroy();
  });
  from.resume();
}
