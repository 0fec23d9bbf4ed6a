// COPY as steps: a collection before its members, and pruning of the destination after them (RFC 4918 §9.8.3, §9.8.4).
import type { Blocked } from '../locks/blocked.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import { makesRoom, type Plan, Steps } from './plan.ts';
import { refTo, type Tree } from './tree.ts';

export interface CopyPlan {
  readonly source: Tree;
  /** Where it goes, and what is there. */
  readonly to: Path;
  readonly destination: Tree | undefined;
  /** Depth 0 copies the collection and none of its members. */
  readonly shallow: boolean;
  readonly blocked: Blocked;
  readonly modified: number | undefined;
}

export function planCopy(asked: CopyPlan): Plan {
  const { source, to, destination, shallow } = asked;
  const steps = new Steps();
  if (shallow && source.resource.collection) shallowCopy(source, to, destination, steps);
  else copying(source, to, destination, [], steps);
  return planned(asked, steps);
}

/** The same as all or nothing: of a collection one step. */
export function planCopyWhole(asked: CopyPlan): Plan {
  const { source, to, shallow } = asked;
  if (!source.resource.collection) return planCopy(asked);
  const steps = new Steps();
  const target = { path: to, collection: true };
  steps.add({ action: { do: 'copy-whole', shallow }, side: 'destination', source: refTo(source.resource), target, needs: [] });
  return planned(asked, steps);
}

function planned({ source, to, blocked, modified }: CopyPlan, steps: Steps): Plan {
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
  const apart = tree.members.map(({ resource }) => resource.path);
  const existing = new Map((there?.members ?? []).map((member) => [nameOf(member.resource.path), member]));
  const done = [made];
  for (const member of tree.members) {
    const name = nameOf(member.resource.path);
    for (const index of copying(member, childOf(to, name), existing.get(name), [made], steps)) done.push(index);
    existing.delete(name);
  }
  done.push(steps.add({ ...common, action: { do: 'copy-members', apart }, needs: [made] }));
  return [...done, ...pruning(source, target, there, [...existing.values()], done, false, steps)];
}

/**
 * RFC 4918 §9.8.4: after success the destination has exactly the source's members; nothing is pruned above a failure. `stale`
 * are those of them that are known beforehand.
 */
function pruning(
  source: Ref,
  target: Ref,
  there: Tree | undefined,
  stale: readonly Tree[],
  needs: readonly number[],
  shallow: boolean,
  steps: Steps,
): number[] {
  if (!there?.resource.collection || there.resource.link) return [];
  const common = { side: 'destination', source, target } as const;
  const members = stale.map((member) => refTo(member.resource));
  const known = members.length > 0 ? [steps.add({ ...common, action: { do: 'prune', members }, needs })] : [];
  const apart = (there.members ?? []).map(({ resource }) => resource.path);
  return [...known, steps.add({ ...common, action: { do: 'prune-members', apart, shallow }, needs: [...needs, ...known] })];
}

function shallowCopy(tree: Tree, to: Path, there: Tree | undefined, steps: Steps): void {
  const source = refTo(tree.resource);
  const target: Ref = { path: to, collection: true };
  const displaces = there && makesRoom(tree.resource, there.resource) ? { displaces: refTo(there.resource) } : {};
  const common = { side: 'destination', source, target, needs: [] } as const;
  if (there?.refused) steps.add({ ...common, action: { do: 'make' }, refused: there.refused });
  else pruning(source, target, there, there?.members ?? [], [steps.add({ ...common, action: { do: 'make', ...displaces } })], true, steps);
}
