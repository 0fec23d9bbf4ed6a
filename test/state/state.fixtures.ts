// What the tests of this room say about locks, properties and marks, in few words.
import type { Path } from '../../src/protocol/path.ts';
import type { Change, DeadProperty, Lock, State } from '../../src/state/state.ts';

export const NOW = 1_000;

export function at(path: string): Path {
  return path as Path;
}

export function lockAt(root: string, over: Partial<Lock> = {}): Lock {
  return {
    token: `urn:uuid:${root}`,
    root: at(root),
    collection: false,
    scope: 'exclusive',
    depth: 'infinity',
    owner: undefined,
    principal: '',
    expires: NOW + 100,
    ...over,
  };
}

export function property(name: string, xml = `<${name}/>`, namespace = 'urn:n'): DeadProperty {
  return { namespace, name, xml };
}

/** One property whose value tells where it was first set. */
export function mark(...paths: string[]): Change[] {
  return paths.map((path) => ({ do: 'set', path: at(path), properties: [property('mark', path)] }));
}

/** For each path that carries a mark, the path it was first set on. */
export async function marks(state: State, ...paths: string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of paths) {
    for (const { xml } of await state.properties(at(path))) found[path] = xml;
  }
  return found;
}

/** Add locks that conflict with nothing. */
export async function addLocks(state: State, ...locks: Lock[]): Promise<void> {
  for (const lock of locks) await state.addLock(lock, () => false, NOW);
}

/** The roots of the locks that apply to `path`, sorted. */
export async function rootsOn(state: State, path: string, now = NOW): Promise<string[]> {
  return (await state.locksOn(at(path), now)).map((lock) => lock.root).sort();
}

/** The roots of the locks below `path`, in the order given. */
export async function rootsBelow(state: State, path: string, now = NOW): Promise<string[]> {
  return (await state.locksBelow(at(path), now)).map((lock) => lock.root);
}
