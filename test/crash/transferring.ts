// Requests on whole trees: COPY, MOVE, DELETE; strict or not, with the tokens of what is locked or without.
import { aMember, aPlace, type Chooser, spelt, submitting } from './chooser.ts';
import type { Operation } from './operation.ts';
import { copied, isCollection, isIn, moved, removed, type Tree } from './tree.ts';

export function copy(chooser: Chooser): Operation | undefined {
  const ends = endsIn(chooser);
  if (!ends) return undefined;
  const { tree } = chooser;
  const { from, to } = ends;
  // RFC 4918 §9.8.4: a collection onto a collection is updated member by member.
  const inPlace = isCollection(tree.get(from)) && isCollection(tree.get(to));
  return request(chooser, { method: 'COPY', from, to }, () => copied(tree, from, to), inPlace);
}

export function move(chooser: Chooser): Operation | undefined {
  const ends = endsIn(chooser);
  if (!ends) return undefined;
  const { from, to } = ends;
  return request(chooser, { method: 'MOVE', from, to }, () => moved(chooser.tree, from, to), false);
}

export function remove(chooser: Chooser): Operation | undefined {
  const from = aMember(chooser);
  if (from === undefined) return undefined;
  return request(chooser, { method: 'DELETE', from }, () => removed(chooser.tree, from), isCollection(chooser.tree.get(from)));
}

function endsIn(chooser: Chooser): { readonly from: string; readonly to: string } | undefined {
  const from = aMember(chooser);
  const to = (chooser.random.chance(50) ? aMember(chooser) : undefined) ?? aPlace(chooser);
  return from === undefined || isIn(to, from) || isIn(from, to) ? undefined : { from, to };
}

interface Asked {
  readonly method: 'COPY' | 'MOVE' | 'DELETE';
  readonly from: string;
  readonly to?: string;
}

function request(chooser: Chooser, { method, from, to }: Asked, after: () => Tree, byMember: boolean): Operation {
  const { random, tree } = chooser;
  const strict = random.chance(40);
  const submitted = random.chance(15) ? {} : submitting(chooser);
  const locked = !('if' in submitted) && 'if' in submitting(chooser);
  // A destination that ends as the source does: what is there may be of the other type, and then it makes room.
  const destination = to === undefined ? {} : { to: isCollection(tree.get(from)) ? `${to}/` : to };
  return {
    sent: {
      method,
      path: spelt(tree, from),
      ...destination,
      headers: { ...submitted, ...(strict && { prefer: 'handling=strict' }) },
    },
    done: to === undefined || tree.has(to) ? [204] : [201],
    refused: locked ? [423] : [],
    after,
    whole: strict || !(byMember || locked),
  };
}
