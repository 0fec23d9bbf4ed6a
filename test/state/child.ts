// A child process that uses this room's own code: the sources, stripped of types, in a folder from which lmdb resolves.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformSync } from '@swc/core';

const SOURCES = ['protocol/error.ts', 'protocol/path.ts', ...readdirSync('src/state').map((name) => `state/${name}`)];

export class Children {
  readonly #folder: string;
  readonly #running: ChildProcess[] = [];

  constructor() {
    mkdirSync('node_modules/.cache', { recursive: true });
    this.#folder = mkdtempSync('node_modules/.cache/dav207-state-');
    for (const source of SOURCES) {
      const { code } = transformSync(readFileSync(join('src', source), 'utf8'), {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      });
      const target = join(this.#folder, source.replace(/\.ts$/, '.mjs'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code.replace(/(from\s+['"]\..*?)\.ts(['"])/g, '$1.mjs$2'));
    }
  }

  /** Run `program`, which finds `lmdbState`, `StateInUse` and `say(line)` in scope and the state folder in `folder`. */
  start(program: string, folder: string, shellPrefix = ''): Child {
    const file = join(this.#folder, `program-${this.#running.length}.mjs`);
    writeFileSync(
      file,
      `import { writeSync } from 'node:fs';
       import { lmdbState } from './state/lmdb.mjs';
       import { StateInUse } from './state/state-owner.mjs';
       const folder = process.argv[2];
       const say = (line) => writeSync(1, line + '\\n');
       ${program}`,
    );
    const command = `${shellPrefix} exec "$0" "$1" "$2"`;
    const child = spawn('/bin/sh', ['-c', command, process.execPath, file, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#running.push(child);
    return new Child(child);
  }

  /** Kill what still runs and remove the folder. */
  async end(): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
    rmSync(this.#folder, { recursive: true });
  }
}

export class Child {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(process: ChildProcess) {
    if (process.stdout === null || process.pid === undefined) throw new Error('the child did not start');
    this.pid = process.pid;
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** The next line it says; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done ? undefined : next.value;
  }

  /** SIGKILL, and everything it said before. */
  async kill(): Promise<string[]> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) lines.push(line);
    await exited;
    return lines;
  }
}
