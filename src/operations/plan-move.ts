// MOVE as steps: the destination aside first, then one rename for each largest subtree that holds nothing refused (RFC 4918 §9.9).
import type { Blocked } from '../locks/blocked.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';
import { type Plan, Steps } from './plan.ts';
import { refTo, type Tree } from './tree.ts';

export interface MovePlan {
  readonly source: Tree;
  readonly to: Path;
  readonly destination: Resource | undefined;
  readonly blocked: Blocked;
  readonly modified: number | undefined;
  readonly whole?: boolean;
}

export function planMove({ source, to, destination, blocked, modified, whole = false }: MovePlan): Plan {
  const steps = new Steps();
  const root = refTo(source.resource);
  const target: Ref = { path: to, collection: root.collection };
  // A file over a file is one rename that replaces; so is a case-only rename, where both names are one resource. A link makes
  // room itself: renamed onto, it would be written through (RFC 4918 §9.9.3 deletes the destination, RFC 5842 §2.4 the link only).
  const room = destination && (root.collection || destination.collection || destination.link);
  const replaced = room && destination.identity !== source.resource.identity;
  const needs = replaced ? [steps.add(clearing(root, destination))] : [];
  moving(source, target, needs, steps);
  return { verb: 'move', root, target, steps: steps.list, whole, blocked, ...(modified !== undefined && { modified }) };
}

function clearing(root: Ref, destination: Resource) {
  const action = { do: 'clear', sameType: root.collection === destination.collection } as const;
  return { action, side: 'destination', source: root, target: refTo(destination), needs: [] } as const;
}

/** Adds the steps that move `tree`; gives the indexes of those that must succeed before its parent is removed. */
function moving(tree: Tree, target: Ref, needs: readonly number[], steps: Steps): number[] {
  const source = refTo(tree.resource);
  if (!tree.members) {
    return [
      steps.add({
        action: { do: 'rename' },
        side: 'source',
        source,
        target,
        needs,
        ...(tree.refused && { refused: tree.refused }),
      }),
    ];
  }
  const made = steps.add({ action: { do: 'make' }, side: 'destination', source, target, needs });
  const apart = tree.members.map(({ resource }) => resource.path);
  const moved = tree.members.flatMap((member) => {
    const collection = member.resource.collection;
    return moving(member, { path: childOf(target.path, nameOf(member.resource.path)), collection }, [made], steps);
  });
  moved.push(steps.add({ action: { do: 'move-members', apart }, side: 'source', source, target, needs: [made] }));
  return [steps.add({ action: { do: 'close' }, side: 'source', source, needs: [made, ...moved] })];
}
