// DELETE as steps: members before their collection, so that a member that stays keeps its ancestors (RFC 4918 §9.6.1).

import type { Path } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import { type Plan, Steps } from './plan.ts';
import { refTo, type Tree } from './tree.ts';

export function planDelete(tree: Tree, blocked: ReadonlyMap<Path, readonly Lock[]>): Plan {
  const steps = new Steps();
  removal(tree, steps);
  return { verb: 'delete', root: refTo(tree.resource), steps: steps.list, blocked };
}

/** Adds the steps that remove `tree`; gives the index of the last one. */
function removal(tree: Tree, steps: Steps): number {
  const source = refTo(tree.resource);
  const leaf = !tree.resource.collection || tree.resource.link;
  if (leaf) return steps.add({ action: { do: 'remove' }, side: 'source', source, needs: [] });
  if (!tree.members) {
    return steps.add({ action: { do: 'remove-tree' }, side: 'source', source, needs: [], ...(tree.refused && { refused: tree.refused }) });
  }
  const needs = tree.members.map((member) => removal(member, steps));
  return steps.add({ action: { do: 'close' }, side: 'source', source, needs });
}
