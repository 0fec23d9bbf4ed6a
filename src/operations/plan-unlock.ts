// UNLOCK as a step: the one record of the lock, which is kept at its root wherever it is released (RFC 4918 §9.11).
import { NOTHING_BLOCKED } from '../locks/blocked.ts';
import type { Ref } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import { type Plan, Steps } from './plan.ts';

/** `at`: the Request-URI's resource, which may be any that the lock applies to. */
export function planUnlock(at: Ref, lock: Lock): Plan {
  const steps = new Steps();
  const target = { path: lock.root, collection: lock.collection };
  const elsewhere = lock.root !== at.path;
  const side = elsewhere ? 'destination' : 'source';
  steps.add({ action: { do: 'unlock', token: lock.token }, side, source: at, target, needs: [] });
  const plan: Plan = { verb: 'unlock', root: at, steps: steps.list, blocked: NOTHING_BLOCKED };
  return elsewhere ? { ...plan, target } : plan;
}
