// Staging: a reserved place on the destination's device, for what is not in place yet and what was put aside.
import { randomUUID } from 'node:crypto';
import { isWithin, type Path } from '../protocol/path.ts';
import type { State } from '../state/state.ts';
import { STAGING } from '../store/own-place.ts';
import type { Store } from '../store/store.ts';
import { removeOne } from './remove-tree.ts';

/** What was put aside stands beside the scratch of its write, by a name that says so: it may be somebody's only copy. */
export function asideOf(place: Path, index: number): Path {
  return `${place}-aside-${index}` as Path;
}

export function isAside(path: Path): boolean {
  return /-aside-\d+$/.test(path);
}

export interface Place {
  readonly path: Path;
  /** Not in the common place, which every start empties. */
  readonly beside: boolean;
  /** Nothing is there any more, or it is where it belongs. */
  release(): Promise<void>;
}

/**
 * A fresh place; nothing is made there. One beside its target, on another device than the common place, is out of reach of
 * the sweep at the next start, so the journal knows of it before anything is made.
 */
export async function stagePlace(near: Path, { store, state }: { readonly store: Store; readonly state: State }): Promise<Place> {
  await state.own();
  const path = await store.stage(near);
  if (isWithin(path, STAGING)) return { path, beside: false, release: async () => {} };
  const id = randomUUID();
  await state.begin({ id, renames: [], changes: [], staged: [path], sweep: [] });
  // Nothing is there: a record that stays for a while says nothing wrong, and fails no request.
  return { path, beside: true, release: () => state.settle([], id).catch(() => undefined) };
}

/**
 * Do `work` with a fresh place for a new file or tree. What is left there is removed; where it cannot be, the journal goes on
 * knowing of it, and the next start removes it.
 */
export async function withStaged<T>(
  near: Path,
  { store, state }: { readonly store: Store; readonly state: State },
  work: (path: Path) => Promise<T>,
): Promise<T> {
  const { path, beside, release } = await stagePlace(near, { store, state });
  let left = true;
  try {
    const result = await work(path);
    left = beside; // who put it in place may have left something there all the same: nobody else would find it
    return result;
  } finally {
    if (!left || (await isRemoved(path, store))) await release();
  }
}

function isRemoved(path: Path, store: Store): Promise<boolean> {
  return removeOne(path, store).then(
    () => true,
    () => false,
  );
}
