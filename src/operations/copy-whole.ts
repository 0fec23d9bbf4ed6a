// A copy that is wholly there at once, or not at all: built aside, and swapped in with its state.
import { asFailure } from '../protocol/error.ts';
import { ancestorsOf, isWithin, type Path, type Ref, rebase } from '../protocol/path.ts';
import type { Change } from '../state/state.ts';
import type { Resource, Store } from '../store/store.ts';
import { build } from './build.ts';
import type { Hands } from './hands.ts';
import { obstaclesIn } from './obstacles.ts';
import { done, failed, NOTHING, type Outcome } from './outcome.ts';
import { bringIn, swap } from './swap.ts';
import { refTo } from './tree.ts';

/** Copy the collection `source` to `target`; what stands there stays until all of the copy is there to take its place. */
export async function copyWhole(source: Resource, target: Ref, shallow: boolean, hands: Hands): Promise<Outcome> {
  const { context, scratch } = hands;
  const { store, state } = context;
  const to = target.path;
  const there = await store.stat(to);
  const obstacles = there ? await obstaclesIn(to, 'destination', store) : [];
  if (obstacles.length > 0) return { ...NOTHING, failures: obstacles };
  const built = await scratch.place();
  const file = (member: Resource, at: Path) => store.copyFile(member.path, at);
  const outcome = await build(source, built, to, {
    store,
    file,
    members: store.bulk?.copyMembers,
    shallow,
    depthLimit: context.options.depthLimit,
  });
  if (outcome.failures.length > 0) return { ...NOTHING, failures: outcome.failures };
  const changes = await changesOf(source, to, shallow, hands);
  try {
    await (there ? swap : bringIn)(built, to, changes, { store, state, scratch });
  } catch (error) {
    return failed('destination', there ? refTo(there) : target, asFailure(error));
  }
  return done(outcome.done);
}

/**
 * RFC 4918 §9.8.4: what has a counterpart of its type is updated, and keeps its locks; what has none is deleted. Costs a few
 * stats for each resource of the destination that has state.
 */
async function changesOf(source: Resource, to: Path, shallow: boolean, { context, recorded }: Hands): Promise<Change[]> {
  if (!recorded.holds(source.path) && !recorded.holds(to)) return [];
  const changes: Change[] = [];
  for (const path of recorded.within(to)) {
    const counterpart = shallow && path !== to ? undefined : await context.store.stat(rebase(path, to, source.path));
    const there = await context.store.stat(path);
    if (counterpart?.collection !== there?.collection || (await isBehindLink(path, to, context.store))) changes.push({ do: 'drop', path });
  }
  return [...changes, { do: 'copy', from: source.path, to, below: !shallow }];
}

/** Of a link at or below `to` only itself was there (RFC 5842 §2.4): what was reached through it is there no longer. */
async function isBehindLink(path: Path, to: Path, store: Store): Promise<boolean> {
  for (const above of ancestorsOf(path)) if (isWithin(above, to) && (await store.stat(above))?.link) return true;
  return false;
}
