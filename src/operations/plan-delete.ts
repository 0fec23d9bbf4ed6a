// DELETE as steps: members before their collection, so that a member that stays keeps its ancestors (RFC 4918 §9.6.1).

import type { Blocked } from '../locks/blocked.ts';
import { type Plan, planOf, Steps } from './plan.ts';
import { refTo, type Tree } from './tree.ts';

export function planDelete(tree: Tree, blocked: Blocked): Plan {
  const steps = new Steps();
  removal(tree, steps);
  return { verb: 'delete', root: refTo(tree.resource), steps: steps.list, blocked };
}

/** The same as all or nothing: of a collection one step. */
export function planWithdraw(tree: Tree, blocked: Blocked): Plan {
  const whole = tree.resource.collection && !tree.resource.link;
  return { ...planOf('delete', refTo(tree.resource), { do: whole ? 'withdraw' : 'remove' }), blocked };
}

/** Adds the steps that remove `tree`; gives the index of the last one. */
function removal(tree: Tree, steps: Steps): number {
  const source = refTo(tree.resource);
  const common = { side: 'source', source, needs: [] } as const;
  const leaf = !tree.resource.collection || tree.resource.link;
  if (leaf) return steps.add({ ...common, action: { do: 'remove' } });
  if (!tree.members) return steps.add({ ...common, action: { do: 'remove-tree' }, ...(tree.refused && { refused: tree.refused }) });
  const apart = tree.members.map(({ resource }) => resource.path);
  const needs = tree.members.map((member) => removal(member, steps));
  needs.push(steps.add({ ...common, action: { do: 'remove-members', apart } }));
  return steps.add({ ...common, action: { do: 'close' }, needs });
}
