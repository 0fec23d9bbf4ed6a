// Any character of Unicode as the unit of a random string: `unit: 'binary'` of fast-check, which makes a table of all million of them, of the same chances.
import fc from 'fast-check';

const SURROGATES = 0xd800;
const MANY = 0x800;

export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - MANY }).map(
  (number) => String.fromCodePoint(number < SURROGATES ? number : number + MANY),
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (point === undefined || text !== String.fromCodePoint(point)) throw new Error('no character');
    if (point < SURROGATES) return point;
    if (point < SURROGATES + MANY) throw new Error('half a character');
    return point - MANY;
  },
);
