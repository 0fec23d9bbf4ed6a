// A hostile request: its parts as they were drawn, and the bytes that go out.
import fc from 'fast-check';

export interface Hostile {
  readonly method: string;
  readonly target: string;
  /** In order; a name may come twice. `Authorization`, `Host` and what frames the body are added. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
  readonly chunked: boolean;
}

const EVE = `Basic ${Buffer.from('Eve:eve').toString('base64')}`;

/** What goes out for it: text is UTF-8, `PORT` in it the server's. */
export function bytesOf({ method, target, headers, body, chunked }: Hostile, port: number): Buffer {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const added = [
    ['Host', '127.0.0.1:PORT'],
    ['Authorization', EVE],
  ].filter(([name = '']) => !given.has(name.toLowerCase()));
  const framed = body === undefined ? [] : [chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)]];
  const fields = [...added, ...headers, ...framed].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${fields.join('')}\r\n`.replaceAll('PORT', String(port)));
  return Buffer.concat([head, ...(body === undefined ? [] : chunked ? chunksOf(body) : [body])]);
}

function chunksOf(body: Buffer): Buffer[] {
  const half = Math.ceil(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const framed = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  return [...framed, Buffer.from('0\r\n\r\n')];
}

/** Bytes as a person can read them and type them again: as in `fixtures/requests`, a line each. */
export function readable(bytes: Buffer): string {
  const shown = bytes.subarray(0, SHOWN).toString('latin1');
  const text = shown.replace(/[^ -[\]-~\n]|\\/g, (one) =>
    one === '\r' ? '\\r' : one === '\\' ? '\\\\' : `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return bytes.length > SHOWN ? `${text}\n(and ${bytes.length - SHOWN} more bytes)` : text;
}

const SHOWN = 8_000; // bytes

export const METHODS = [
  ...['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'PUT', 'PATCH', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'PROPPATCH', 'LOCK', 'UNLOCK'],
  ...['POST', 'TRACE', 'SEARCH', 'REPORT'],
];

/** `pieces` in any order and number, one behind the other. */
export function joined(pieces: readonly string[], maxLength = 8): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength, size: 'max' }).map((parts) => parts.join(''));
}

export const many = (times: number, piece: string) => piece.repeat(times);
