// Carries out one step: the only place where content changes, and where it says which state must change with it.

import { DavError } from '../protocol/error.ts';
import { ancestorsOf, isWithin, type Path, type Ref } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import { clear, moveMembers, rename, withdraw } from './by-rename.ts';
import { changeLocks, tookOrNot } from './change-locks.ts';
import { type Copying, copyMembers, copyTree, prune, pruneEach } from './copy-tree.ts';
import { copyWhole } from './copy-whole.ts';
import type { Hands } from './hands.ts';
import { lockNew, makeFile } from './lock-new.ts';
import { obstaclesIn } from './obstacles.ts';
import { done, NOTHING, type Outcome } from './outcome.ts';
import { type Action, makesRoom, refOf, type Step } from './plan.ts';
import { putFile } from './put-file.ts';
import { removeMembers, removeOne, removeTree } from './remove-tree.ts';
import { bringIn, swap } from './swap.ts';

/** Throws DavError when the step fails as a whole; a tree that fails in part says so in its outcome. */
export async function carryOut(step: Step, hands: Hands): Promise<Outcome> {
  const { store, state } = hands.context;
  const { notes } = hands;
  const { action, source } = step;
  const target = refOf(step, 'destination');
  switch (action.do) {
    case 'remove':
    case 'close':
      await removeOne(source.path, store);
      notes?.note('source', source, 204);
      return done(1, { do: 'drop', path: source.path });
    case 'remove-tree':
      return removeTree(source, { store, side: step.side, notes });
    case 'remove-members': {
      const apart = new Set(action.apart);
      const removed = await removeMembers(source, { store, side: 'source', notes }, (members) => members.filter((path) => apart.has(path)));
      return removed.add({ ...NOTHING, sweep: [source.path] });
    }
    case 'withdraw':
      return withdraw(step, hands);
    case 'make':
      return make(source, target, action, hands);
    case 'copy':
    case 'copy-tree': {
      const copied = await resourceAt(source, hands);
      const there = await store.stat(target.path);
      if (there && makesRoom(copied, there) && !action.displaces)
        throw new DavError(409, 'The destination has become something else meanwhile.');
      return copyTree(copied, target.path, there, copyingOf(hands), await identitiesAbove(source.path, hands));
    }
    case 'copy-members': {
      const copied = await resourceAt(source, hands);
      const apart = new Set(action.apart);
      const above = [...(await identitiesAbove(source.path, hands)), copied.identity];
      return copyMembers(copied, target.path, copyingOf(hands), above, (path) => apart.has(path));
    }
    case 'copy-whole':
      return copyWhole(await resourceAt(source, hands), target, action.shallow, hands);
    case 'make-with': {
      const built = await hands.scratch.place();
      await store.makeCollection(built);
      if (action.attributes) await store.setAttributes(built, action.attributes);
      await bringIn(built, source.path, action.changes, { store, state, scratch: hands.scratch });
      return done(1);
    }
    case 'prune':
      return pruneEach(action.members, { store, notes });
    case 'prune-members': {
      const apart = new Set(action.apart);
      return prune(target, action.shallow ? undefined : source.path, { store, notes }, (path) => apart.has(path));
    }
    case 'clear':
      return clear(step, target, hands);
    case 'rename':
      return rename(step, target, hands);
    case 'move-members':
      return moveMembers(source, target, action.apart, hands);
    case 'make-file':
      await makeFile(hands);
      return done(1);
    case 'put':
      return putFile(action, target.path, hands);
    case 'properties':
      if (action.attributes) {
        // Before the first change ever, state makes its own place in the folder: that must not be what changed the root last.
        await state.own();
        await store.setAttributes(source.path, action.attributes);
      }
      return done(1, ...action.changes);
    case 'lock':
      // On what is there it is the only step of its plan.
      return tookOrNot(step, await lockNew(action.lock, hands));
    case 'unlock':
      return changeLocks(step, undefined, hands.context);
  }
}

function copyingOf({ context, scratch, plan, recorded, notes }: Hands): Copying {
  const { store, state, options } = context;
  return { store, state, scratch, modified: plan.modified, depthLimit: options.depthLimit, recorded, notes };
}

/** Of the collections of the plan that `path` is in: a link below that leads to one of them would never end. */
async function identitiesAbove(path: Path, { plan, context }: Hands): Promise<string[]> {
  const above = ancestorsOf(path).filter((ancestor) => isWithin(ancestor, plan.root.path));
  const resources = await Promise.all(above.map((ancestor) => context.store.stat(ancestor)));
  return resources.flatMap((resource) => (resource ? [resource.identity] : []));
}

async function make(source: Ref, target: Ref, action: Action & { do: 'make' }, { context, scratch, notes }: Hands): Promise<Outcome> {
  const { store, state } = context;
  const copied: Change[] = source.path === target.path ? [] : [{ do: 'copy', from: source.path, to: target.path, below: false }];
  if (action.displaces) {
    const obstacles = await obstaclesIn(target.path, 'destination', store);
    if (obstacles.length > 0) return { ...NOTHING, failures: obstacles };
    const built = await scratch.place();
    await store.makeCollection(built);
    await swap(built, target.path, [{ do: 'drop', path: target.path }, ...copied], { store, state, scratch });
    notes?.note('destination', target, 204);
    return done(1);
  }
  const there = await store.stat(target.path);
  if (!there?.collection) await store.makeCollection(target.path);
  notes?.note('destination', target, there ? 204 : 201);
  return done(1, ...copied);
}

async function resourceAt({ path }: { readonly path: Path }, { context }: Hands): Promise<Resource> {
  const resource = await context.store.stat(path);
  if (!resource) throw new DavError(404, 'It is no longer there.');
  return resource;
}
