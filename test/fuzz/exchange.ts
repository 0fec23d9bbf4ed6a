// Bytes to the server, and the one answer that comes back: taken apart without mercy.
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Heard {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** All that came, headers included. */
  readonly all: Buffer;
}

const PATIENCE = 30_000; // milliseconds: what is silent so long hangs, on a busy machine too

/** Send `bytes` and hear the one answer. Throws an Error that says why it is none. */
export async function exchange(port: number, bytes: Buffer): Promise<Heard> {
  return answerIn(await converse(port, [bytes]));
}

/** Send all `parts`, say no more, and hear what is said until the end. */
export async function converse(port: number, parts: Iterable<Buffer>): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('the server is silent')));
  const received: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('end', resolve);
    socket.on('close', () => resolve());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // It may close when it has answered, whatever else would have come.
      if (received.length > 0 && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) resolve();
      else reject(error);
    });
  });
  ended.catch(() => {});
  for (const part of parts)
    if (!socket.destroyed && !socket.write(part)) await Promise.race([once(socket, 'drain'), ended]).catch(() => {});
  socket.end();
  await ended.finally(() => socket.destroy());
  return Buffer.concat(received);
}

function answerIn(all: Buffer): Heard {
  let rest = all;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no answer: ${JSON.stringify(rest.toString('latin1', 0, 200))}`);
    const [line = '', ...fields] = rest.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [ -~]*$/.exec(line)?.[1]);
    if (!status) throw new Error(`no status line: ${line}`);
    rest = rest.subarray(end + 4);
    if (status < 200) continue;
    const bad = fields.find((field) => !/^[!#$%&'*+.^_`|~\w-]+: [\t -~\x80-\xff]*$/.test(field));
    if (bad !== undefined) throw new Error(`no header field: ${bad}`);
    const headers = new Map(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.replace(/^[^:]*: /, '')]));
    return { status, headers, body: bodyIn(rest, headers), all };
  }
}

function bodyIn(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer {
  if (headers.get('transfer-encoding') !== 'chunked') {
    const length = Number(headers.get('content-length') ?? rest.length);
    // An answer to HEAD has none of the bytes that it tells of.
    if (rest.length !== 0 && rest.length !== length) throw new Error(`${rest.length} bytes where ${length} are announced`);
    return rest;
  }
  const chunks: Buffer[] = [];
  let left = rest;
  while (left.length > 0) {
    const end = left.indexOf('\r\n');
    const size = Number.parseInt(left.toString('latin1', 0, end), 16);
    if (end < 0 || !(size >= 0)) throw new Error('the chunks are cut off');
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(left.subarray(end + 2, end + 2 + size));
    left = left.subarray(end + 2 + size + 2);
  }
  return Buffer.concat(chunks);
}
