// COPY and MOVE in the slow model: member by member, with what the locks refuse (RFC 4918 §9.8, §9.9).
import * as model from './model-tree.ts';
import type { Asked } from './request.ts';

/** What stops either of them before anything is changed. */
function stopped(tree: model.Tree, asked: Asked, principal: string): string | undefined {
  const { method, path, to, overwrite, depth } = asked;
  const moves = method === 'MOVE';
  const source = tree.nodes.get(path);
  const there = tree.nodes.get(to);
  if (!source) return '404';
  if (moves && path === '/') return '403';
  if (to === path) return '403';
  if (overwrite && there?.collection && model.isBelow(path, to)) return '403';
  if (source.collection && (moves || depth === 'infinity') && model.isBelow(to, path)) return '403';
  if (!model.isCollection(tree, model.parentOf(to))) return '409';
  if (there && !overwrite) return '412';
  const touched = [...(moves ? [model.parentOf(path), path, model.parentOf(to)] : []), ...(there ? [to] : [model.parentOf(to)])];
  return model.refusal(tree, asked, principal, touched);
}

export function move(tree: model.Tree, asked: Asked, principal: string): string {
  const { path, to } = asked;
  const refused = stopped(tree, asked, principal);
  if (refused) return refused;
  const source = tree.nodes.get(path);
  const there = tree.nodes.get(to);
  const culprits = model.outermost(model.closedBelow(tree, path, asked, principal));
  const kept = there ? model.closedBelow(tree, to, asked, principal) : [];
  // Onto what is there MOVE is all or nothing.
  if (there && culprits.length + kept.length > 0) return model.multistatus([...culprits, ...kept], [path, to], [path]);

  const sameType = there?.collection === source?.collection;
  for (const at of model.subtree(tree, to)) {
    tree.nodes.delete(at);
    // RFC 4918 §7.6: only a lock rooted at the destination itself outlives what it locked.
    tree.locks = tree.locks.filter(({ root }) => root !== at || (at === to && sameType));
  }
  for (const at of model.subtree(tree, path)) {
    const node = tree.nodes.get(at);
    if (!node || culprits.some((root) => model.isWithin(at, root))) continue;
    tree.nodes.set(model.rebased(at, path, to), node);
    if (!culprits.some((root) => model.isWithin(root, at))) model.drop(tree, at);
  }
  if (culprits.length > 0) return model.multistatus(culprits, [path], model.subtree(tree, path));
  return there ? '204' : '201';
}

interface Copying {
  readonly tree: model.Tree;
  /** As it was before: the copy may go into its own source. */
  readonly before: model.Tree;
  readonly closed: readonly string[];
  readonly culprits: string[];
  readonly skipped: string[];
}

export function copy(tree: model.Tree, asked: Asked, principal: string): string {
  const { path, to, depth } = asked;
  const refused = stopped(tree, asked, principal);
  if (refused) return refused;
  const there = tree.nodes.get(to);
  const before = { nodes: new Map(tree.nodes), locks: tree.locks };
  const copying: Copying = { tree, before, closed: model.closedBelow(tree, to, asked, principal), culprits: [], skipped: [] };
  copyOnto(path, to, depth === '0', copying);
  if (copying.culprits.length > 0) return model.multistatus(copying.culprits, [to], [path, ...copying.skipped]);
  return there ? '204' : '201';
}

/** Whether all of it was copied. */
function copyOnto(path: string, to: string, shallow: boolean, copying: Copying): boolean {
  const { tree, before, closed, culprits, skipped } = copying;
  const source = before.nodes.get(path);
  const there = tree.nodes.get(to);
  if (!source) throw new Error(`nothing at ${path}`);
  if (closed.includes(to)) {
    culprits.push(to);
    skipped.push(...model.subtree(before, path).map((at) => model.rebased(at, path, to)));
    return false;
  }
  if (there && there.collection !== source.collection && !removed([to], copying)) return false;
  tree.nodes.set(to, { ...source, origin: '' });
  if (!source.collection) return true;
  const members = shallow ? [] : model.membersOf(before, path);
  const wanted = members.map((member) => model.rebased(member, path, to));
  let whole = true;
  for (const [index, member] of members.entries()) whole = copyOnto(member, wanted[index] ?? '', false, copying) && whole;
  // RFC 4918 §9.8.4: what the source does not have goes, but not above a failure.
  const stale = model.membersOf(tree, to).filter((member) => !wanted.includes(member));
  return whole ? removed(stale, copying) : refuses(stale, copying) && false;
}

/** All of `paths` with what is below them, or, when a lock is in the way, none. */
function removed(paths: readonly string[], copying: Copying): boolean {
  if (refuses(paths, copying)) return false;
  for (const path of paths) for (const at of model.subtree(copying.tree, path)) model.drop(copying.tree, at);
  return true;
}

function refuses(paths: readonly string[], { closed, culprits }: Copying): boolean {
  const inTheWay = paths.flatMap((path) => (closed.includes(path) ? [path] : closed.filter((root) => model.isBelow(root, path))));
  culprits.push(...inTheWay);
  return inTheWay.length > 0;
}
