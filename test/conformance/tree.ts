// Trees as the suite sees them: what stands at each path, by the content that only one file had at the start.
export interface Resource {
  readonly collection: boolean;
  /** Of a file. */
  readonly content: string | undefined;
  /** How many locks its `lockdiscovery` shows. */
  readonly locks: number;
  /** Whether the collection above lists it. */
  readonly listed: boolean;
}

/** By path, without the slash that a collection's URL ends with. */
export type Tree = ReadonlyMap<string, Resource>;

/** A path of the tree: `/c/sub`, whether it is a collection or not. */
export function pathOf(href: string): string {
  return href.replace(/(.)\/$/, '$1');
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function isBelow(path: string, collection: string): boolean {
  return path.startsWith(collection === '/' ? '/' : `${collection}/`) && path !== collection;
}

export function isWithin(path: string, top: string): boolean {
  return path === top || isBelow(path, top);
}

/** The same member, in the tree that was copied or moved to another place. */
export function mapped(path: string, from: string, to: string): string {
  return to + path.slice(from.length);
}

export function pathsWithin(tree: Tree, top: string): string[] {
  return [...tree.keys()].filter((path) => isWithin(path, top));
}

export function sameAt(one: Tree, path: string, other: Tree, otherPath = path): boolean {
  const [here, there] = [one.get(path), other.get(otherPath)];
  return here?.collection === there?.collection && here?.content === there?.content;
}

/** The paths at which the trees differ. */
export function changes(before: Tree, after: Tree): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => !sameAt(before, path, after));
}
