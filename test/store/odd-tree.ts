// Trees with whatever the disk can hold, and what some work on one tells and leaves, with and without what is faster for many.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, relative } from 'node:path';
import { afterAll } from '@jest/globals';
import fc from 'fast-check';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { LARGE } from '../../src/store/filesystem-handle.ts';
import type { Store } from '../../src/store/store.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

/** One thing in a tree, made by what it says. */
type Kind = 'file' | 'program' | 'large' | 'empty' | 'link' | 'dangling' | 'outward' | 'loop' | 'pipe' | 'reserved' | 'bytes';
export interface Drawn {
  readonly kind: Kind;
  readonly in: number;
}

const KINDS: readonly Kind[] = ['file', 'program', 'large', 'empty', 'link', 'dangling', 'outward', 'loop', 'pipe', 'reserved', 'bytes'];
export const FOLDERS = ['', '/a', '/a/b', '/c'];
export const drawn = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), in: fc.nat(FOLDERS.length - 1) }), { maxLength: 12 });

/** In the folders of the tree `root`. */
function make(folder: string, root: string, things: readonly Drawn[]): void {
  const folders = FOLDERS.map((name) => `${folder}/${root}${name}`);
  for (const place of folders) mkdirSync(place, { recursive: true });
  writeFileSync(`${folder}/kept`, 'kept');
  for (const [index, { kind, in: where }] of things.entries()) {
    const place = `${folders[where]}/${index}`;
    switch (kind) {
      case 'file':
      case 'program':
        writeFileSync(place, `content ${index} of ${root}`, { mode: kind === 'program' ? 0o751 : 0o640 });
        break;
      case 'large':
        writeFileSync(place, Buffer.alloc(LARGE + 1, index));
        break;
      case 'empty':
        writeFileSync(place, '');
        break;
      case 'link':
        symlinkSync(relative(dirname(place), `${folder}/kept`), place);
        break;
      case 'dangling':
        symlinkSync('nowhere', place);
        break;
      case 'outward':
        symlinkSync('/etc/hostname', place);
        break;
      case 'loop':
        symlinkSync(relative(dirname(place), `${folder}/${root}`) || '.', place);
        break;
      case 'pipe':
        makePipe(place);
        break;
      case 'reserved':
        mkdirSync(`${folders[where]}/.dav207-${index}`);
        break;
      case 'bytes':
        writeFileSync(Buffer.concat([Buffer.from(`${place}-`), Buffer.from([0xff])]), 'no name');
        break;
    }
  }
}

const STOCK = temporaryFolder();
afterAll(() => removeFolder(STOCK));
let pipes: string[] = [];

/** Node makes no pipes: another program does, many at once, as it takes longer to start than all else here. */
function makePipe(place: string): void {
  if (pipes.length === 0) {
    pipes = Array.from({ length: 100 }, (_, index) => `${STOCK}/${index}`);
    execFileSync('mkfifo', pipes);
  }
  renameSync(pipes.pop() ?? '', place);
}

/** Each byte of a path is one character (latin1), as a name need not be text. */
const bytes = (place: string) => Buffer.from(place, 'latin1');
const membersOf = (place: string) =>
  lstatSync(bytes(place)).isDirectory() ? readdirSync(bytes(place), 'latin1').map((name) => `${place}/${name}`) : [];
const treeOf = (place: string): string[] => [place, ...membersOf(place).flatMap(treeOf)];

const NOBODY = 65_534;
/** Of a collection: its owner's own, not writable, not to be entered, not to be listed, and one where all may write and nobody remove what is another's. */
const MODES = [0o755, 0o755, 0o555, 0o444, 0o311, 0o1777];
export const modes = fc.array(fc.constantFrom(...MODES), { minLength: FOLDERS.length, maxLength: FOLDERS.length });

export interface Rights {
  /** Of the collections of the tree that is made last. */
  readonly asked: readonly number[];
  readonly foreign: number;
}

/** The collections are nobody's, and the one with the number `foreign` is another's. */
function restrict(folder: string, root: string, { asked, foreign }: Rights): void {
  const other = `${folder}/${root}${FOLDERS[foreign]}`;
  for (const place of treeOf(folder)) lchownSync(bytes(place), NOBODY, -1);
  for (const place of [other, ...membersOf(other)]) lchownSync(bytes(place), 0, -1);
  for (const [index, mode] of asked.entries()) chmodSync(`${folder}/${root}${FOLDERS[index]}`, mode);
}

/** As a user who may not do everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** A fresh folder with these trees in it, by their names, and what `work` tells, in an order of its own, and leaves. */
export async function outcome(
  trees: Readonly<Record<string, readonly Drawn[]>>,
  bulk: boolean,
  work: (store: Store) => Promise<readonly string[]>,
  rights?: Rights,
): Promise<unknown> {
  const folder = temporaryFolder();
  try {
    mkdirSync(`${folder}/.dav207/tmp`, { recursive: true });
    for (const [root, things] of Object.entries(trees)) make(folder, root, things);
    if (rights) restrict(Buffer.from(folder).toString('latin1'), Object.keys(trees).at(-1) ?? '', rights);
    const store = filesystemStore({ folder });
    const working = () => work(bulk ? store : { ...store, bulk: undefined });
    const told = await (rights ? asNobody(working) : working());
    return { told: told.toSorted(), left: listing(Buffer.from(folder).toString('latin1')) };
  } finally {
    removeFolder(folder);
  }
}

/** Every name with its type and mode, size and where it leads, and the content of every file. */
function listing(folder: string): string[] {
  const seen = treeOf(folder).map((place) => {
    const stats = lstatSync(bytes(place));
    const content = stats.isFile()
      ? createHash('md5')
          .update(readFileSync(bytes(place)))
          .digest('hex')
      : '';
    const target = stats.isSymbolicLink() ? readlinkSync(bytes(place), 'latin1') : '';
    return [place.slice(folder.length), stats.mode.toString(8), stats.size, target, content].join(' ');
  });
  return seen.filter((line) => !line.startsWith('/.dav207/')).sort();
}
