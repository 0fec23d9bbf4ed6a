// LOCK as steps: an empty file where nothing was (RFC 4918 §9.10.4), then one lock over all of it, or none (§9.10.3).
import { Blocked, NOTHING_BLOCKED } from '../locks/blocked.ts';
import type { Path } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import { type Plan, Steps } from './plan.ts';

/** `below`: locks on members that exclude `lock`. `mapped`: whether there is something at its root already. */
export function planLock(lock: Lock, below: readonly Lock[], mapped: boolean): Plan {
  const steps = new Steps();
  const root = { path: lock.root, collection: lock.collection };
  const needs = mapped ? [] : [steps.add({ action: { do: 'make-file' }, side: 'source', source: root, needs: [] })];
  steps.add({ action: { do: 'lock', lock }, side: 'source', source: root, needs });
  if (below.length === 0) return { verb: 'lock', root, steps: steps.list, blocked: NOTHING_BLOCKED };
  const blocked = new Map<Path, Lock[]>();
  for (const held of below) blocked.set(held.root, [...(blocked.get(held.root) ?? []), held]);
  return { verb: 'lock', root, steps: steps.list, blocked: new Blocked(blocked) };
}
