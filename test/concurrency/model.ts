// The slow model of a served tree: what each write answers and leaves, one request at a time, without any code of the server.
import { copy, move } from './model-transfer.ts';
import * as model from './model-tree.ts';
import type { Asked } from './request.ts';

export interface Played {
  readonly tree: model.Tree;
  /** The status, and of a 207 its rows: `207, /c 424, /c/f 423`. */
  readonly answer: string;
}

type Verb = (tree: model.Tree, asked: Asked, principal: string) => string;

/** The request played on a copy of `before`. */
export function play(before: model.Tree, asked: Asked, principal: string): Played {
  const tree: model.Tree = { nodes: new Map(before.nodes), locks: before.locks };
  const answer = VERBS[asked.method](tree, asked, principal);
  return { tree, answer };
}

const put: Verb = (tree, asked, principal) => {
  const { path, expects, name } = asked;
  const there = tree.nodes.get(path);
  if (there?.collection) return '405';
  if (!there && !model.isCollection(tree, model.parentOf(path))) return '409';
  const refused = model.refusal(tree, asked, principal, [there ? path : model.parentOf(path)]);
  if (refused) return refused;
  if (expects === 'nothing' && there) return '412';
  if (expects === 'same' && there?.origin !== path) return '412';
  tree.nodes.set(path, { collection: false, content: name, property: there?.property ?? '', origin: '' });
  return there ? '204' : '201';
};

const mkcol: Verb = (tree, asked, principal) => {
  const { path } = asked;
  if (tree.nodes.has(path)) return '405';
  if (!model.isCollection(tree, model.parentOf(path))) return '409';
  const refused = model.refusal(tree, asked, principal, [model.parentOf(path)]);
  if (refused) return refused;
  tree.nodes.set(path, { collection: true, content: '', property: '', origin: '' });
  return '201';
};

/** RFC 4918 §9.6.1: what a lock keeps stays, with all above it; what stays is what has a row. */
const del: Verb = (tree, asked, principal) => {
  const { path } = asked;
  if (!tree.nodes.has(path)) return '404';
  if (path === '/') return '403';
  const refused = model.refusal(tree, asked, principal, [model.parentOf(path), path]);
  if (refused) return refused;
  const culprits = model.outermost(model.closedBelow(tree, path, asked, principal));
  const stays = (at: string) => culprits.some((root) => model.isWithin(at, root) || model.isWithin(root, at));
  for (const at of model.subtree(tree, path)) if (!stays(at)) model.drop(tree, at);
  return culprits.length > 0 ? model.multistatus(culprits, [path], model.subtree(tree, path)) : '204';
};

const proppatch: Verb = (tree, asked, principal) => {
  const { path, name } = asked;
  const there = tree.nodes.get(path);
  if (!there) return '404';
  const refused = model.refusal(tree, asked, principal, [path]);
  if (refused) return refused;
  tree.nodes.set(path, { ...there, property: name });
  return model.answerOf(new Map([[path, 200]]));
};

/** RFC 4918 §9.10: on an empty file where nothing was; over the whole tree, or nowhere. */
const lock: Verb = (tree, asked, principal) => {
  const { path, name, depth, scope } = asked;
  const there = tree.nodes.get(path);
  if (!there && !model.isCollection(tree, model.parentOf(path))) return '409';
  if (!model.holds(tree, asked)) return '412';
  const excludes = ({ shared }: model.ModelLock) => !(shared && scope === 'shared');
  const over = there ? model.locksOn(tree, path) : model.locksOn(tree, model.parentOf(path)).filter(({ infinite }) => infinite);
  if (over.some(excludes)) return '423';
  const refused = there ? undefined : model.refusal(tree, asked, principal, [model.parentOf(path)]);
  if (refused) return refused;
  const below = tree.locks.filter((each) => model.isBelow(each.root, path) && excludes(each)).map(({ root }) => root);
  if (depth === 'infinity' && below.length > 0) return model.multistatus(below, [path]);
  if (!there) tree.nodes.set(path, { collection: false, content: '', property: '', origin: '' });
  tree.locks = [...tree.locks, { name, root: path, infinite: depth === 'infinity', shared: scope === 'shared', principal }];
  return there ? '200' : '201';
};

const unlock: Verb = (tree, { path, lock: named }, principal) => {
  const held = tree.nodes.has(path) && model.locksOn(tree, path).find(({ name }) => name === named);
  if (!held) return '409';
  if (held.principal !== principal) return '403';
  tree.locks = tree.locks.filter((each) => each !== held);
  return '204';
};

const VERBS: Readonly<Record<Asked['method'], Verb>> = {
  PUT: put,
  MKCOL: mkcol,
  DELETE: del,
  COPY: copy,
  MOVE: move,
  PROPPATCH: proppatch,
  LOCK: lock,
  UNLOCK: unlock,
};
