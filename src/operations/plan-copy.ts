// COPY as steps: a collection before its members, and pruning of the destination after them (RFC 4918 §9.8.3, §9.8.4).
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import { makesRoom, type Plan, Steps } from './plan.ts';
import { refTo, type Tree } from './tree.ts';

export interface CopyPlan {
  readonly source: Tree;
  /** Where it goes, and what is there. */
  readonly to: Path;
  readonly destination: Tree | undefined;
  /** Depth 0 copies the collection and none of its members. */
  readonly shallow: boolean;
  readonly blocked: ReadonlyMap<Path, readonly Lock[]>;
  readonly modified: number | undefined;
}

export function planCopy({ source, to, destination, shallow, blocked, modified }: CopyPlan): Plan {
  const steps = new Steps();
  if (shallow && source.resource.collection) shallowCopy(source, to, destination, steps);
  else copying(source, to, destination, [], steps);
  const target = { path: to, collection: source.resource.collection };
  return { verb: 'copy', root: refTo(source.resource), target, steps: steps.list, blocked, ...(modified !== undefined && { modified }) };
}

/** Adds the steps that copy `tree` onto what is at `to`; gives the indexes of those that must succeed before pruning. */
function copying(tree: Tree, to: Path, there: Tree | undefined, needs: readonly number[], steps: Steps): number[] {
  const source = refTo(tree.resource);
  const target: Ref = { path: to, collection: source.collection };
  const displaces = there && makesRoom(tree.resource, there.resource) ? { displaces: refTo(there.resource) } : {};
  const common = { side: 'destination', source, target, needs } as const;
  if (there?.refused) return [steps.add({ ...common, action: { do: 'copy-tree' }, refused: there.refused })];
  if (tree.refused) return [steps.add({ ...common, side: 'source', action: { do: 'copy-tree' }, refused: tree.refused })];
  if (!source.collection) return [steps.add({ ...common, action: { do: 'copy', ...displaces } })];
  if (!tree.members) return [steps.add({ ...common, action: { do: 'copy-tree', ...displaces } })];

  const made = steps.add({ ...common, action: { do: 'make', ...displaces } });
  const existing = new Map((there?.members ?? []).map((member) => [nameOf(member.resource.path), member]));
  const done = [made];
  for (const member of tree.members) {
    const name = nameOf(member.resource.path);
    for (const index of copying(member, childOf(to, name), existing.get(name), [made], steps)) done.push(index);
    existing.delete(name);
  }
  return [...done, ...pruning(source, target, [...existing.values()], done, steps)];
}

/** RFC 4918 §9.8.4: after success the destination has exactly the source's members; nothing is pruned above a failure. */
function pruning(source: Ref, target: Ref, stale: readonly Tree[], needs: readonly number[], steps: Steps): number[] {
  if (stale.length === 0) return [];
  const members = stale.map((member) => refTo(member.resource));
  return [steps.add({ action: { do: 'prune', members }, side: 'destination', source, target, needs })];
}

function shallowCopy(tree: Tree, to: Path, there: Tree | undefined, steps: Steps): void {
  const source = refTo(tree.resource);
  const target: Ref = { path: to, collection: true };
  const displaces = there && makesRoom(tree.resource, there.resource) ? { displaces: refTo(there.resource) } : {};
  const made = steps.add({ action: { do: 'make', ...displaces }, side: 'destination', source, target, needs: [] });
  pruning(source, target, there && !there.resource.link ? (there.members ?? []) : [], [made], steps);
}
