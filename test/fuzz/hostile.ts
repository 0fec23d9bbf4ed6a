// A hostile request: its parts as they were drawn, and the bytes that go out.
import fc from 'fast-check';

export interface Hostile {
  readonly method: string;
  readonly target: string;
  /** In order; a name may come twice. `Authorization`, `Host` and what frames the body are added. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
  readonly chunked: boolean;
  /** `HTTP/1.1` when absent. */
  readonly version?: string;
}

const EVE = `Basic ${Buffer.from('Eve:eve').toString('base64')}`;

/** What goes out for it: text is UTF-8 but for what `bare` made, `PORT` in it the server's. */
export function bytesOf({ method, target, headers, body, chunked, version = 'HTTP/1.1' }: Hostile, port: number): Buffer {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const added = [
    ['Host', '127.0.0.1:PORT'],
    ['Authorization', EVE],
  ].filter(([name = '']) => !given.has(name.toLowerCase()));
  const framed = body === undefined ? [] : [chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)]];
  const fields = [...added, ...headers, ...framed].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = encoded(`${method} ${target} ${version}\r\n${fields.join('')}\r\n`.replaceAll('PORT', String(port)));
  return Buffer.concat([head, ...(body === undefined ? [] : chunked ? chunksOf(body) : [body])]);
}

const BARE = 0xf700; // of the private use area

/** A byte from 0x80 on by itself, which no UTF-8 has. */
export function bare(byte: number): string {
  return String.fromCharCode(BARE + byte);
}

/** As UTF-8, but for bare bytes. */
export function encoded(text: string): Buffer {
  const parts = text.split(/([\uf780-\uf7ff])/);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 1 ? Buffer.from([part.charCodeAt(0) - BARE]) : Buffer.from(part))));
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
