// A snapshot of a subtree, looked into only where a plan needs to know members one by one.
import type { Blocked } from '../locks/blocked.ts';
import { DavError } from '../protocol/error.ts';
import { compareNames, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';

export interface Tree {
  readonly resource: Resource;
  /** The members that are handled each by itself, in the order of rows; undefined for a file, a link, or a subtree handled as one. */
  readonly members?: readonly Tree[];
  /** Why the collection could not be listed. */
  readonly refused?: DavError;
}

/** The members of the collection at this path that a plan handles each by itself; undefined where the subtree is one step. */
export type Apart = (path: Path) => readonly Path[] | undefined | Promise<readonly Path[] | undefined>;

/** What is, or holds, a blocked lock root: all beside it is one step, and so is the root with what is below it. */
export function apartIn(blocked: Blocked): Apart {
  return (path) => {
    if (blocked.at(path)) return undefined;
    const members = blocked.members(path);
    return members.length > 0 ? members : undefined;
  };
}

/**
 * `follow`: a collection behind a symbolic link is looked into when it is copied, and is a leaf when it is removed or moved.
 * Costs the members apart, however many there are beside them.
 */
export async function growTree(store: Store, resource: Resource, apart: Apart, follow: boolean): Promise<Tree> {
  if (!resource.collection || (resource.link && !follow)) return { resource };
  const paths = await apart(resource.path);
  if (!paths) return { resource };
  const refused = await refusedListing(store, resource.path);
  if (refused) return { resource, refused };
  const members: Tree[] = [];
  for (const path of paths.toSorted((a, b) => compareNames(nameOf(a), nameOf(b)))) {
    const member = await store.stat(path);
    if (member) members.push(await growTree(store, member, apart, follow));
  }
  return { resource, members };
}

/** Nothing is begun in a collection that may not be listed: what is beside the members apart would not be known. */
export async function refusedListing(store: Store, path: Path): Promise<DavError | undefined> {
  try {
    if (store.bulk) await store.bulk.listable(path);
    else for await (const _ of store.list(path)) break;
    return undefined;
  } catch (error) {
    if (error instanceof DavError) return error;
    throw error;
  }
}

/**
 * The members of the collection at `path`, unordered: files as they are listed, collections once the listing is closed, so that
 * who goes on into them holds no descriptor for each level of a deep tree.
 */
export function membersIn(store: Store, path: Path): AsyncGenerator<Resource> {
  return collectionsLast(store.list(path));
}

export async function* collectionsLast(batches: AsyncIterable<readonly Resource[]>): AsyncGenerator<Resource> {
  const collections: Resource[] = [];
  for await (const batch of batches) {
    for (const member of batch) {
      if (member.collection) collections.push(member);
      else yield member;
    }
  }
  yield* collections;
}

/** All members, in the order of rows. `unnamed` as in `Store.list`. */
export async function membersOf(store: Store, path: Path, unnamed?: (count: number) => void): Promise<Resource[]> {
  const members: Resource[] = [];
  for await (const batch of store.list(path, unnamed)) members.push(...batch);
  return members.sort((a, b) => compareNames(nameOf(a.path), nameOf(b.path)));
}

export function refTo(resource: Resource): Ref {
  return { path: resource.path, collection: resource.collection };
}
