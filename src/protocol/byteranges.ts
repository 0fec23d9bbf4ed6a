// The framing of `multipart/byteranges` (RFC 9110 §14.6): what stands before each part and after the last.
import { randomUUID } from 'node:crypto';

export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

export interface Parts {
  readonly contentType: string;
  /** Bytes of the whole body. */
  readonly length: number;
  readonly heads: readonly string[];
  readonly tail: string;
}

export function contentRange({ start, end }: ByteSpan, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}

/** Parts in the order asked for; `type` and `size` are those of the whole file. */
export function framing(spans: readonly ByteSpan[], type: string, size: number): Parts {
  const boundary = randomUUID();
  const heads = spans.map((span) => `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(span, size)}\r\n\r\n`);
  const tail = `\r\n--${boundary}--\r\n`;
  const framed = [...heads, tail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const length = spans.reduce((sum, { start, end }) => sum + end - start + 1, framed);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, heads, tail };
}
