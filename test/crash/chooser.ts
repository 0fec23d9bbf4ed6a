// What a client knows when it makes up its next request, and the places it chooses from.
import type { Random } from './random.ts';
import { isCollection, pathsIn, type Tree } from './tree.ts';

export interface Chooser {
  readonly random: Random;
  readonly tree: Tree;
  /** The client's own collection, which stays. */
  readonly home: string;
  /** A word that no other content has. */
  readonly fresh: () => string;
}

const NAMES = ['a', 'b', 'c', 'd', 'e f', 'ä', 'k.txt', 'l.txt'];
const DEEPEST = 5;

export function aCollection({ random, tree, home }: Chooser): string {
  const all = pathsIn(tree, home).filter((path) => isCollection(tree.get(path)) && path.split('/').length <= DEEPEST);
  return random.pick(all) ?? home;
}

export function aFile({ random, tree, home }: Chooser): string | undefined {
  return random.pick(pathsIn(tree, home).filter((path) => !isCollection(tree.get(path))));
}

/** Any member, the client's own collection excepted. */
export function aMember({ random, tree, home }: Chooser): string | undefined {
  return random.pick(pathsIn(tree, home).filter((path) => path !== home));
}

/** Where something may be, or may not be yet. */
export function aPlace(chooser: Chooser): string {
  return `${aCollection(chooser)}/${chooser.random.pick(NAMES)}`;
}

/** As a URL has it: a collection ends in a slash. */
export function spelt(tree: Tree, path: string): string {
  return isCollection(tree.get(path)) ? `${path}/` : path;
}

/** All tokens the client has, in an If that is always true (RFC 4918 §10.4.3): it is not what is tried here. */
export function submitting({ tree, home }: Chooser): Readonly<Record<string, string>> {
  const tokens = pathsIn(tree, home).flatMap((path) => tree.get(path)?.lock?.token ?? []);
  return tokens.length === 0 ? {} : { if: `(Not <DAV:no-lock>) (${tokens.map((token) => `<${token}>`).join(' ')})` };
}
