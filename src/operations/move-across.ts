// MOVE to another device, where no rename reaches: a copy that is compared with its source, swapped in, and only then is the source removed.
import { asFailure, DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path, type Ref } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import { asFailedReading } from '../store/copy-failure.ts';
import type { Resource, Store } from '../store/store.ts';
import { type Building, build } from './build.ts';
import { Carried } from './carried.ts';
import { Notes } from './carried-out.ts';
import { copied } from './copy-tree.ts';
import { digestOf } from './digests.ts';
import type { Hands } from './hands.ts';
import { obstaclesIn } from './obstacles.ts';
import { failed, NOTHING, type Outcome, Tally } from './outcome.ts';
import { removeOne } from './remove-tree.ts';
import { Scratch } from './scratch.ts';
import { bringIn, exchange, swap } from './swap.ts';
import { membersIn, refTo } from './tree.ts';

/**
 * Of what cannot be copied nothing is removed, and what is removed was read back from where it is now. Of a plan that is done
 * whole or not at all, everything is there or nothing has changed. `cleared` is the state of what made room.
 */
export async function moveAcross(source: Ref, target: Ref, hands: Hands, cleared: readonly Change[] = []): Promise<Outcome> {
  const { context, plan, scratch, notes, undo } = hands;
  const { store } = context;
  const to = target.path;
  const resource = await store.stat(source.path);
  if (!resource) throw new DavError(404, 'It is no longer there.');
  // What made room for it comes back unless all of it is there.
  const whole = plan.whole === true || plan.steps.some(({ action }) => action.do === 'clear');
  const obstacles = whole ? await obstaclesIn(source.path, 'source', store) : [];
  if (obstacles.length > 0) return { ...NOTHING, failures: obstacles };

  const made = notes && new Notes();
  const built = await scratch.place();
  const carried = new Carried(context.now());
  const modified = resource.collection ? undefined : plan.modified;
  const outcome = await build(resource, built, to, { ...carrying(store, modified, carried), notes: made });
  if (outcome.done === 0 || (whole && outcome.failures.length > 0)) return { ...outcome, done: 0 };
  const changed = whole ? await carried.changesIn(resource, built, store) : [];
  if (changed.length > 0) return { ...NOTHING, failures: changed };
  undo.oneWay = true;
  const there = await store.stat(to);
  const changes = [...cleared, ...stateOf(resource, to, outcome, hands)];
  // Once more with the plan's own commit: what makes room for it drops the state that was there.
  const left = new Tally().add({ ...outcome, changes });
  let gone = true;
  if (whole) {
    await swapWhole(source.path, built, to, there !== undefined, changes, hands);
  } else {
    await swapIn(built, to, there !== undefined, changes, hands);
    gone = await removeCarried(resource, to, left, { store, carried });
    if (!gone && left.failures.length === 0)
      left.add(failed('source', source, new DavError(409, 'Another program made something in it meanwhile.')));
  }
  // What could not be removed keeps its properties and locks.
  if (gone) left.changes.push({ do: 'drop', path: source.path });
  else left.sweep.push(source.path);
  if (made) notes.add(made, there?.path);
  return left;
}

/** A copy that has the times of its source, and nothing of what is not a copy: a link would be what it leads to. */
function carrying(store: Store, modified: number | undefined, carried: Carried): Building {
  const keepTime = (source: Resource, at: Path) => store.setAttributes(at, { modified: source.modified });
  return {
    store,
    refuse: ({ link }) => (link ? new DavError(403, 'A symbolic link cannot be moved to another file system.') : undefined),
    file: async (source, at) => {
      await store.copyFile(source.path, at);
      if (!(await isCopy(source.path, at, store)))
        throw asFailedReading(new DavError(409, 'Another program changed it while it was copied; it stays where it was.'));
      await carried.note(source.path, store);
      await store.setAttributes(at, { modified: modified ?? source.modified });
    },
    finish: keepTime,
  };
}

/** Both as they are read now. */
async function isCopy(source: Path, at: Path, store: Store): Promise<boolean> {
  const digests: Buffer[] = [];
  for (const path of [source, at]) {
    const content = await store.read(path);
    try {
      digests.push(await digestOf(content, 'sha-256'));
    } finally {
      await content.close();
    }
  }
  return digests[0]?.equals(digests[1] ?? Buffer.alloc(0)) ?? false;
}

/** What is committed with the swap: the properties are there twice until those of the source go with it, so that a crash loses none. */
function stateOf(source: Resource, to: Path, outcome: Outcome, { recorded }: Hands): Change[] {
  return recorded.holds(source.path) || recorded.holds(to) ? [copied(source.path, to, outcome)] : [];
}

async function swapIn(built: Path, to: Path, replaces: boolean, changes: readonly Change[], { context, scratch }: Hands): Promise<void> {
  await (replaces ? swap : bringIn)(built, to, changes, { ...context, scratch });
}

/** The source goes out of sight in the same exchange, on its own device. */
async function swapWhole(
  source: Path,
  built: Path,
  to: Path,
  replaces: boolean,
  changes: readonly Change[],
  { context, scratch }: Hands,
): Promise<void> {
  const leaving = new Scratch(context, source);
  try {
    const aside = replaces ? [{ from: to, to: await scratch.aside() }] : [];
    const renames = [{ from: source, to: await leaving.place() }, ...aside, { from: built, to }];
    await exchange(renames, changes, { ...context, scratch, leaving });
  } finally {
    const left = await leaving.discard();
    if (left) context.warn('Some of what was moved could not be removed from where it was; the next start removes it.', left);
  }
}

interface Carrying {
  readonly store: Store;
  readonly carried: Carried;
}

/** Remove of `source` what has its copy at `to`. Tells whether all of it is gone; what could not be removed is a failure in `tally`. */
async function removeCarried(source: Resource, to: Path, tally: Tally, carrying: Carrying): Promise<boolean> {
  const { store, carried } = carrying;
  const copy = await store.stat(to);
  if (!copy) return false;
  try {
    let all = true;
    for await (const member of source.collection ? membersIn(store, source.path) : []) {
      if (!(await removeCarried(member, childOf(to, nameOf(member.path)), tally, carrying))) all = false;
    }
    if (!all) return false;
    const now = await store.stat(source.path);
    const changed = now && carried.changeOf(now, copy);
    if (changed) throw changed;
    await removeOne(source.path, store);
    return true;
  } catch (error) {
    tally.add(failed('source', refTo(source), asFailure(error)));
    return false;
  }
}
