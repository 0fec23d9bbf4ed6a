// Writes a response value to the socket: headers, then the body with back-pressure, closed however the client leaves.
import type { ServerResponse } from 'node:http';
import type { DavError } from '../protocol/error.ts';
import type { DavResponse } from '../protocol/message.ts';
import { errorBody, XML_TYPE } from '../protocol/multistatus.ts';
import { waiting } from './incoming.ts';
import { isTooMuch } from './leaving.ts';

/** Resolves when the answer is out or the client is gone. */
export async function respond(response: DavResponse, to: ServerResponse): Promise<void> {
  const { status, body } = response;
  const headers = varying(response.headers, to);
  // RFC 9110 §10.1.1: after a final status instead of 100 the body may or may not come, so nothing can follow it.
  if (waiting.delete(to.req) || isTooMuch(to.req)) to.setHeader('Connection', 'close');
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    const bodyless = status === 204 || status === 304 || (body === undefined && to.req.method === 'HEAD');
    to.writeHead(
      status,
      bodyless || headers['Content-Length'] !== undefined
        ? headers
        : { 'Content-Length': String(Buffer.byteLength(body ?? '')), ...headers },
    );
    to.end(body);
    return;
  }
  to.writeHead(status, headers);
  await stream(body, to);
}

/** What stands between, such as compression, knows no callbacks: a chunk is away when there is room for another. */
async function stream(body: AsyncIterable<string | Uint8Array>, to: ServerResponse): Promise<void> {
  let goOn = () => {};
  // Whoever is gone takes no more.
  for (const event of ['drain', 'finish', 'close']) to.on(event, () => goOn());
  const next = () =>
    new Promise<void>((resolve) => {
      goOn = resolve;
    });
  for await (const chunk of body) {
    if (!to.destroyed && !to.write(chunk)) await next();
    if (to.destroyed) return;
  }
  if (to.destroyed) return;
  to.end();
  await next();
}

/** What the answer varies on for reasons of the server's own, or of the app it is in, is not lost to what the method says. */
function varying(headers: DavResponse['headers'], to: ServerResponse): DavResponse['headers'] {
  const before = to.getHeader('Vary');
  return headers.Vary === undefined || before === undefined ? headers : { ...headers, Vary: [before, headers.Vary].flat().join(', ') };
}

/** RFC 4918 §16: a failure's condition element as `DAV:error`; a failure without one is a sentence for a person. */
export function failureResponse(error: DavError, base: string): DavResponse {
  const xml = errorBody(error, base);
  const type = xml === undefined ? 'text/plain; charset=utf-8' : XML_TYPE;
  return {
    status: error.status,
    headers: { 'Content-Type': type, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', ...error.headers },
    body: xml ?? `${error.message}\n`,
  };
}
