// Reads a corpus of fixtures/: a case a line, its columns parted by tabs, the bytes of the last one written so that a person can read them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'latin1';

/**
 * The cases of `fixtures/<name>`, without empty lines and lines that begin with `#`. Throws for a line that has not
 * `columns` columns. One or more tabs part two columns; the last may hold none.
 */
export function readCorpus(name: string, columns: number): string[][] {
  const lines = readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const cells = line.split(/\t+/);
      if (cells.length !== columns) throw new Error(`${name}: ${cells.length} columns, not ${columns}: ${line}`);
      return cells;
    });
}

const REPEATED = /⟨(\d+)×([^⟨⟩]*)⟩/g;
const PART = /\\(?:x([\da-f]{2})|u\{([\da-f]+)\}|([rnt\\]))|[^\\]/giu;
const NAMED: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

/**
 * The bytes that `text` writes: `\r` `\n` `\t` `\\` and `\u{...}` are characters in `encoding`, `\xHH` is a byte in every
 * encoding, `⟨3×ab⟩` is `ababab` and `⟨2×a№ ⟩` is `a0 a1 `, all else stands for itself.
 */
export function bytesIn(text: string, encoding: Encoding = 'utf8'): Buffer {
  const repeated = text.replace(REPEATED, (_, times, what) =>
    Array.from({ length: times }, (_each, at) => what.replace('№', `${at}`)).join(''),
  );
  return Buffer.concat(
    Array.from(repeated.matchAll(PART), ([character, byte, point, name]) => {
      if (byte !== undefined) return Buffer.from(byte, 'hex');
      return encoded(point !== undefined ? String.fromCodePoint(Number.parseInt(point, 16)) : (NAMED[name ?? ''] ?? character), encoding);
    }),
  );
}

function encoded(character: string, encoding: Encoding): Buffer {
  return encoding === 'utf16be' ? Buffer.from(character, 'utf16le').swap16() : Buffer.from(character, encoding);
}
