// What is really there after a start: the folder as the disk has it, and the state as its database has it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Path } from '../../src/protocol/path.ts';
import { lmdbState } from '../../src/state/lmdb.ts';
import type { State } from '../../src/state/state.ts';
import { textIn } from './bodies.ts';
import { EMPTY, type Member, type Tree } from './tree.ts';

export interface Seen {
  readonly tree: Tree;
  /** By token, the root. */
  readonly locks: ReadonlyMap<string, string>;
  /** What no start may leave, a sentence each: staged things, journal records, state without a resource. */
  readonly strays: readonly string[];
}

let turn: Promise<unknown> = Promise.resolve();

/** One after the other: a process must not have a database open twice. */
export function look(folder: string): Promise<Seen> {
  return inTurn(() => lookAtAll(folder));
}

/** What is at and below `root` only: while the server runs, others change the rest. */
export function lookIn(folder: string, root: string): Promise<Tree> {
  return inTurn(async () => {
    const tree = new Map<string, Member>([[root, { content: undefined, properties: EMPTY, lock: undefined }]]);
    await walk(folder, root, tree, []);
    await withState(folder, (state) => addState(state, root as Path, tree, []));
    return tree;
  });
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const looked = turn.then(work);
  turn = looked.catch(() => {});
  return looked;
}

const ROOT = '/' as Path;

async function lookAtAll(folder: string): Promise<Seen> {
  const tree = new Map<string, Member>();
  const strays: string[] = [];
  await walk(folder, '', tree, strays);
  for (const name of await namesIn(join(folder, '.dav207/tmp'))) strays.push(`/.dav207/tmp/${name} was left behind`);
  for (const name of await namesIn(join(folder, '.dav207'))) if (!OWN.includes(name)) strays.push(`/.dav207/${name} was left behind`);
  const locks = await withState(folder, async (state) => {
    for (const { id } of await state.unfinished()) strays.push(`the journal still has record ${id}`);
    return addState(state, ROOT, tree, strays);
  });
  return { tree, locks, strays };
}

async function withState<T>(folder: string, work: (state: State) => Promise<T>): Promise<T> {
  const state = await lmdbState(join(folder, '.dav207'), { readOnly: true });
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}

const OWN: readonly string[] = ['state.mdb', 'state.mdb-lock', 'state.mdb-reserve', 'owner', 'tmp'];

async function walk(folder: string, path: string, tree: Map<string, Member>, strays: string[]): Promise<void> {
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const at = `${path}/${entry.name}`;
    if (at === '/.dav207') continue;
    if (entry.name.startsWith('.dav207')) strays.push(`${at} was left behind`);
    const content = entry.isDirectory() ? undefined : await readFile(join(folder, at));
    tree.set(at, { content, properties: EMPTY, lock: undefined });
    if (entry.isDirectory()) await walk(folder, at, tree, strays);
  }
}

async function addState(state: State, root: Path, tree: Map<string, Member>, strays: string[]): Promise<Map<string, string>> {
  const locks = new Map<string, string>();
  for (const path of await state.recorded(root)) {
    const member = tree.get(path);
    const properties = new Map((await state.properties(path)).map(({ name, xml }) => [name, textIn(xml)]));
    const own = (await state.locksOn(path, Date.now())).filter(({ root }) => root === path);
    for (const { token } of own) locks.set(token, path);
    if (!member) strays.push(`${path} is gone and has ${own.length} locks and ${properties.size} properties`);
    const [held] = own;
    if (member) tree.set(path, { ...member, properties, lock: held && { token: held.token, infinite: held.depth === 'infinity' } });
  }
  return locks;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
