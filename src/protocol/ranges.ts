// Range (RFC 9110 §14): which bytes of a representation a GET asks for.
// Our own, not `range-parser`: that drops `-99` of ten bytes, answers 416 to `5-2`, and joins ranges that only touch.

/** Bytes from `start` to `end`, both included, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGES_LIMIT = 64; // more is an attack or a mistake (RFC 9110 §17.15)

/**
 * The ranges to send of `size` bytes, never an empty array: in the order asked for, clipped, the unsatisfiable ones left out,
 * overlapping ones made one at the place of the first. `'whole'` (200) when the header is absent, malformed, of another unit
 * or too long a list, or when there is nothing to cut from; `'unsatisfiable'` (416) when no range lies inside.
 */
export function selectRanges(header: string | undefined, size: number): 'whole' | 'unsatisfiable' | readonly ByteRange[] {
  const list = /^bytes=(.*)$/i.exec(header ?? '')?.[1];
  if (list === undefined || size === 0) return 'whole';
  const specs = list.split(',').filter((spec) => spec.trim() !== ''); // empty members of a list do not count (RFC 9110 §5.6.1.2)
  if (specs.length === 0 || specs.length > RANGES_LIMIT) return 'whole';

  let ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = parseSpec(spec, size);
    if (range === undefined) return 'whole';
    if (range.start <= range.end) ranges = withRange(ranges, range);
  }
  return ranges.length === 0 ? 'unsatisfiable' : ranges;
}

/** One range, clipped to `size`; `start` above `end` when it lies outside; undefined when malformed. */
function parseSpec(spec: string, size: number): ByteRange | undefined {
  const [, first, last] = /^\s*(\d*)-(\d*)\s*$/.exec(spec) ?? [];
  if (first === undefined || last === undefined) return undefined;
  if (first === '') return last === '' ? undefined : { start: Math.max(0, size - Number(last)), end: size - 1 };
  if (last !== '' && Number(last) < Number(first)) return undefined; // RFC 9110 §14.1.1: invalid, so the header is ignored
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function withRange(ranges: readonly ByteRange[], added: ByteRange): ByteRange[] {
  const isApart = (range: ByteRange) => range.end < added.start || added.end < range.start;
  const place = ranges.findIndex((range) => !isApart(range));
  if (place === -1) return [...ranges, added];
  const joined = [added, ...ranges.filter((range) => !isApart(range))];
  const union = { start: Math.min(...joined.map((range) => range.start)), end: Math.max(...joined.map((range) => range.end)) };
  return [...ranges.slice(0, place), union, ...ranges.slice(place + 1).filter(isApart)];
}
