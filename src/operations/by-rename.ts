// The steps that are renames: each is done in one moment, and can be undone until the state is committed.
import { asFailure } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import { isCrossing } from '../store/other-device.ts';
import type { Resource } from '../store/store.ts';
import type { Context } from './context.ts';
import { leftOutBelow } from './descendants.ts';
import type { Hands } from './hands.ts';
import { leftOver } from './left-over.ts';
import { moveAcross } from './move-across.ts';
import { obstaclesIn } from './obstacles.ts';
import { done, failed, NOTHING, type Outcome, Tally } from './outcome.ts';
import type { Plan, Step } from './plan.ts';
import { refTo } from './tree.ts';

/** The state changes of a step that is one rename: known beforehand, so that the journal can hold them. */
export function changesOf({ action, source, target }: Step): Change[] {
  if (action.do === 'clear' && target) return [{ do: 'drop', path: target.path, keepRootLocks: action.sameType }];
  if (action.do === 'withdraw') return [{ do: 'drop', path: source.path }];
  if (action.do === 'rename' && target) return [{ do: 'move', from: source.path, to: target.path }];
  return [];
}

/** The destination goes aside, so that it can come back if nothing takes its place. */
export async function clear(step: Step, target: Ref, { context, scratch, undo }: Hands): Promise<Outcome> {
  const { store } = context;
  const failures = await obstaclesIn(target.path, 'destination', store);
  if (failures.length > 0) return { ...NOTHING, failures };
  const aside = await scratch.aside();
  await store.rename(target.path, aside);
  undo.push(() => scratch.bringBack(aside, target.path));
  return { ...NOTHING, changes: changesOf(step) };
}

/** The state of what made room for `target` itself. */
function clearedFor(target: Ref, { steps }: Plan): Change[] {
  return steps.filter((step) => step.action.do === 'clear' && step.target?.path === target.path).flatMap(changesOf);
}

/** The rename is what commits it: what cannot be removed afterwards waits for the next start, and nobody sees it. */
export async function withdraw(step: Step, { context, scratch, undo }: Hands): Promise<Outcome> {
  const { store } = context;
  const { path } = step.source;
  const failures = await obstaclesIn(path, 'source', store);
  if (failures.length > 0) return { ...NOTHING, failures };
  const place = await scratch.only();
  await store.rename(path, place);
  undo.push(() => store.rename(place, path));
  return done(1, ...changesOf(step));
}

export async function rename(step: Step, target: Ref, hands: Hands): Promise<Outcome> {
  const { context, plan, notes, undo } = hands;
  const { store } = context;
  const { source } = step;
  const replaces = !source.collection && (await store.stat(target.path)) !== undefined;
  try {
    await store.rename(source.path, target.path);
  } catch (error) {
    if (isCrossing(error)) return moveAcross(source, target, hands, clearedFor(target, plan));
    throw error;
  }
  if (replaces) undo.oneWay = true;
  else undo.push(() => store.rename(target.path, source.path));
  if (plan.modified !== undefined && !source.collection) await setModified(target.path, plan.modified, context);
  notes?.note('destination', target, replaces ? 204 : 201);
  return done(1, ...changesOf(step));
}

/** The resource is in place: a time that cannot be set (a file of somebody else's) does not make that undone. */
async function setModified(path: Path, modified: number, { store, warn }: Context): Promise<void> {
  await store.setAttributes(path, { modified }).catch((error) => warn('The time of a moved file could not be set.', error));
}

const PASSES = 3;

/** Each member, with all that is in it, in one rename. */
export async function moveMembers(source: Ref, target: Ref, apart: readonly Path[], hands: Hands): Promise<Outcome> {
  const tally = new Tally();
  const stay = new Set(apart);
  // Some file systems pass members over where others go while a directory is read: it is read again.
  for (let pass = 1, before = -1; pass <= PASSES && before < tally.done; pass++) {
    before = tally.done;
    try {
      for await (const batch of leftOf(source.path, target.path, (member) => stay.has(member), tally, hands)) {
        for (const member of batch) {
          if (stay.has(member.path)) continue;
          const outcome = await moveMember(member, childOf(target.path, nameOf(member.path)), hands);
          if (outcome.failures.length > 0) stay.add(member.path);
          tally.add(outcome);
        }
      }
    } catch (error) {
      return tally.add(failed('source', source, asFailure(error)));
    }
  }
  return tally;
}

/** The members that are to be moved one by one, once the store has moved of the others what it can of many at once. */
function leftOf(
  from: Path,
  to: Path,
  stays: (member: Path) => boolean,
  tally: Tally,
  { context, recorded, notes }: Hands,
): AsyncIterable<readonly Resource[]> {
  const { store } = context;
  if (!store.bulk) return store.list(from);
  const alone = (member: Path) => stays(member) || recorded.holds(member);
  return leftOver(store.bulk.moveFiles({ from, to, alone }), to, tally, notes);
}

async function moveMember(member: Resource, to: Path, hands: Hands): Promise<Outcome> {
  const { recorded, notes } = hands;
  const { store } = hands.context;
  try {
    await store.rename(member.path, to);
    notes?.note('destination', { path: to, collection: member.collection }, 201);
    return done(1, ...(recorded.holds(member.path) ? [{ do: 'move' as const, from: member.path, to }] : []));
  } catch (error) {
    if (isCrossing(error)) return moveAcross(refTo(member), { path: to, collection: member.collection }, hands);
    return failed('source', refTo(member), asFailure(error), await leftOutBelow(store, member, 'source', member.path));
  }
}
