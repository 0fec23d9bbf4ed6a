// What COPY and MOVE have in common: the Destination, and all that can stop them before anything is changed (RFC 4918 §9.8.5, §9.9.4).
import type { Claimant } from '../locks/lock-table.ts';
import { parseDestination } from '../protocol/destination.ts';
import { DavError } from '../protocol/error.ts';
import { parseOverwrite } from '../protocol/headers.ts';
import type { DavRequest } from '../protocol/message.ts';
import { ancestorsOf, isBelow, isReserved, type Path, parentOf } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';
import { claimantOf, requireOpen, requirePreconditions } from './admission.ts';
import type { Context } from './context.ts';
import { requireNesting } from './nesting.ts';

export interface Transfer {
  readonly source: Resource;
  readonly to: Path;
  /** What is at `to` now. */
  readonly destination: Resource | undefined;
  readonly who: Claimant;
}

export interface Asked {
  readonly to: Path;
  readonly overwrite: boolean;
}

/** What the headers ask for. Throws 400, 403 or 502 for what cannot be. */
export function askedOf(request: DavRequest): Asked {
  const overwrite = parseOverwrite(request.headers.overwrite);
  const { path } = parseDestination(request.headers.destination, request);
  if (isReserved(path)) throw new DavError(403, 'The name of the destination is reserved for the server.');
  return { to: path, overwrite };
}

/** Throws what stops `source` from going to `to`, in the order of the checks: state, Overwrite, If, locks, preconditions. */
export async function admitTransfer(
  request: DavRequest,
  source: Resource,
  { to, overwrite, move }: Asked & { readonly move: boolean },
  context: Context,
): Promise<Transfer> {
  const { store } = context;
  const destination = await store.stat(to);
  const inside = move || (source.collection && request.headers.depth?.trim() !== '0');
  await requireApart(source, to, destination, { move, inside, overwrite }, context);
  if (!(await store.stat(parentOf(to)))?.collection) throw new DavError(409, 'The parent collection of the destination does not exist.');
  if (source.collection) requireNesting(to, context.options.depthLimit);
  if (destination && !overwrite) throw new DavError(412, 'The destination exists, and Overwrite is F.');
  const who = await claimantOf(request, context);
  const changed = [
    ...(move ? [parentOf(source.path), source.path] : []),
    ...(move || !destination ? [parentOf(to)] : []),
    ...(destination ? [to] : []),
  ];
  await requireOpen(changed, who, move ? 'move' : 'change', context);
  requirePreconditions(request, source);
  return { source, to, destination, who };
}

/** RFC 4918 §9.8.5: 403 for a resource onto itself, under whatever name, and for one into itself or onto its own ancestor. */
async function requireApart(
  source: Resource,
  to: Path,
  destination: Resource | undefined,
  { move, inside, overwrite }: { readonly move: boolean; readonly inside: boolean; readonly overwrite: boolean },
  { store }: Context,
): Promise<void> {
  const same = to === source.path || (destination?.identity === source.identity && !(move && differInCase(to, source.path)));
  if (same) throw new DavError(403, 'Source and destination are the same resource.');
  if (overwrite && destination?.collection && (await isInside(source.path, to, destination, store)))
    throw new DavError(403, 'The destination holds the source: replacing it would destroy the source.');
  if (!inside || !source.collection) return;
  if (await isInside(to, source.path, source, store)) throw new DavError(403, 'The destination lies inside the source.');
}

/** Whether `path` is below `collection`, by its name or, through a symbolic link, without its name saying so. */
async function isInside(path: Path, name: Path, collection: Resource, store: Store): Promise<boolean> {
  if (isBelow(path, name)) return true;
  for (const ancestor of ancestorsOf(path)) {
    const there = await store.stat(ancestor);
    // Nothing is in what is not there: a Destination of two thousand names is not looked for at each of them.
    if (!there) return false;
    if (there.identity === collection.identity) return true;
  }
  return false;
}

/** On a store that ignores case or Unicode form, `a` to `A` is one resource and still a rename. */
function differInCase(a: Path, b: Path): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
