// What a client believes is there, and what the methods make of it when they succeed. Values: each change gives a new tree.

export interface HeldLock {
  /** Undefined while no answer has told it. */
  readonly token: string | undefined;
  readonly infinite: boolean;
}

export interface Member {
  /** Undefined for a collection. */
  readonly content: Buffer | undefined;
  /** Dead properties by name. */
  readonly properties: ReadonlyMap<string, string>;
  readonly lock: HeldLock | undefined;
}

/** By decoded path, without a slash at its end. */
export type Tree = ReadonlyMap<string, Member>;

export const EMPTY: ReadonlyMap<string, string> = new Map();

export function isIn(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

export function pathsIn(tree: Tree, root: string): string[] {
  return [...tree.keys()].filter((path) => isIn(path, root));
}

export function isCollection(member: Member | undefined): boolean {
  return member !== undefined && member.content === undefined;
}

/** New content of a file leaves its properties and its lock (RFC 4918 §9.7.1); a new file has neither. */
export function written(tree: Tree, path: string, content: Buffer): Tree {
  return changed(tree, path, { content });
}

/** The member at `path` with something of it changed; a collection without anything when there is none. */
export function changed(tree: Tree, path: string, change: Partial<Member>): Tree {
  const there = tree.get(path) ?? { content: undefined, properties: EMPTY, lock: undefined };
  return new Map(tree).set(path, { ...there, ...change });
}

/** What is gone takes its properties and its locks with it (RFC 4918 §9.6). */
export function removed(tree: Tree, root: string): Tree {
  return new Map([...tree].filter(([path]) => !isIn(path, root)));
}

/** RFC 4918 §9.8.4, §7.6: what has a counterpart of its type is updated and keeps its lock; what has none is deleted. */
export function copied(tree: Tree, from: string, to: string): Tree {
  const copy = new Map(removed(tree, to));
  for (const path of pathsIn(tree, from)) {
    const source = tree.get(path);
    const target = to + path.slice(from.length);
    const there = tree.get(target);
    const lock = there && isCollection(there) === isCollection(source) ? there.lock : undefined;
    if (source) copy.set(target, { ...source, lock });
  }
  return copy;
}

/** RFC 4918 §7.6, §9.9.3: no lock comes along; the one on the destination stays with what takes its place, if it is of its type. */
export function moved(tree: Tree, from: string, to: string): Tree {
  const without = new Map(removed(removed(tree, to), from));
  for (const path of pathsIn(tree, from)) {
    const source = tree.get(path);
    const there = path === from ? tree.get(to) : undefined;
    const lock = there && isCollection(there) === isCollection(source) ? there.lock : undefined;
    if (source) without.set(to + path.slice(from.length), { ...source, lock });
  }
  return without;
}
