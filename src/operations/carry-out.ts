// Carries out one step: the only place where content changes, and where it says which state must change with it.

import { conflicting, conflictsWith } from '../locks/lock-table.ts';
import { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Change, Lock } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import type { Context } from './context.ts';
import { copyTree, prune } from './copy-tree.ts';
import { done, failed, NOTHING, type Outcome } from './outcome.ts';
import { type Action, makesRoom, type Plan, refOf, type Step } from './plan.ts';
import { removeTree } from './remove-tree.ts';
import type { Scratch } from './scratch.ts';
import { bringIn, swap, unmanagedIn } from './swap.ts';

/** What a running plan works with. */
export interface Hands {
  readonly context: Context;
  readonly plan: Plan;
  readonly scratch: Scratch;
  /** Set once a MOVE's destination is aside: brings it back. */
  restore?: () => Promise<void>;
}

/** Throws DavError when the step fails as a whole; a tree that fails in part says so in its outcome. */
export async function carryOut(step: Step, hands: Hands): Promise<Outcome> {
  const { store, state, now, warn } = hands.context;
  const { action, source } = step;
  const target = refOf(step, 'destination');
  switch (action.do) {
    case 'remove':
    case 'close':
      await store.remove(source.path);
      return done(1, { do: 'drop', path: source.path });
    case 'remove-tree':
      return removeTree(store, source, step.side);
    case 'make':
      return make(source, target, action, hands);
    case 'copy':
    case 'copy-tree': {
      const copied = await resourceAt(source, hands);
      const there = await store.stat(target.path);
      if (there && makesRoom(copied, there) && !action.displaces)
        throw new DavError(409, 'The destination has become something else meanwhile.');
      return copyTree(copied, target.path, there, {
        store,
        state,
        scratch: hands.scratch,
        modified: hands.plan.modified,
      });
    }
    case 'make-with': {
      const built = await hands.scratch.place();
      await store.makeCollection(built);
      if (action.attributes) await store.setAttributes(built, action.attributes);
      await bringIn(built, source.path, action.changes, { store, state, scratch: hands.scratch });
      return done(1);
    }
    case 'prune':
      return prune(action.members, store);
    case 'clear':
      return clear(step, target, hands);
    case 'rename':
      await store.rename(source.path, target.path);
      if (hands.plan.modified !== undefined && !source.collection) await setModified(target.path, hands.plan.modified, hands.context);
      return done(1, ...changesOf(step));
    case 'make-file': {
      const built = await hands.scratch.place();
      await store.write(built, nothing());
      await store.rename(built, target.path);
      return done(1);
    }
    case 'put':
      if (action.attributes) await store.setAttributes(action.staged, action.attributes);
      await store.rename(action.staged, target.path);
      return done(1, ...action.changes);
    case 'properties':
      if (action.attributes) {
        // Before the first change ever, state makes its own place in the folder: that must not be what changed the root last.
        await state.own();
        await store.setAttributes(source.path, action.attributes);
      }
      return done(1, ...action.changes);
    case 'lock': {
      let conflicts: Lock[] | undefined;
      try {
        conflicts = await state.addLock(action.lock, conflictsWith(action.lock.scope), now());
      } finally {
        // The empty file was made for the lock alone (RFC 4918 §9.10.4).
        if (step.needs.length > 0 && conflicts?.length !== 0)
          await store.remove(source.path).catch((error) => warn('The empty file of a LOCK that failed could not be removed.', error));
      }
      return conflicts.length > 0 ? failed('source', source, conflicting(conflicts)) : done(1);
    }
  }
}

/** The state changes of a step that is one rename: known beforehand, so that the journal can hold them. */
export function changesOf({ action, source, target }: Step): Change[] {
  if (action.do === 'clear' && target) return [{ do: 'drop', path: target.path, keepRootLocks: action.sameType }];
  if (action.do === 'rename' && target) return [{ do: 'move', from: source.path, to: target.path }];
  return [];
}

async function make(source: Ref, target: Ref, action: Action & { do: 'make' }, { context, scratch }: Hands): Promise<Outcome> {
  const { store, state } = context;
  const copied: Change[] = source.path === target.path ? [] : [{ do: 'copy', from: source.path, to: target.path, below: false }];
  if (action.displaces) {
    const built = await scratch.place();
    await store.makeCollection(built);
    await swap(built, target.path, [{ do: 'drop', path: target.path }, ...copied], { store, state, scratch });
    return done(1);
  }
  const there = await store.stat(target.path);
  if (!there?.collection) await store.makeCollection(target.path);
  return done(1, ...copied);
}

/** The destination goes aside, so that it can come back if nothing takes its place. */
async function clear(step: Step, target: Ref, hands: Hands): Promise<Outcome> {
  const { store } = hands.context;
  const unmanaged = await unmanagedIn(target, store);
  if (unmanaged) return failed('destination', unmanaged.ref, unmanaged.error);
  const aside = await hands.scratch.aside();
  await store.rename(target.path, aside);
  hands.restore = () => store.rename(aside, target.path);
  return { ...NOTHING, changes: changesOf(step) };
}

/** The resource is in place: a time that cannot be set (a file of somebody else's) does not make that undone. */
async function setModified(path: Path, modified: number, { store, warn }: Context): Promise<void> {
  await store.setAttributes(path, { modified }).catch((error) => warn('The time of a moved file could not be set.', error));
}

async function resourceAt({ path }: { readonly path: Path }, { context }: Hands): Promise<Resource> {
  const resource = await context.store.stat(path);
  if (!resource) throw new DavError(404, 'It is no longer there.');
  return resource;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
