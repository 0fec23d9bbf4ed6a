// The contents that all servers are given, made once: small files, in one collection or in many, and one large file.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const SMALL = Buffer.alloc(1024, 'A kibibyte of the same. ');
const MEMBERS = 100; // Of a collection in a tree.

export interface Stock {
  readonly folder: string;
  /** So many members of one collection, each a kibibyte: `f0000000` and so on. */
  flat(count: number): string;
  /** So many files, a hundred to a collection: `c0000000/f0000000` and so on. */
  tree(count: number): string;
  /** One file. */
  large(bytes: number): string;
}

export function makeStock(folder: string): Stock {
  mkdirSync(folder);
  if (process.getuid?.() === 0) chownSync(folder, 65534, 65534);
  const made = (name: string, make: (path: string) => void) => {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    make(path);
    // The servers are nobody, and some of them write beside what they list.
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534:65534', path]);
    return path;
  };
  return {
    folder,
    flat: (count) => made(`flat-${count}`, (path) => fill(path, count)),
    tree: (count) =>
      made(`tree-${count}`, (path) => {
        mkdirSync(path);
        for (let at = 0; at * MEMBERS < count; at += 1) fill(join(path, nameOf('c', at)), Math.min(MEMBERS, count - at * MEMBERS));
      }),
    large: (bytes) =>
      made(`large-${bytes}`, (path) => {
        const file = openSync(path, 'w');
        const piece = Buffer.alloc(1 << 20, SMALL);
        for (let left = bytes; left > 0; left -= piece.length) writeSync(file, piece, 0, Math.min(left, piece.length));
        closeSync(file);
      }),
  };
}

export function nameOf(letter: string, number: number): string {
  return `${letter}${String(number).padStart(7, '0')}`;
}

function fill(path: string, count: number): void {
  mkdirSync(path);
  for (let at = 0; at < count; at += 1) writeFileSync(join(path, nameOf('f', at)), SMALL);
}

/** Ends when the program has, and says how many seconds it took; a failure is an error that says what was printed. */
export async function ran(program: string, args: readonly string[], patience = 600_000): Promise<{ seconds: number; printed: string }> {
  const begun = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patience, killSignal: 'SIGKILL' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (printed.length < 100_000) printed += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Ended(signal ? `${program} took more than ${patience / 1000} s` : printed.trim().slice(-300), printed);
  return { seconds, printed };
}

export class Ended extends Error {
  readonly printed: string;
  constructor(message: string, printed: string) {
    super(message);
    this.printed = printed;
  }
}
