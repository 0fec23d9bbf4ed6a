// A keep-alive connection on which a client's bytes go out as they are, and answers are taken apart.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const PATIENCE = 60_000; // milliseconds without a byte from the server

export class RawSocket {
  readonly #socket: Socket;
  readonly #bytes: AsyncIterator<Buffer>;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#bytes = socket[Symbol.asyncIterator]();
  }

  static async open(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('the server is silent')));
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next answer, be it a 100. `bodyless`: to HEAD. */
  async answer(bodyless: boolean): Promise<RawAnswer> {
    const [line = '', ...fields] = (await this.#until('\r\n\r\n')).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    const headers = new Map(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.replace(/^[^:]*: */, '')]));
    if (bodyless || status < 200 || status === 204 || status === 304) return { status, headers, body: '' };
    const length = headers.get('content-length');
    const body = headers.get('transfer-encoding') === 'chunked' ? await this.#chunks() : await this.#take(Number(length));
    return { status, headers, body: body.toString() };
  }

  async #chunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const size = Number.parseInt(await this.#until('\r\n'), 16);
      const chunk = await this.#take(size);
      await this.#until('\r\n');
      if (size === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  async #until(end: string): Promise<string> {
    for (let at = this.#received.indexOf(end); ; at = this.#received.indexOf(end)) {
      if (at >= 0) {
        const text = (await this.#take(at)).toString('latin1');
        await this.#take(end.length);
        return text;
      }
      await this.#more();
    }
  }

  async #take(length: number): Promise<Buffer> {
    if (!Number.isInteger(length)) throw new Error('an answer without a length');
    while (this.#received.length < length) await this.#more();
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#bytes.next();
    if (done) throw new Error('the server closed the connection in the midst of an answer');
    this.#received = Buffer.concat([this.#received, value]);
  }
}
