// LOCK as steps: the empty file where nothing was, then one lock over all of it, or none (RFC 4918 §9.10.3).
import type { Path } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import { type Plan, Steps } from './plan.ts';

/** `below`: locks on members that exclude `lock`. `staged`: the empty file to put at an unmapped lock root. */
export function planLock(lock: Lock, below: readonly Lock[], staged: Path | undefined): Plan {
  const steps = new Steps();
  const root = { path: lock.root, collection: lock.collection };
  const needs = staged ? [steps.add({ action: { do: 'put', staged }, side: 'source', source: root, needs: [] })] : [];
  steps.add({ action: { do: 'lock', lock }, side: 'source', source: root, needs });
  const blocked = new Map<Path, Lock[]>();
  for (const held of below) blocked.set(held.root, [...(blocked.get(held.root) ?? []), held]);
  return { verb: 'lock', root, steps: steps.list, blocked };
}
