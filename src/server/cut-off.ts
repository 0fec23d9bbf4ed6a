// A body that the connection ends before its length: told as Node's parser tells it, where that is silent.
import type { IncomingMessage, Server } from 'node:http';
import type { Unparsed } from './unparsed.ts';

const CUT_OFF: Unparsed = { code: 'HPE_INVALID_EOF_STATE' };

/**
 * RFC 9112 §8: such a request is incomplete. With an `Upgrade`, which is ignored here (RFC 9110 §7.8), the parser takes the end of the
 * connection for what comes after the request, and the body would be waited for until the connection is idle for too long.
 */
export function tellCutOff(request: IncomingMessage, server: Server): void {
  if (request.headers.upgrade === undefined) return;
  const { socket } = request;
  const ended = () => {
    if (!request.complete) server.emit('clientError', CUT_OFF, socket);
  };
  socket.once('end', ended);
  request.once('close', () => socket.off('end', ended));
}
