// A snapshot of a subtree, looked into only where a plan needs to know the members one by one.
import { DavError } from '../protocol/error.ts';
import { compareNames, isBelow, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';

export interface Tree {
  readonly resource: Resource;
  /** In the order of rows; undefined where the snapshot did not look: a file, a link, or a subtree handled as one. */
  readonly members?: readonly Tree[];
  /** Why the collection could not be listed. */
  readonly refused?: DavError;
}

/** Whether to look into the collection at this path. */
export type Interest = (path: Path) => boolean;

/** Collections above a blocked lock root are looked into; the root itself, and everything beside it, is one step. */
export function above(blocked: ReadonlyMap<Path, unknown>): Interest {
  const roots = [...blocked.keys()];
  return (path) => !blocked.has(path) && roots.some((root) => isBelow(root, path));
}

/** `follow`: a collection behind a symbolic link is looked into when it is copied, and is a leaf when it is removed or moved. */
export async function growTree(store: Store, resource: Resource, interest: Interest, follow: boolean): Promise<Tree> {
  if (!resource.collection || (resource.link && !follow) || !interest(resource.path)) return { resource };
  try {
    const members: Tree[] = [];
    for (const member of await membersOf(store, resource.path)) members.push(await growTree(store, member, interest, follow));
    return { resource, members };
  } catch (error) {
    if (error instanceof DavError) return { resource, refused: error };
    throw error;
  }
}

/** All members, in the order of rows. `unnamed` as in `Store.list`. */
export async function membersOf(store: Store, path: Path, unnamed?: (count: number) => void): Promise<Resource[]> {
  const members: Resource[] = [];
  for await (const batch of store.list(path, unnamed)) members.push(...batch);
  return members.sort((a, b) => compareNames(nameOf(a.path), nameOf(b.path)));
}

/** Everything known below `resource`, parents first. What cannot be listed is left out. */
export async function descendantsOf(store: Store, resource: Resource): Promise<Ref[]> {
  const found: Ref[] = [];
  if (!resource.collection || resource.link) return found;
  const members = await membersOf(store, resource.path).catch(() => []);
  for (const member of members) {
    found.push(refTo(member));
    for (const below of await descendantsOf(store, member)) found.push(below);
  }
  return found;
}

export function refTo(resource: Resource): Ref {
  return { path: resource.path, collection: resource.collection };
}
