// LibreOffice without a screen, as somebody who opens, changes and saves one document at a time.
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { start } from './program.ts';
import type { Undone } from './undone.ts';

export interface Opened {
  readonly text: string;
  readonly readonly: boolean;
  /** A document without a place of its own, made of the one that was asked for. */
  readonly copy: boolean;
}

/** The answer to the question that LibreOffice asks about a document in use. */
export type Choice = 'Approve' | 'Disapprove' | 'Abort';

/** Each rejects with what LibreOffice says when it fails. */
export interface Office {
  /** Who answers from now on: `Approve` opens a document in use read-only, `Disapprove` a copy of it. */
  person(choice: Choice, name?: string, password?: string): Promise<void>;
  create(text: string): Promise<void>;
  open(url: string): Promise<Opened>;
  write(text: string): Promise<void>;
  save(): Promise<void>;
  saveAs(url: string): Promise<void>;
  close(): Promise<void>;
  /** A verb of the file dialog, by its name in com.sun.star.ucb.SimpleFileAccess. */
  files(verb: string, ...args: readonly unknown[]): Promise<unknown>;
  /** `content.xml` of a document on the disk. */
  content(path: string): Promise<string>;
}

// The one that Debian's python3-uno is installed for; `python3` on PATH may be another.
const PYTHON = '/usr/bin/python3';

/** Resolves once LibreOffice, with a profile of its own, can be told what to do. It ends with what `made` undoes. */
export async function startOffice(made: Undone): Promise<Office> {
  const { child, done } = await start(PYTHON, [join(import.meta.dirname, 'office.py')], { timeout: 250_000 });
  const { stdin, stdout } = child;
  made.after(async () => {
    stdin?.end();
    await done.catch(() => {}); // Whoever waited for an answer has met this.
  });
  if (!stdin || !stdout) throw new Error('LibreOffice cannot be talked to.');
  const lines = createInterface(stdout)[Symbol.asyncIterator]();

  async function answer(): Promise<unknown> {
    const line = await lines.next();
    if (line.done) throw new Error(`LibreOffice has ended: ${(await done).stderr}`);
    const { value, error } = JSON.parse(line.value) as { value?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }
  function ask(command: string, ...args: readonly unknown[]): Promise<unknown> {
    stdin?.write(`${JSON.stringify([command, ...args])}\n`);
    return answer();
  }
  const tell = async (command: string, ...args: readonly unknown[]): Promise<void> => void (await ask(command, ...args));

  await answer();
  return {
    person: (choice, name, password) => tell('person', name ?? null, password ?? null, choice),
    create: (text) => tell('create', text),
    open: async (url) => (await ask('open', url)) as Opened,
    write: (text) => tell('write', text),
    save: () => tell('save'),
    saveAs: (url) => tell('save_as', url),
    close: () => tell('close'),
    files: (verb, ...args) => ask('files', verb, ...args),
    content: async (path) => (await ask('content', path)) as string,
  };
}
