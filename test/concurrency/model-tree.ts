// The tree of the slow model: a map of paths, a list of locks, and the questions that every method asks of them.
import type { Asked } from './request.ts';

export interface Node {
  readonly collection: boolean;
  readonly content: string;
  /** The value of the one dead property there is; '' for none. */
  readonly property: string;
  /** Where this very content was when the clients began; '' for what was written since. */
  readonly origin: string;
}

export interface ModelLock {
  readonly name: string;
  readonly root: string;
  readonly infinite: boolean;
  readonly shared: boolean;
  readonly principal: string;
}

export interface Tree {
  readonly nodes: Map<string, Node>;
  locks: readonly ModelLock[];
}

/** Collections end in a slash; a file has its path for content. */
export function treeOf(made: readonly string[]): Tree {
  const nodes = ['/', ...made].map((href): [string, Node] => {
    const path = href.replace(/(.)\/$/, '$1');
    const collection = href.endsWith('/');
    return [path, { collection, content: collection ? '' : path, property: '', origin: '' }];
  });
  return { nodes: new Map(nodes), locks: [] };
}

/** What is there is what the clients begin with. */
export function asAtFirst({ nodes, locks }: Tree): Tree {
  return { nodes: new Map([...nodes].map(([path, node]) => [path, { ...node, origin: path }])), locks };
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function isBelow(path: string, root: string): boolean {
  return path !== root && path.startsWith(root === '/' ? '/' : `${root}/`);
}

export function isWithin(path: string, root: string): boolean {
  return path === root || isBelow(path, root);
}

export function rebased(path: string, from: string, to: string): string {
  return to + path.slice(from.length);
}

export function isCollection({ nodes }: Tree, path: string): boolean {
  return nodes.get(path)?.collection ?? false;
}

/** The resource at `path` and all below it, parents first. */
export function subtree({ nodes }: Tree, path: string): string[] {
  return [...nodes.keys()].filter((each) => isWithin(each, path)).sort();
}

export function membersOf({ nodes }: Tree, path: string): string[] {
  return [...nodes.keys()].filter((each) => each !== '/' && parentOf(each) === path).sort();
}

/** The resource goes, and the locks rooted there with it. */
export function drop(tree: Tree, path: string): void {
  tree.nodes.delete(path);
  tree.locks = tree.locks.filter(({ root }) => root !== path);
}

/** RFC 4918 §6.1: those rooted at `path`, and the infinite ones above. */
export function locksOn({ locks }: Tree, path: string): ModelLock[] {
  return locks.filter(({ root, infinite }) => root === path || (infinite && isBelow(path, root)));
}

/** RFC 4918 §6.2, §6.4: whether a lock keeps `principal` out; of several shared ones one own token is enough. */
function isClosed(tree: Tree, path: string, asked: Asked, principal: string): boolean {
  const locks = locksOn(tree, path);
  const submitted = (lock: ModelLock) => lock.principal === principal && (asked.submits.includes(lock.name) || asked.lock === lock.name);
  return locks.length > 0 && !locks.some(submitted);
}

/** What strictly below `path` keeps `principal` out: lock roots, and members of what is open by the token of a Depth 0 lock alone. */
export function closedBelow(tree: Tree, path: string, asked: Asked, principal: string): string[] {
  const closed = (at: string) => isClosed(tree, at, asked, principal);
  const roots = tree.locks.map(({ root }) => root);
  const members = [...tree.nodes.keys()].filter((each) => each !== '/' && !closed(parentOf(each)));
  return [...new Set([...roots, ...members])].filter((each) => isBelow(each, path) && closed(each)).sort();
}

export function outermost(roots: readonly string[]): string[] {
  return roots.filter((root) => !roots.some((other) => isBelow(root, other)));
}

/** What the If header and the locks on `touched` say, in that order; undefined when they let the request pass. */
export function refusal(tree: Tree, asked: Asked, principal: string, touched: readonly string[]): string | undefined {
  if (!holds(tree, asked)) return '412';
  if (touched.some((path) => isClosed(tree, path, asked, principal))) return '423';
  return undefined;
}

/** RFC 4918 §10.4.4: an unmapped URL has no state but the infinite lock that would cover it. */
export function holds(tree: Tree, { lock, path }: Asked): boolean {
  if (lock === undefined) return true;
  const there = tree.nodes.has(path);
  const locks = there ? locksOn(tree, path) : locksOn(tree, parentOf(path)).filter(({ infinite }) => infinite);
  return locks.some(({ name }) => name === lock);
}

/** A 207: the culprits are 423, what is between them and `root` 424, and so is all that `dependent` names. */
export function multistatus(culprits: readonly string[], roots: readonly string[], dependent: readonly string[] = []): string {
  const rows = new Map<string, number>();
  for (const path of dependent) rows.set(path, 424);
  for (const root of roots)
    for (const path of [...culprits, ...dependent]) if (isWithin(path, root)) for (const at of between(root, path)) rows.set(at, 424);
  for (const path of culprits) rows.set(path, 423);
  return answerOf(rows);
}

export function answerOf(rows: ReadonlyMap<string, number>): string {
  return ['207', ...[...rows].map(([path, status]) => `${path} ${status}`).sort()].join(', ');
}

function between(root: string, path: string): string[] {
  const found = [root];
  for (let at = path; at !== root; at = parentOf(at)) found.push(at);
  return found;
}

/** One line a resource, and one a lock. */
export function drawn({ nodes, locks }: Tree): string[] {
  const resources = [...nodes].map(([path, { collection, content, property }]) => line(path, collection, content, property));
  return [...resources, ...locks.map(({ name, root }) => `${root} [${name}]`)].sort();
}

export function line(path: string, collection: boolean, content: string, property: string): string {
  return `${path}${collection ? ' collection' : ` (${content})`}${property ? ` {${property}}` : ''}`;
}
