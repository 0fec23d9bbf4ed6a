// Which bytes of a file an upload replaces: Content-Range on PUT (as Apache takes it), X-Update-Range on PATCH (as sabre/dav does).
import { DavError } from './error.ts';

export interface UpdateRange {
  readonly from: 'start' | 'end';
  /** Bytes: forwards from the start of the file, or backwards from its end. */
  readonly distance: number;
  /** Bytes the body must have; undefined when it may have any number. */
  readonly length?: number;
}

const CONTENT_RANGE = /^bytes[ \t]+(\d{1,15})-(\d{1,15})\/(?:\*|(\d{1,15}))$/i;

/** `bytes 2-3/*`. Throws 400 for anything that does not say which bytes the body is (RFC 9110 §14.5). */
export function parseContentRange(value: string): UpdateRange {
  const [, first, last, total] = CONTENT_RANGE.exec(value) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (first === undefined || end < start || (total !== undefined && Number(total) <= end))
    throw new DavError(400, 'Content-Range must say which bytes of the file these are: bytes FIRST-LAST/TOTAL.');
  return { from: 'start', distance: start, length: end - start + 1 };
}

/** `append`, `bytes=2-3`, `bytes=2-` or `bytes=-2`. Throws 400 when it is missing or none of these, 416 when it ends before it starts. */
export function parseUpdateRange(value: string | undefined): UpdateRange {
  if (/^append$/i.test(value ?? '')) return { from: 'end', distance: 0 };
  const [, first, last = '', back] = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/i.exec(value ?? '') ?? [];
  if (back !== undefined) return { from: 'end', distance: Number(back) };
  if (first === undefined)
    throw new DavError(400, 'X-Update-Range must be "append", "bytes=FIRST-LAST", "bytes=FIRST-" or "bytes=-COUNT".');
  const start = Number(first);
  if (last === '') return { from: 'start', distance: start };
  if (Number(last) < start) throw new DavError(416, 'The range to update ends before it starts.');
  return { from: 'start', distance: start, length: Number(last) - start + 1 };
}

/** Where in a file of `size` bytes the body goes. Throws 416 outside of it: a hole would be content that nobody sent. */
export function offsetIn({ from, distance }: UpdateRange, size: number): number {
  const offset = from === 'start' ? distance : size - distance;
  if (offset < 0 || offset > size)
    throw new DavError(416, 'The file is shorter than the place to write at.', { headers: { 'Content-Range': `bytes */${size}` } });
  return offset;
}
