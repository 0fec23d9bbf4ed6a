// Serves a fresh folder in this process, over real HTTP on a free port, and asks it things without a client's help.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type ServerOptions, type Webdav, type WebdavOptions } from '../../src/index.ts';
import { createApp } from '../../src/server/app.ts';
import { router } from '../../src/server/dav.ts';
import type { Service } from '../../src/server/service.ts';
import { requireShape } from '../shape/answer-shape.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A string or buffer is sent with Content-Length; an array of chunks with chunked encoding. */
  readonly body?: string | Buffer | readonly (string | Buffer)[];
}

export interface Served {
  readonly port: number;
  readonly folder: string;
  /** The request target goes out as it stands: nothing is normalised. Rejects when the shape of the answer breaks a rule. */
  ask(method: string, target: string, asking?: Asking): Promise<Reply>;
  /** Bytes out, bytes back until the server closes or `until` matches. For what an HTTP client cannot say. */
  raw(text: string | Buffer, until?: RegExp): Promise<string>;
  /** Take an exclusive lock (Depth infinity unless said otherwise); gives its token. */
  lock(target: string, headers?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

export const LOCKINFO =
  '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';

/** The `DAV` header of a server that may be written to. */
export const DAV_CLASSES = '1, 2, 3, extended-mkcol, sabredav-partialupdate, <http://apache.org/dav/propset/fs/1>';

const SILENT = { request() {}, error() {} };

export interface Serving extends Partial<WebdavOptions>, ServerOptions {
  /** A store and a state of the test's own in the folder. */
  readonly service?: (folder: string) => Service;
}

export async function serve({ service, ...options }: Serving = {}): Promise<Served> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'dav207-http-'));
  const { server, dav } = service
    ? serverOf(router(Promise.resolve(service(folder)), options))
    : createServer({ folder, log: SILENT, ...options });
  await dav.ready;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask: Served['ask'] = (method, target, asking) => askPort(port, method, target, asking);
  return {
    port,
    folder,
    ask,
    raw: (text, until) => rawPort(port, text, until),
    async lock(target, headers = {}) {
      const {
        status,
        headers: got,
        text,
      } = await ask('LOCK', target, { headers: { 'Content-Type': 'application/xml', ...headers }, body: LOCKINFO });
      const token = String(got['lock-token'] ?? '').slice(1, -1);
      if ((status !== 200 && status !== 201) || token === '') throw new Error(`LOCK ${target}: ${status} ${text}`);
      return token;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dav.close();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serverOf(dav: Webdav) {
  return { dav, server: createApp(dav, {}).server };
}

export async function askPort(port: number, method: string, target: string, asking: Asking = {}): Promise<Reply> {
  const reply = await exchange(port, method, target, asking);
  const prefer = Object.entries(asking.headers ?? {}).find(([name]) => name.toLowerCase() === 'prefer')?.[1];
  const { status, headers, bytes } = reply;
  const answered = { status, type: headers['content-type'], location: headers.location, body: bytes };
  requireShape({ method, target, prefer: prefer && String(prefer) }, answered);
  return reply;
}

function exchange(port: number, method: string, target: string, { headers = {}, body }: Asking): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks = Array.isArray(body) ? (body as readonly (string | Buffer)[]) : undefined;
    const whole = chunks || body === undefined ? undefined : Buffer.from(body as string);
    const sent = {
      ...headers,
      ...(whole && { 'Content-Length': String(whole.length) }),
      ...(chunks && { 'Transfer-Encoding': 'chunked' }),
    };
    const outgoing = httpRequest(
      { port, host: '127.0.0.1', method, path: target, headers: sent as Record<string, string>, agent: false },
      (response) => {
        const received: Buffer[] = [];
        response.on('data', (chunk: Buffer) => received.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(received);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), bytes });
        });
      },
    );
    outgoing.on('error', reject);
    for (const chunk of chunks ?? []) outgoing.write(chunk);
    outgoing.end(whole);
  });
}

async function rawPort(port: number, text: string | Buffer, until?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let received = '';
  for await (const chunk of socket) {
    received += String(chunk);
    if (until?.test(received)) break;
  }
  socket.destroy();
  return received;
}
